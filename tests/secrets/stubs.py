"""Servers that misbehave as OpenBao does not: for redirects, echoes, login pages and silence."""

from __future__ import annotations

import http.server
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True)
class Reply:
    """What a stub answers; `echo` adds the request's headers and body."""

    status: int = 200
    body: bytes = b"{}"
    kind: str = "application/json"
    headers: dict[str, str] = field(default_factory=dict)
    echo: bool = False


@dataclass
class Stub:
    """A server that gives one reply to everything, and what was sent to it."""

    address: str
    reply: Reply
    heard: list[str] = field(default_factory=list)


@contextmanager
def stub(reply: Reply) -> Iterator[Stub]:
    """A stub on the loopback."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def answer(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            request = f"{self.requestline}\n{self.headers}{self.rfile.read(length).decode()}"
            running.heard.append(request)
            body = running.reply.body + (request.encode() if running.reply.echo else b"")
            self.send_response(running.reply.status)
            self.send_header("Content-Type", running.reply.kind)
            self.send_header("Content-Length", str(len(body)))
            for name, value in running.reply.headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Nothing."""

    for method in ("GET", "POST", "PATCH", "CONNECT"):
        setattr(Handler, f"do_{method}", Handler.answer)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        running = Stub(f"http://127.0.0.1:{server.server_port}", reply)
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        try:
            yield running
        finally:
            server.shutdown()
