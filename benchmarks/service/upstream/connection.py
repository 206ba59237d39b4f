"""HTTP/1.1 on one connection: requests in, answers out, with the client's speed respected."""

from __future__ import annotations

import asyncio
import socket
import struct
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Protocol, cast

import httptools
import orjson

if TYPE_CHECKING:
    from collections.abc import Coroutine

JSON = "application/json"
EVENTS = "text/event-stream; charset=utf-8"
END = b"0\r\n\r\n"
"""The end of a chunked body."""
FIXED_HEADERS = (
    b"x-request-id: req_fake\r\n"
    b"openai-processing-ms: 1\r\n"
    b"openai-organization: fake-org\r\n"
    b"x-ratelimit-remaining-requests: 4999\r\n"
)
REASONS = {status.value: status.phrase for status in HTTPStatus} | {529: "Overloaded"}
LINGER_NOT = struct.pack("ii", 1, 0)


@dataclass(frozen=True, slots=True)
class Received:
    """One request as it came in."""

    method: str
    target: str
    raw_headers: tuple[tuple[bytes, bytes], ...]
    body: bytes

    @property
    def path(self) -> str:
        """The target without its query."""
        return self.target.partition("?")[0]

    @property
    def headers(self) -> dict[str, str]:
        """Names in lower case; of a repeated one the last."""
        return {name.decode().lower(): value.decode("latin-1") for name, value in self.raw_headers}

    @property
    def text(self) -> str:
        """The body as it was sent."""
        return self.body.decode("utf-8", "replace")

    @property
    def json(self) -> Any:
        """The body, decoded. Raises `ValueError`."""
        return orjson.loads(self.body)


class Listener(Protocol):
    """What a connection tells its server."""

    def opened(self, connection: Connection) -> None:
        """A client connected."""
        ...

    def closed(self, connection: Connection) -> None:
        """The connection is gone."""
        ...

    def received(self, connection: Connection, request: Received) -> None:
        """A request is complete."""
        ...


class Connection(asyncio.Protocol):
    """One client. A request that takes time runs as a task that ends with the connection."""

    def __init__(self, listener: Listener) -> None:
        self._listener = listener
        self._parser = httptools.HttpRequestParser(self)
        self._writable = asyncio.Event()
        self._writable.set()
        self._headers: list[tuple[bytes, bytes]] = []
        self._body: list[bytes] = []
        self._target = b""
        self._keep_alive = True
        self.task: asyncio.Task[None] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """asyncio's: a client is there."""
        self._transport = cast("asyncio.Transport", transport)
        self._listener.opened(self)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - asyncio's signature
        """asyncio's: the client is gone, so what works for it ends."""
        if self.task is not None:
            self.task.cancel()
        self._listener.closed(self)

    def pause_writing(self) -> None:
        """asyncio's: the client reads slower than it is written to."""
        self._writable.clear()

    def resume_writing(self) -> None:
        """asyncio's: the client has caught up."""
        self._writable.set()

    def data_received(self, data: bytes) -> None:
        """asyncio's: bytes of a request."""
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserError:
            self._transport.close()

    def on_url(self, url: bytes) -> None:
        """httptools': a piece of the request's target."""
        self._target += url

    def on_header(self, name: bytes, value: bytes) -> None:
        """httptools': a header."""
        self._headers.append((name, value))

    def on_body(self, body: bytes) -> None:
        """httptools': a piece of the body."""
        self._body.append(body)

    def on_message_complete(self) -> None:
        """httptools': the request is complete."""
        self._keep_alive = self._parser.should_keep_alive()
        request = Received(
            self._parser.get_method().decode(),
            self._target.decode("latin-1"),
            tuple(self._headers),
            b"".join(self._body),
        )
        self._target, self._headers, self._body = b"", [], []
        self._listener.received(self, request)

    def run(self, work: Coroutine[Any, Any, None]) -> None:
        """Do `work` as long as the client stays."""
        self.task = asyncio.get_running_loop().create_task(work)

    def answer(
        self, status: int, body: bytes, content_type: str = JSON, extra: bytes = b""
    ) -> None:
        """A whole answer. `extra` is header lines, each with its line end."""
        self.write(head(status, content_type, extra, len(body)) + body)
        self.finish()

    def write(self, data: bytes) -> None:
        """Send without waiting."""
        self._transport.write(data)

    async def send(self, data: bytes) -> None:
        """Send as fast as the client reads."""
        self._transport.write(data)
        if not self._writable.is_set():
            await self._writable.wait()

    def finish(self) -> None:
        """The answer is complete: wait for the next request, if the client wants to send one."""
        if not self._keep_alive:
            self._transport.close()

    def close(self) -> None:
        """Hang up after what was written, whatever the client was promised."""
        self._transport.close()

    def abort(self) -> None:
        """Hang up at once."""
        self._transport.abort()

    def reset(self) -> None:
        """Hang up so that the client's next read fails with `ECONNRESET`."""
        sock = self._transport.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, LINGER_NOT)
        self._transport.abort()


def head(status: int, content_type: str, extra: bytes = b"", length: int | None = None) -> bytes:
    """The head of an answer; without a length the body is sent in chunks."""
    framing = b"transfer-encoding: chunked" if length is None else b"content-length: %d" % length
    reason = REASONS.get(status, "Unknown").encode()
    line = b"HTTP/1.1 %d %s\r\ncontent-type: %s\r\n" % (status, reason, content_type.encode())
    return line + FIXED_HEADERS + extra + framing + b"\r\n\r\n"


def chunk(data: bytes) -> bytes:
    """`data` as one chunk of a chunked body."""
    return b"%x\r\n%b\r\n" % (len(data), data)
