"""The double's HTTP: one thread a connection, all of them ended with the server."""

from __future__ import annotations

import contextlib
import http.server
import json
import socket
import ssl
import threading
from email.utils import format_datetime
from typing import TYPE_CHECKING, Any

from tests.cluster.double.errors import ApiError
from tests.cluster.double.exchange import Answer, Request
from tests.cluster.double.watches import Watch

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cluster.double.api import Api, Target
    from tests.cluster.double.faults import Fault, Faults
    from tests.cluster.double.streams import Streams

_LOOK_SECONDS = 0.02


class Server(http.server.ThreadingHTTPServer):
    """Listens on the loopback until it is stopped."""

    daemon_threads = False
    block_on_close = True
    request_queue_size = 64

    def __init__(self, api: Api, faults: Faults, streams: Streams) -> None:
        self.api, self.faults, self.streams = api, faults, streams
        self.heard: list[Request] = []
        self.context: ssl.SSLContext | None = None
        self.stopping = threading.Event()
        self._connections: set[socket.socket] = set()
        self._lock = threading.Lock()
        super().__init__(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(
            target=self.serve_forever, args=(0.01,), name="kubernetes double"
        )

    def secure(self, certificate: Path, private_key: Path) -> None:
        """Serve TLS from now on."""
        self.context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        self.context.load_cert_chain(certificate, private_key)

    def start(self) -> None:
        """Listen."""
        self._thread.start()

    def stop(self) -> None:
        """End every connection and every thread."""
        self.stopping.set()
        with self.api.store.changed:
            self.api.store.changed.notify_all()
        self.shutdown()
        self._thread.join()
        self.hang_up()
        self.server_close()

    def hang_up(self) -> None:
        """Break every open connection, as a restarted server does; go on listening."""
        with self._lock:
            for connection in self._connections:
                with contextlib.suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)

    def know(self, connection: socket.socket) -> None:
        """Remember an open connection."""
        with self._lock:
            self._connections.add(connection)

    def forget(self, connection: socket.socket) -> None:
        """It is closed."""
        with self._lock:
            self._connections.discard(connection)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that goes away, or a TLS handshake that fails, is nothing to print."""


class Handler(http.server.BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: Server

    def setup(self) -> None:
        """Shake hands first where TLS is served: in this thread, so that it holds up nobody."""
        context = self.server.context
        if context is not None:
            self.request = context.wrap_socket(
                self.request, server_side=True, do_handshake_on_connect=False
            )
        self.server.know(self.request)
        try:
            if context is not None:
                self.request.do_handshake()
        except OSError:
            self._close()
            raise
        super().setup()

    def finish(self) -> None:
        """Close what was opened here."""
        super().finish()
        self._close()

    def _close(self) -> None:
        self.server.forget(self.request)
        if self.server.context is not None:
            self.request.close()

    def do_any(self) -> None:
        """Answer one request."""
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length) if length else b""
        request = Request.of(self.command, self.path, dict(self.headers.items()), body)
        self.server.heard.append(request)
        fault = self.server.faults.befalling(request)
        try:
            self._meet(request, fault)
        except ApiError as error:
            self._send(_refusal(error, fault), fault)
        except (ConnectionError, TimeoutError, ssl.SSLError):
            self.close_connection = True

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = do_any  # noqa: N815

    def _meet(self, request: Request, fault: Fault) -> None:
        if fault.delay:
            self.server.stopping.wait(fault.delay)
        if fault.drop == "before":
            raise ConnectionAbortedError
        if fault.silent and not request.is_watch:
            self._stay_silent()
        if (error := fault.error()) is not None:
            raise error
        self._answer(request, fault)

    def _answer(self, request: Request, fault: Fault) -> None:
        api = self.server.api
        user = api.authorization.user_of(request.headers.get("authorization", ""))
        if (answer := api.before_target(request, user)) is not None:
            self._send(answer, fault)
            return
        target = api.target(request)
        api.authorize(request, target, user)
        if request.is_watch:
            self._watch(request, target, fault)
        elif target.subresource in {"log", "proxy", "portforward"}:
            self._stream(request, target, fault)
        else:
            self._send(api.answer(request, target), fault)

    def _stream(self, request: Request, target: Target, fault: Fault) -> None:
        ended = self.server.stopping.is_set
        answer = self.server.streams.answer(request, target, self.request, ended)
        if answer is None:
            self.close_connection = True
        else:
            self._send(answer, fault)

    def _send(self, answer: Answer, fault: Fault) -> None:
        body = answer.encoded()
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.kind)
        self.send_header("Content-Length", str(len(body)))
        for name, value in answer.headers.items():
            self.send_header(name, value)
        for warning in filter(None, dict.fromkeys((*answer.warnings, fault.warning))):
            self.send_header("Warning", f"299 - {json.dumps(warning)}")
        self.end_headers()
        if self.command == "HEAD":
            return
        if fault.drop == "body":
            self.wfile.write(body[: len(body) // 2])
            raise ConnectionAbortedError
        self.wfile.write(body)

    def _watch(self, request: Request, target: Target, fault: Fault) -> None:
        api = self.server.api
        selection = api.selection(request, target)
        selection.check()
        watch = Watch(api.store, selection, request.query, self.gone)
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        self.wfile.flush()
        if fault.silent:
            self._stay_silent()
        for event in watch.events():
            self._send_chunk(json.dumps(event).encode() + b"\n", fault)
        self.wfile.write(b"0\r\n\r\n")

    def _send_chunk(self, line: bytes, fault: Fault) -> None:
        framed = f"{len(line):x}\r\n".encode() + line + b"\r\n"
        if fault.drop == "body":
            self.wfile.write(framed[: len(framed) // 2])
            raise ConnectionAbortedError
        self.wfile.write(framed)

    def _stay_silent(self) -> None:
        while not self.gone():
            self.server.stopping.wait(_LOOK_SECONDS)
        raise ConnectionAbortedError

    def gone(self) -> bool:
        """Whether the client has left, or the server ends."""
        if self.server.stopping.is_set():
            return True
        if isinstance(self.request, ssl.SSLSocket):
            return _hung_up_tls(self.request)
        try:
            seen: bytes = self.request.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT)
        except BlockingIOError:
            return False
        except OSError:
            return True
        return not seen

    def date_time_string(self, timestamp: float | None = None) -> str:
        """The Date header, by the cluster's clock."""
        del timestamp
        return format_datetime(self.server.api.clock.now(), usegmt=True)

    def log_message(self, *_: object) -> None:
        """Nothing: `Server.heard` has it."""


def _hung_up_tls(connection: ssl.SSLSocket) -> bool:
    connection.setblocking(False)
    try:
        return connection.recv(1) == b""
    except ssl.SSLWantReadError:
        return False
    except OSError:
        return True
    finally:
        with contextlib.suppress(OSError):
            connection.setblocking(True)


def _refusal(error: ApiError, fault: Fault) -> Answer:
    if error.is_plain:
        return Answer(error.code, error.message.encode(), "text/plain; charset=utf-8")
    waits = {} if fault.retry_after is None else {"Retry-After": str(fault.retry_after)}
    return Answer(error.code, error.status(), headers=waits)
