"""Logs, proxies and port-forwards of pods and services."""

from __future__ import annotations

import base64
import hashlib
import http.client
import select
import socket
import struct
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.cluster.double.errors import ApiError
from tests.cluster.double.exchange import Answer

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.cluster.double.api import Target
    from tests.cluster.double.exchange import Request
    from tests.cluster.double.objects import Objects
    from tests.cluster.double.store import Object

Address = tuple[str, int]

_PROTOCOL = "v4.channel.k8s.io"
_LOOK_SECONDS = 0.02
_WEBSOCKET = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"  # RFC 6455
_CLOSED = b"\x88\x02\x03\xe8"


@dataclass
class Streams:
    """What stands behind pods and services.

    `logs` are by namespace, pod, container and whether they are of the previous run; `backends`
    by namespace, pod or service, and port.
    """

    objects: Objects
    logs: dict[tuple[str, str, str, bool], str] = field(default_factory=dict)
    backends: dict[tuple[str, str, int], Address] = field(default_factory=dict)

    def answer(
        self, request: Request, target: Target, client: socket.socket, gone: Callable[[], bool]
    ) -> Answer | None:
        """The answer to a log or a proxy; None once a port-forward has ended. Raises ApiError."""
        obj = self.objects.read(target.resource, target.key)
        if target.subresource == "log":
            return self._log(request, obj)
        if target.subresource == "proxy":
            return self._proxied(request, target)
        self._forward(request, obj, client, gone)
        return None

    def _log(self, request: Request, pod: Object) -> Answer:
        metadata, query = pod["metadata"], request.query
        containers = [one["name"] for one in pod["spec"]["containers"]]
        container = query.get("container") or containers[0]
        if not query.get("container") and len(containers) > 1:
            message = f"a container name must be specified for pod {metadata['name']}, choose one "
            raise ApiError(400, f"{message}of: [{' '.join(containers)}]")
        if container not in containers:
            message = f"container {container} is not valid for pod {metadata['name']}"
            raise ApiError(400, message)
        previous = query.get("previous") in {"true", "1", "True"}
        text = self.logs.get((metadata["namespace"], metadata["name"], container, previous))
        if text is None and previous:
            about = f'container "{container}" in pod "{metadata["name"]}"'
            raise ApiError(400, f"previous terminated {about} not found")
        lines = (text or "").splitlines(keepends=True)
        if tail := query.get("tailLines"):
            lines = lines[-int(tail) :] if int(tail) else []
        body = "".join(lines).encode()
        if limit := query.get("limitBytes"):
            body = body[: int(limit)]
        return Answer(200, body, "text/plain")

    def _proxied(self, request: Request, target: Target) -> Answer:
        namespace, name = target.key
        port = target.name.removeprefix("http:").partition(":")[2] or "80"
        backend = self.backends.get((namespace, name, int(port)))
        if backend is None:
            raise ApiError(503, f'no endpoints available for service "{name}"')
        connection = http.client.HTTPConnection(*backend, timeout=10)
        try:
            connection.request(request.method, target.rest or "/", request.body or None)
            answer = connection.getresponse()
            kind = answer.headers.get("Content-Type", "text/plain")
            return Answer(answer.status, answer.read(), kind)
        finally:
            connection.close()

    def _forward(
        self, request: Request, pod: Object, client: socket.socket, gone: Callable[[], bool]
    ) -> None:
        phase = (pod.get("status") or {}).get("phase")
        if phase != "Running":
            message = "unable to forward port because pod is not running. Current status="
            raise ApiError(400, f"{message}{phase}")
        if request.headers.get("upgrade", "").lower() != "websocket":
            raise ApiError(400, "Upgrade request required")
        client.sendall(_handshake(request.headers["sec-websocket-key"]))
        metadata = pod["metadata"]
        ports = [int(port) for port in request.query["ports"].split(",")]
        backends = [self.backends.get((metadata["namespace"], metadata["name"], p)) for p in ports]
        tunnel = Tunnel(client, ports, backends)
        try:
            tunnel.run(gone)
        finally:
            tunnel.close()


def _handshake(key: str) -> bytes:
    digest = hashlib.sha1((key + _WEBSOCKET).encode(), usedforsecurity=False).digest()
    lines = (
        "HTTP/1.1 101 Switching Protocols",
        "Upgrade: websocket",
        "Connection: Upgrade",
        f"Sec-WebSocket-Accept: {base64.b64encode(digest).decode()}",
        f"Sec-WebSocket-Protocol: {_PROTOCOL}",
    )
    return "\r\n".join((*lines, "", "")).encode()


class Tunnel:
    """A port-forward: port number `i` has data on channel `2i` and errors on `2i + 1`."""

    def __init__(
        self, client: socket.socket, ports: list[int], backends: list[Address | None]
    ) -> None:
        self.client, self.buffer = client, b""
        self.links: dict[int, socket.socket] = {}
        for number, (port, backend) in enumerate(zip(ports, backends, strict=True)):
            for channel in (2 * number, 2 * number + 1):
                self._send(channel, struct.pack("<H", port))
            try:
                if backend is None:
                    raise ConnectionRefusedError
                self.links[2 * number] = socket.create_connection(backend, 3)
            except OSError:
                message = f"an error occurred forwarding {port}: connection refused"
                self._send(2 * number + 1, message.encode())

    def run(self, gone: Callable[[], bool]) -> None:
        """Carry bytes both ways until one side ends."""
        while not gone():
            ready, _, _ = select.select([self.client, *self.links.values()], [], [], _LOOK_SECONDS)
            for channel, link in self.links.items():
                if link in ready:
                    data = link.recv(32768)
                    if not data:
                        self.client.sendall(_CLOSED)
                        return
                    self._send(channel, data)
            if self.client in ready:
                data = self.client.recv(65536)
                self.buffer += data
                if not data or not self._deliver():
                    return

    def close(self) -> None:
        """Let the backends go."""
        for link in self.links.values():
            link.close()

    def _deliver(self) -> bool:
        """Pass on every whole frame; False once the client closes."""
        while (frame := _frame(self.buffer)) is not None:
            code, payload, length = frame
            self.buffer = self.buffer[length:]
            if code == 8:
                return False
            link = self.links.get(payload[0]) if payload else None
            if code in {0, 1, 2} and link is not None:
                link.sendall(payload[1:])
        return True

    def _send(self, channel: int, data: bytes) -> None:
        data = bytes([channel]) + data
        if len(data) < 126:
            size = bytes([len(data)])
        elif len(data) < 65536:
            size = b"\x7e" + struct.pack(">H", len(data))
        else:
            size = b"\x7f" + struct.pack(">Q", len(data))
        self.client.sendall(b"\x82" + size + data)


def _frame(data: bytes) -> tuple[int, bytes, int] | None:
    """Code, payload and length of the first frame; None until it is whole (RFC 6455, 5.2)."""
    if len(data) < 2:
        return None
    size, start = data[1] & 127, 2
    if size >= 126:
        start = 4 if size == 126 else 10
        size = int.from_bytes(data[2:start])
    masked = bool(data[1] & 128)
    whole = start + 4 * masked + size
    if len(data) < max(whole, start):
        return None
    mask = data[start : start + 4] if masked else b"\0\0\0\0"
    payload = data[start + 4 * masked : whole]
    clear = bytes(byte ^ mask[n % 4] for n, byte in enumerate(payload))
    return data[0] & 15, clear, whole
