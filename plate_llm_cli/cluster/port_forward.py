"""A local address whose connections are carried to a pod, for commands that talk to a service."""

from __future__ import annotations

import socket
import struct
import threading
from contextlib import contextmanager, suppress
from socketserver import BaseRequestHandler, ThreadingTCPServer
from typing import TYPE_CHECKING, Any, Final

from plate_llm_cli.cluster.api import Api
from plate_llm_cli.cluster.connection import Connection
from plate_llm_cli.cluster.objects import Ref
from plate_llm_cli.cluster.pod_ports import PodPort, pod_port
from plate_llm_cli.cluster.tunnel import Tunnel
from plate_llm_cli.errors import ClusterError, ForbiddenError

if TYPE_CHECKING:
    from collections.abc import Iterator

_LOOPBACK: Final = "127.0.0.1"
_LOOK_SECONDS: Final = 0.02
_RESET: Final = struct.pack("ii", 1, 0)
_RIGHTS: Final = "ask who runs the cluster for get and create on pods/portforward"


class Forwarded:
    """An open port-forward."""

    def __init__(self, port: int) -> None:
        self.port = port
        """On 127.0.0.1."""
        self.failure: ClusterError | None = None
        """Why the last connection failed; None while all is well. Whoever got no answer raises it:
        their own library knows only that the connection was reset."""

    @property
    def url(self) -> str:
        """The local address, for HTTP."""
        return f"http://{_LOOPBACK}:{self.port}"


@contextmanager
def forward(api: Api, target: Ref, port: int | str) -> Iterator[Forwarded]:
    """Listen on a local port and carry each connection to `port` of a ready pod of `target`.

    `target` is a Pod, a Service or a Deployment. When the pod is gone, the next connection finds
    another one. A client that ends its own side ends the connection, as those of HTTP do.

    Raises:
        ForbiddenError: we may not forward ports there.
        ClusterError: no pod is ready, there is no such port, or the API server is gone.
    """
    pods = Ref("v1", "Pod", target.namespace, "")
    if not api.may("get", pods, "portforward"):
        message = f"may not forward ports to pods in {target.namespace}"
        raise ForbiddenError(message, _RIGHTS)
    given = api.connection  # another thread's
    with Api(Connection(lambda: given.client.configuration, given.context)) as own:
        listener = _Listener(own, target, port)
        thread = threading.Thread(target=listener.serve_forever, args=(_LOOK_SECONDS,))
        thread.start()
        try:
            yield listener.forwarded
        finally:
            listener.shutdown()
            thread.join()
            listener.stop_all()
            listener.server_close()


class _Listener(ThreadingTCPServer):
    """Takes local connections; closing it waits for the thread of each."""

    daemon_threads = False
    request_queue_size = 64

    def __init__(self, api: Api, target: Ref, port: int | str) -> None:
        self._pods = _Pods(api, target, port)
        self._pods.find()
        self._lock = threading.Lock()
        self._open: set[_Carried] = set()
        self._ending = False
        super().__init__((_LOOPBACK, 0), BaseRequestHandler)
        self.forwarded = Forwarded(self.server_address[1])

    def finish_request(self, request: Any, client_address: Any) -> None:
        """Carry one connection, in a thread of its own."""
        del client_address
        self.forwarded.failure = None
        carried = _Carried(request)
        with self._lock:
            if self._ending:
                return
            self._open.add(carried)
        try:
            carried.run(self._pods)
        except ClusterError as error:
            self.forwarded.failure = error
            self._pods.forget()
            # What was received is not all that there was to come: no orderly end.
            request.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
            request.close()
        finally:
            with self._lock:
                self._open.discard(carried)

    def stop_all(self) -> None:
        """End every connection, and those that begin only now."""
        with self._lock:
            self._ending = True
            for carried in self._open:
                carried.stop()


class _Pods:
    """The pod of the connection before, as long as it answers."""

    def __init__(self, api: Api, target: Ref, port: int | str) -> None:
        self._api, self._target, self._port = api, target, port
        self._end: PodPort | None = None
        self._lock = threading.Lock()

    def find(self) -> PodPort:
        """A pod that is ready.

        Raises:
            ClusterError: there is none.
        """
        with self._lock:
            if self._end is None:
                self._end = pod_port(self._api, self._target, self._port)
            return self._end

    def forget(self) -> None:
        """Look for another one next time."""
        self._end = None

    def open(self) -> Tunnel:
        """A connection to one; to another one when that of before is gone.

        Raises:
            ClusterError: there is none, or the API server refuses.
        """
        try:
            return Tunnel.open(self._api.connection, self.find())
        except ForbiddenError:
            raise
        except ClusterError:
            self.forget()
        return Tunnel.open(self._api.connection, self.find())


class _Carried:
    """One connection."""

    def __init__(self, client: socket.socket) -> None:
        self._client = client
        self._tunnel: Tunnel | None = None

    def run(self, pods: _Pods) -> None:
        """Carry it to its end.

        Raises:
            ClusterError: as for `Tunnel`.
        """
        self._tunnel = tunnel = pods.open()
        try:
            tunnel.carry(self._client)
        finally:
            tunnel.close()

    def stop(self) -> None:
        """End it, from another thread."""
        with suppress(OSError):
            self._client.shutdown(socket.SHUT_RDWR)
        if self._tunnel is not None:
            self._tunnel.stop()
