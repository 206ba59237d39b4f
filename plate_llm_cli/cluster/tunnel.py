"""One connection to a port of a pod: a WebSocket through the API server.

URL, credentials, certificates and proxy are those of the official client. Its own
`kubernetes.stream.portforward` is not used: it waits for the handshake without end, follows
redirects with the token, answers a refusal without its status, and has a thread of its own whose
errors are printed as tracebacks.

Source of the protocol: kubernetes `pkg/kubelet/cri/streaming/portforward/websocket.go`: a channel
for the data and one for errors, each of which begins with the port in two bytes.
"""

from __future__ import annotations

import socket
import ssl
import struct
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from select import select
from typing import TYPE_CHECKING, Any, Final

from kubernetes.stream.ws_client import websocket_proxycare
from websocket import (
    ABNF,
    WebSocket,
    WebSocketBadStatusException,
    WebSocketConnectionClosedException,
    WebSocketException,
    WebSocketTimeoutException,
)

from plate_llm_cli.cluster.answers import error_of
from plate_llm_cli.errors import ClusterError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kubernetes.client import Configuration

    from plate_llm_cli.cluster.connection import Connection
    from plate_llm_cli.cluster.pod_ports import PodPort

_OPEN_SECONDS: Final = 10.0
"""Until the API server has reached the pod."""

_CARRY_SECONDS: Final = 60.0
"""For what was begun to be sent or received to go on."""

_PROTOCOL: Final = "v4.channel.k8s.io"
_DATA: Final = b"\0"
_ERROR: Final = 1
_CHUNK: Final = 64 * 1024


@dataclass(slots=True, eq=False)
class Tunnel:
    """An open connection to `end`."""

    end: PodPort
    address: str
    websocket: WebSocket
    _begun: set[int] = field(default_factory=set)

    @classmethod
    def open(cls, connection: Connection, end: PodPort) -> Tunnel:
        """Connect.

        Raises:
            ClusterError: the API server refuses, or is gone; nobody knows yet whether something
                listens on the port.
        """
        pod = end.pod
        path = f"/api/v1/namespaces/{pod.namespace}/pods/{pod.name}/portforward"
        # ws or wss, as http or https
        url = f"ws{connection.address.removeprefix('http')}{path}?ports={end.number}"
        configuration = connection.client.configuration
        with _translated(connection.address, end):
            websocket = WebSocket(sslopt=_tls(configuration, url), skip_utf8_validation=True)
            connect: Any = websocket.connect
            connect(url, **_options(configuration, url))
            websocket.settimeout(_CARRY_SECONDS)
        return cls(end, connection.address, websocket)

    def carry(self, client: socket.socket) -> None:
        """Carry bytes to and from `client` until one side ends.

        Raises:
            ClusterError: nothing listens on the port, or the connection was cut off.
        """
        with _translated(self.address, self.end):
            while True:
                for side in self._ready(client):
                    going = self._send(client) if side is client else self._receive(client)
                    if not going:
                        return

    def stop(self) -> None:
        """Let `carry`, in another thread, come to its end."""
        tunnel = self.websocket.sock
        if tunnel is not None:
            with suppress(OSError):
                tunnel.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Say goodbye, and let go of the socket."""
        with suppress(WebSocketException, OSError):
            if self.websocket.connected:
                self.websocket.send_close()
        shutdown: Any = self.websocket.shutdown
        shutdown()

    def _ready(self, client: socket.socket) -> list[Any]:
        tunnel: Any = self.websocket.sock
        if isinstance(tunnel, ssl.SSLSocket) and tunnel.pending():
            return [tunnel]
        return select([tunnel, client], [], [])[0]

    def _send(self, client: socket.socket) -> bool:
        """What the client sends; False once it has ended."""
        try:
            data = client.recv(_CHUNK)
        except OSError:
            return False
        if data:
            self.websocket.send_binary(_DATA + data)
        return bool(data)

    def _receive(self, client: socket.socket) -> bool:
        """What the pod sends; False once it, or the client, has ended."""
        code, frame = self.websocket.recv_data_frame(True)
        if code == ABNF.OPCODE_CLOSE:
            return False
        if code != ABNF.OPCODE_BINARY or not frame.data:
            return True
        channel, data = frame.data[0], frame.data[1:]
        if channel not in self._begun:
            self._begun.add(channel)
            return True
        if channel == _ERROR:
            raise _refused(self.end, data.decode(errors="replace"))
        try:
            client.sendall(data)
        except OSError:
            return False
        return True


def _refused(end: PodPort, said: str) -> ClusterError:
    if "refused" in said:
        return ClusterError(f"nothing listens on {end}", "is the port right, and the service up?")
    return ClusterError(f"{end} cannot be reached: {said}", "plate-llm status ENV shows its state")


def _options(configuration: Configuration, url: str) -> dict[str, Any]:
    settings: Any = configuration.auth_settings()
    headers = {
        item["key"]: item["value"]
        for item in settings.values()
        if item["in"] == "header" and item["value"]
    }
    options: dict[str, Any] = {
        "header": [f"{name}: {said}" for name, said in headers.items()],
        "subprotocols": [_PROTOCOL],
        "timeout": _OPEN_SECONDS,
        "redirect_limit": 0,  # the credentials would go along
        "suppress_origin": True,
    }
    if configuration.proxy or configuration.proxy_headers:
        proxied: dict[str, Any] = websocket_proxycare(options, configuration, url, headers)  # type: ignore[no-untyped-call]
        return proxied
    return options


def _tls(configuration: Configuration, url: str) -> dict[str, Any]:
    if not url.startswith("wss:"):
        return {}
    context = ssl.create_default_context(cafile=configuration.ssl_ca_cert)
    context.check_hostname = configuration.verify_ssl and configuration.assert_hostname is not False
    if not configuration.verify_ssl:
        context.verify_mode = ssl.CERT_NONE
    if configuration.cert_file:
        context.load_cert_chain(configuration.cert_file, configuration.key_file)
    named = configuration.tls_server_name
    return {"context": context} | ({"server_hostname": named} if named else {})


@contextmanager
def _translated(address: str, end: PodPort) -> Iterator[None]:
    """Errors of the library as ours; nothing of the request is in them."""
    try:
        yield
    except WebSocketBadStatusException as error:
        raise error_of(error.status_code, error.resp_body, f"forward to {end}") from None
    except WebSocketConnectionClosedException:
        raise _lost(end, "it was cut off") from None
    except WebSocketTimeoutException:
        raise _lost(end, f"{address} does not answer in time") from None
    except OSError as error:
        raise _lost(end, error.strerror or type(error).__name__) from None
    except (WebSocketException, struct.error):
        raise _lost(end, f"{address} does not answer as an API server does") from None


def _lost(end: PodPort, why: str) -> ClusterError:
    return ClusterError(f"no connection to {end}: {why}", "try again; is the pod still up?")
