"""Logs, proxies and port-forwards of the double, as the official client speaks them."""

from __future__ import annotations

import contextlib
import http.server
import socket
import threading
from typing import TYPE_CHECKING, Any

import pytest
from kubernetes import client
from kubernetes.stream import portforward

from tests.cluster.asking import refusal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kubernetes.stream.ws_client import PortForward

    from tests.cluster.asking import Asker
    from tests.cluster.double.cluster import Cluster

POD = "/api/v1/namespaces/default/pods/p"


class Hello(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        body = f"hello from {self.path}".encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/plain")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def hello() -> Iterator[tuple[str, int]]:
    with http.server.HTTPServer(("127.0.0.1", 0), Hello) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield "127.0.0.1", server.server_port
        server.shutdown()
        thread.join()


@pytest.fixture
def pod(kube: Cluster) -> dict[str, Any]:
    return kube.create(
        {
            "apiVersion": "v1",
            "kind": "Pod",
            "metadata": {"name": "p"},
            "spec": {"containers": [{"name": "web", "image": "web:1"}]},
            "status": {"phase": "Running"},
        }
    )


@pytest.mark.usefixtures("pod")
def test_a_log_has_an_end(kube: Cluster, asker: Asker) -> None:
    kube.log("p", "one\ntwo\nthree\n")
    assert asker.ask("get", f"{POD}/log") == "one\ntwo\nthree\n"
    assert asker.ask("get", f"{POD}/log", query={"tailLines": "2"}) == "two\nthree\n"
    assert asker.ask("get", f"{POD}/log", query={"limitBytes": "3"}) == "one"


@pytest.mark.usefixtures("pod")
def test_a_container_that_ended_had_a_log(kube: Cluster, asker: Asker) -> None:
    previous = {"previous": "true"}
    code, reason, message = refusal(lambda: asker.ask("get", f"{POD}/log", query=previous))
    words = 'previous terminated container "web" in pod "p" not found'
    assert (code, reason, message) == (400, "BadRequest", words)
    kube.log("p", "killed\n", previous=True)
    assert asker.ask("get", f"{POD}/log", query=previous) == "killed\n"


@pytest.mark.usefixtures("pod")
def test_a_container_must_be_the_pods(asker: Asker) -> None:
    refused = refusal(lambda: asker.ask("get", f"{POD}/log", query={"container": "db"}))
    assert refused == (400, "BadRequest", "container db is not valid for pod p")


@pytest.mark.usefixtures("pod")
def test_a_pod_is_reached_through_the_proxy(
    kube: Cluster, asker: Asker, hello: tuple[str, int]
) -> None:
    kube.backend("p", 8000, hello)
    path = "/api/v1/namespaces/default/pods/p:8000/proxy/health"
    assert asker.ask("get", path) == "hello from /health"


def test_a_service_without_endpoints_is_unavailable(kube: Cluster, asker: Asker) -> None:
    spec = {"ports": [{"port": 80}]}
    kube.create({"apiVersion": "v1", "kind": "Service", "metadata": {"name": "s"}, "spec": spec})
    refused = refusal(lambda: asker.ask("get", "/api/v1/namespaces/default/services/s:80/proxy/"))
    assert refused == (503, "ServiceUnavailable", 'no endpoints available for service "s"')


@contextlib.contextmanager
def forwarded(asker: Asker, port: int) -> Iterator[tuple[PortForward, socket.socket]]:
    """A port-forward as the official client opens one, and its socket."""
    connect = client.CoreV1Api(asker.client.client).connect_get_namespaced_pod_portforward
    forward = portforward(connect, "p", "default", ports=str(port))
    with contextlib.closing(forward.socket(port)) as link:
        link.settimeout(5)
        yield forward, link
    for thread in threading.enumerate():
        if thread.name == f"Kubernetes port forward proxy: {port}":
            thread.join(5)
    forward.websocket.shutdown()  # the client leaves it open where the server closes first


@pytest.mark.usefixtures("pod")
def test_a_port_is_forwarded(kube: Cluster, asker: Asker, hello: tuple[str, int]) -> None:
    kube.backend("p", 8000, hello)
    with forwarded(asker, 8000) as (_, link):
        link.sendall(b"GET /through HTTP/1.0\r\n\r\n")
        answer = b"".join(iter(lambda: link.recv(4096), b""))
    assert answer.endswith(b"hello from /through")


@pytest.mark.usefixtures("pod")
def test_a_port_where_nothing_listens_says_so(asker: Asker) -> None:
    with forwarded(asker, 9) as (forward, link):
        assert link.recv(1) == b""
        error = forward.error(9)  # type: ignore[no-untyped-call]
        assert error == "an error occurred forwarding 9: connection refused"


def test_a_pod_that_does_not_run_forwards_nothing(kube: Cluster) -> None:
    spec = {"containers": [{"name": "web", "image": "web:1"}]}
    kube.create({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p"}, "spec": spec})
    lines = (
        f"GET {POD}/portforward?ports=8000 HTTP/1.1",
        "Host: localhost",
        "Upgrade: websocket",
        "Connection: Upgrade",
        "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==",
    )
    with socket.create_connection(("127.0.0.1", kube.server.server_port), 5) as link:
        link.sendall("\r\n".join((*lines, "", "")).encode())
        answer = link.recv(4096)
    assert answer.startswith(b"HTTP/1.1 400 ")
