"""The end of one request, however busy its server keeps the connection.

A timeout of a socket begins anew with each byte: a server that sends one now and then, or answers
`100 Continue` for ever, would never be at its end.
"""

from __future__ import annotations

import contextlib
import socket
import threading
from typing import TYPE_CHECKING, Any

from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection

if TYPE_CHECKING:
    from typing import Self


class Deadline:
    """Cuts the connection that it watches after `seconds`, unless `with` is left before."""

    def __init__(self, seconds: float) -> None:
        self.passed = False
        self.reason = f"the answer was not at its end after {seconds:g} s"
        self._watched: socket.socket | None = None
        self._lock = threading.Lock()
        self._timer = threading.Timer(seconds, self._end)
        self._timer.daemon = True

    def __enter__(self) -> Self:
        self._timer.start()
        return self

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self._watched = None
        self._timer.cancel()

    def watch(self, connection: socket.socket) -> None:
        """`connection` is to be cut; at once where it is too late already."""
        with self._lock:
            self._watched = connection
            if self.passed:
                _cut(connection)

    def _end(self) -> None:
        with self._lock:
            self.passed = True
            if self._watched is not None:
                _cut(self._watched)


def _cut(connection: socket.socket) -> None:
    """Past TLS: its own method would take the session from the thread that reads."""
    with contextlib.suppress(OSError):
        socket.socket.shutdown(connection, socket.SHUT_RDWR)


class _Plain(HTTPConnection):
    def __init__(self, *args: Any, deadline: Deadline, **named: Any) -> None:
        super().__init__(*args, **named)
        self._deadline = deadline

    def connect(self) -> None:
        super().connect()
        self._deadline.watch(self.sock)


class _Secure(_Plain, HTTPSConnection):
    """As `_Plain`, over TLS."""


class PlainPool(HTTPConnectionPool):
    """Connections that `deadline`, a keyword, watches."""

    ConnectionCls = _Plain


class SecurePool(HTTPSConnectionPool):
    """As `PlainPool`, over TLS."""

    ConnectionCls = _Secure
