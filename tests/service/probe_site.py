"""A site that answers as it is told, for a probe that has to find out what is wrong with it."""

from __future__ import annotations

import json
import threading
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

REFUSED = {"error": {"message": "secret", "type": "t", "param": None, "code": "invalid_api_key"}}
HEALTHY: dict[str, Any] = {
    "/livez": (200, {"status": "live"}),
    "/readyz": (200, {"status": "ready"}),
    "/version": (200, {"version": "0.1.0"}),
}
NOT_HERE: tuple[int, Any] = (404, "<html>secret</html>")

Answers = dict[str, Any]
"""By path: status and body, which becomes JSON unless it is text; or several, the last for ever."""


@contextmanager
def site(answers: Answers, held: float = 0) -> Iterator[str]:
    """Its URL. Whatever is not named is not there; POST is answered after `held` seconds."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found = answers.get(self.path, NOT_HERE)
            if isinstance(found, list):
                found = found.pop(0) if len(found) > 1 else found[0]
            status, body = found
            text = body if isinstance(body, str) else json.dumps(body)
            self.send_response(status)
            self.end_headers()
            with suppress(ConnectionError):  # who asked has read enough
                self.wfile.write(text.encode())

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["content-length"]))
            threading.Event().wait(held)
            self.do_GET()

        def log_message(self, *arguments: object) -> None:
            del arguments

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()


def events(*chunks: object, done: bool = True) -> str:
    """A stream: each chunk as an event."""
    lines = [f"data: {json.dumps(chunk)}\n\n" for chunk in chunks]
    return "".join([*lines, "data: [DONE]\n\n"] if done else lines)
