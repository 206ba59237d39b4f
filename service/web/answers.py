"""Sends answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from starlette.types import Send

    from service.errors import Headers

JSON = (b"content-type", b"application/json")
EVENT_STREAM: Headers = (
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-cache, no-transform"),
    # nginx keeps nothing back.
    (b"x-accel-buffering", b"no"),
)


async def send_whole(
    send: Send, status: int, body: bytes, headers: Headers = (), kind: tuple[bytes, bytes] = JSON
) -> None:
    """An answer in one piece."""
    start = [kind, (b"content-length", b"%d" % len(body)), *headers]
    await send({"type": "http.response.start", "status": status, "headers": start})
    await send({"type": "http.response.body", "body": body})


async def send_events(send: Send, events: bytes, headers: Headers = ()) -> None:
    """The head of a stream and its first events."""
    start = [*EVENT_STREAM, *headers]
    await send({"type": "http.response.start", "status": 200, "headers": start})
    await send_piece(send, events)


def send_piece(send: Send, piece: bytes) -> Awaitable[None]:
    """The next part of a stream. Waits while the client is slower than the provider."""
    return send({"type": "http.response.body", "body": piece, "more_body": True})


async def send_end(send: Send) -> None:
    """The end of a stream."""
    await send({"type": "http.response.body", "body": b""})
