"""Something that answers at the service's address and is not the service."""

from __future__ import annotations

import json
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

MODELS = {"data": [{"id": "other", "owned_by": "somebody"}]}
HTML = "<html>nothing here</html>"


def saying(message: Mapping[str, Any], finish_reason: str = "stop") -> dict[str, Any]:
    """A whole answer of a chat model."""
    return {"choices": [{"message": dict(message), "finish_reason": finish_reason}]}


@contextmanager
def stub(
    answer: object, status: int = 200, headers: Mapping[str, str] | None = None
) -> Iterator[str]:
    """Gives every POST the same answer, JSON unless it is a text; its URL."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._send(200, MODELS, {})

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["content-length"]))
            self._send(status, answer, headers or {})

        def _send(self, status: int, answer: object, headers: Mapping[str, str]) -> None:
            body = answer if isinstance(answer, str) else json.dumps(answer)
            self.send_response(status)
            kind = "text/html" if isinstance(answer, str) else "application/json"
            usual = {"content-type": kind, "content-length": str(len(body))}
            for name, value in (usual | dict(headers)).items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()
