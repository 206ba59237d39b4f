"""The metrics on their own port: one page, and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, MutableMapping
    from typing import Any

    from service.observe.metrics import Metrics

    Message = MutableMapping[str, Any]
    Receive = Callable[[], Awaitable[Message]]
    Send = Callable[[Message], Awaitable[None]]
    Application = Callable[[Message, Receive, Send], Awaitable[None]]

PATH = "/metrics"
TEXT = b"text/plain; charset=utf-8"


def metrics_app(metrics: Metrics) -> Application:
    """An ASGI application that answers GET and HEAD of /metrics."""

    async def application(scope: Message, receive: Receive, send: Send) -> None:
        del receive
        if scope["type"] != "http":
            return
        status, headers, body = _answer(metrics, scope)
        headers.append((b"content-length", b"%d" % len(body)))
        if scope["method"] == "HEAD":
            body = b""
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    return application


def _answer(metrics: Metrics, scope: Message) -> tuple[int, list[tuple[bytes, bytes]], bytes]:
    if scope["path"] != PATH:
        return 404, [(b"content-type", TEXT)], b"Not found; the metrics are at /metrics.\n"
    if scope["method"] not in ("GET", "HEAD"):
        headers = [(b"content-type", TEXT), (b"allow", b"GET, HEAD")]
        return 405, headers, b"Only GET and HEAD.\n"
    accept = b",".join(value for name, value in scope["headers"] if name == b"accept")
    content, content_type = metrics.page(accept.decode("latin-1"))
    return 200, [(b"content-type", content_type)], content
