"""Servers on the loopback that do whatever a peer may do to a client."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import ssl
    from collections.abc import Iterator

Behaviour = Callable[[socket.socket, bytes, threading.Event], None]
HEAD = b"HTTP/1.1 200 OK\r\n"


@contextmanager
def hostile(
    behave: Behaviour, tls: ssl.SSLContext | None = None, host: str = "127.0.0.1"
) -> Iterator[int]:
    """Each connection gets what `behave` does once a request is there; its port.

    `behave` is told what was received, and when to end.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    ended = threading.Event()
    listener = socket.create_server((host, 0), family=family)
    threads: list[threading.Thread] = []

    def talk(connection: socket.socket) -> None:
        with connection, contextlib.suppress(OSError):
            connection.settimeout(5)
            if tls is None:
                behave(connection, received(connection), ended)
                return
            with tls.wrap_socket(connection, server_side=True) as secured:
                behave(secured, received(secured), ended)

    def serve() -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = listener.accept()
                threads.append(threading.Thread(target=talk, args=(connection,)))
                threads[-1].start()

    server = threading.Thread(target=serve)
    server.start()
    try:
        yield listener.getsockname()[1]
    finally:
        ended.set()
        with contextlib.suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        for thread in (server, *threads):
            thread.join()


def received(connection: socket.socket) -> bytes:
    """A request, with its body; what there is where the peer sends none."""
    data = b""
    while b"\r\n\r\n" not in data:
        piece = connection.recv(65536)
        if not piece:
            return data
        data += piece
    head, _, body = data.partition(b"\r\n\r\n")
    lengths = [line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
    wanted = int(lengths[0].partition(b":")[2]) if lengths else 0
    while len(body) < wanted:
        piece = connection.recv(65536)
        if not piece:
            break
        body += piece
    return head + b"\r\n\r\n" + body


def answering(content: bytes, head: bytes = b"") -> Behaviour:
    """A whole answer of `content`."""

    def behave(connection: socket.socket, _request: bytes, _ended: threading.Event) -> None:
        length = b"content-length: %d\r\n" % len(content)
        connection.sendall(HEAD + length + head + b"\r\n" + content)

    return behave


def raw(content: bytes) -> Behaviour:
    """`content`, and the end."""

    def behave(connection: socket.socket, _request: bytes, _ended: threading.Event) -> None:
        connection.sendall(content)

    return behave


def endless(begin: bytes, piece: bytes, pause: float = 0) -> Behaviour:
    """`begin`, then `piece` for ever, with `pause` in seconds before each."""

    def behave(connection: socket.socket, _request: bytes, ended: threading.Event) -> None:
        connection.sendall(begin)
        while not ended.wait(pause) if pause else not ended.is_set():
            connection.sendall(piece)

    return behave
