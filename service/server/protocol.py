"""uvicorn's HTTP protocol, with limits on how slow and how talkative a client may be.

uvicorn closes a connection that stays idle after an answer. It waits without end for a first
request, for the rest of a head, for what a client said that it would send and nobody reads any
more, and for a client that reads nothing; and it keeps whatever comes as head or trailer.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from httptools import HttpParserUpgrade
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

if TYPE_CHECKING:
    import asyncio

HEAD_SECONDS = 15.0
"""From the connection, or the first byte of a request, to the end of its head."""
REST_SECONDS = 30.0
"""For the rest of a body that was answered before its end, as for one that is read."""
UNREAD_SECONDS = 60.0
"""How long a client may leave the answer unread that fills its buffers."""
LONGEST_HEAD = 64 * 2**10
"""Bytes in a row that are no body: of a head, or of trailers."""
TOO_LONG = b"HTTP/1.1 431 Request Header Fields Too Large\r\nconnection: close\r\n\r\n"
UPGRADING = frozenset({b"connection", b"upgrade", b"http2-settings"})
"""Fields that ask for another protocol than HTTP/1.1."""


class PatientProtocol(HttpToolsProtocol):
    """Gives up on clients that keep a connection and do not use it, or have it kept full."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._head_timer: asyncio.TimerHandle | None = None
        self._unread_timer: asyncio.TimerHandle | None = None
        self._in_body = False
        self._no_body = 0
        self._data = b""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Wait for a request."""
        super().connection_made(transport)
        self._wait(HEAD_SECONDS)

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop waiting."""
        super().connection_lost(exc)
        self._cancel_timers()

    def data_received(self, data: bytes) -> None:
        """Something came; whatever is a head or a body is told to the methods below."""
        self._data = data
        self._no_body += len(data)
        super().data_received(data)
        if self._no_body > LONGEST_HEAD and not self.transport.is_closing():
            if self.cycle is None or self.cycle.response_complete:
                self.transport.write(TOO_LONG)
                self.transport.close()
            else:
                self.transport.abort()

    def on_message_begin(self) -> None:
        """A request has begun."""
        super().on_message_begin()
        if self._head_timer is None:
            self._wait(HEAD_SECONDS)

    def on_headers_complete(self) -> None:
        """Its head is there."""
        if self._wants_upgrade():
            return
        self._no_body = 0
        self._in_body = True
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """A part of its body is there."""
        self._no_body = 0
        super().on_body(body)

    def on_message_complete(self) -> None:
        """All of it is there."""
        if self._wants_upgrade():
            return
        self._no_body = 0
        self._in_body = False
        super().on_message_complete()

    def pause_writing(self) -> None:
        """The client's buffers are full."""
        super().pause_writing()
        self._unread_timer = self.loop.call_later(UNREAD_SECONDS, self.transport.abort)

    def resume_writing(self) -> None:
        """The client reads again."""
        super().resume_writing()
        if self._unread_timer is not None:
            self._unread_timer.cancel()
            self._unread_timer = None

    def _unset_keepalive_if_required(self) -> None:
        """Something comes on a connection that was idle: uvicorn no longer waits for it to end."""
        was_idle = self.timeout_keep_alive_task is not None
        super()._unset_keepalive_if_required()
        if was_idle and self._head_timer is None:
            self._wait(REST_SECONDS if self._in_body else HEAD_SECONDS)

    def _wants_upgrade(self) -> bool:
        """A request asks for another protocol too. (CONNECT asks for nothing else.)"""
        return bool(self.parser.should_upgrade()) and self.parser.get_method() != b"CONNECT"

    def _unsupported_upgrade_warning(self) -> None:
        """Answer in HTTP/1.1, as RFC 9110, 7.8 allows: Java's client always asks for HTTP/2.

        The parser takes the end of such a head for the end of the request, and loses its body: it
        gets the request again, without the fields that ask.
        """
        upgrade = sys.exception()
        if not isinstance(upgrade, HttpParserUpgrade) or not self._wants_upgrade():
            return
        version = self.parser.get_http_version().encode()
        lines = [b"%s %s HTTP/%s" % (self.parser.get_method(), self.url, version)]
        lines += [b"%s: %s" % field for field in self.headers if field[0] not in UPGRADING]
        self.data_received(b"\r\n".join((*lines, b"", self._data[upgrade.args[0] :])))

    def _wait(self, seconds: float) -> None:
        self._head_timer = self.loop.call_later(seconds, self.transport.abort)

    def _cancel_timers(self) -> None:
        for timer in (self._head_timer, self._unread_timer):
            if timer is not None:
                timer.cancel()
        self._head_timer = self._unread_timer = None
