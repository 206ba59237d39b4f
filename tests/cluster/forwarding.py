"""A small service, and the pod, the Service and the Deployment before it."""

from __future__ import annotations

import http.server
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from plate_llm_cli.cluster.objects import Ref

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.cluster.double.cluster import Cluster

SERVICE = Ref("v1", "Service", "default", "web")
DEPLOYMENT = Ref("apps/v1", "Deployment", "default", "web")
POD = Ref("v1", "Pod", "default", "web-1")
LARGE = bytes(range(256)) * 20_000
"""5 MB."""


class Handler(http.server.BaseHTTPRequestHandler):
    """A service: a short answer, a large one, a stream, and an echo."""

    protocol_version = "HTTP/1.1"
    port: int
    go_on: threading.Event

    def do_GET(self) -> None:
        answer = {"/large": self._large, "/events": self._events, "/cut": self._cut}
        answer.get(self.path, self._short)()

    def do_POST(self) -> None:
        self._send(self.rfile.read(int(self.headers["Content-Length"])))

    def _short(self) -> None:
        self._send(f"{self.port}{self.path}".encode())

    def _large(self) -> None:
        self._send(LARGE)
        self.close_connection = True

    def _events(self) -> None:
        self._begin(("Content-Type", "text/event-stream"), ("Connection", "close"))
        for number in range(3):
            self.wfile.write(f"data: {number}\n\n".encode())
            self.go_on.wait(10)

    def _cut(self) -> None:
        self._begin(("Content-Length", "1000"))
        self.wfile.write(b"the beginning")
        self.close_connection = True

    def _send(self, body: bytes) -> None:
        self._begin(("Content-Length", str(len(body))))
        self.wfile.write(body)

    def _begin(self, *headers: tuple[str, str]) -> None:
        self.send_response(200)
        for name, text in headers:
            self.send_header(name, text)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def serving() -> Iterator[type[Handler]]:
    """A service of its own."""

    class Own(Handler):
        go_on = threading.Event()

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Own)
    Own.port = server.server_address[1]
    server.daemon_threads = False
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield Own
    finally:
        Own.go_on.set()
        server.shutdown()
        thread.join()
        server.server_close()


def pod(name: str, *, ready: bool = True, **status: Any) -> dict[str, Any]:
    """A pod of the Deployment."""
    container = {"name": "web", "image": "web", "ports": [{"name": "http", "containerPort": 8000}]}
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": name, "labels": {"app": "web"}},
        "spec": {"containers": [container]},
        "status": {
            "phase": "Running",
            "conditions": [{"type": "Ready", "status": "True" if ready else "False"}],
            **status,
        },
    }


def create_web(kube: Cluster) -> None:
    """One pod that is ready, and what selects it."""
    kube.create(pod("web-1"))
    ports = [{"name": "web", "port": 80, "targetPort": "http"}, {"name": "bare", "port": 8000}]
    before = {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "web"}}
    kube.create(before | {"spec": {"selector": {"app": "web"}, "ports": ports}})
    labels = {"app": "web"}
    selector = {
        "matchLabels": labels,
        "matchExpressions": [
            {"key": "app", "operator": "In", "values": ["web", "other"]},
            {"key": "app", "operator": "NotIn", "values": ["another"]},
            {"key": "app", "operator": "Exists"},
            {"key": "canary", "operator": "DoesNotExist"},
        ],
    }
    template = {"metadata": {"labels": labels}, "spec": pod("x")["spec"]}
    deployment = {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web"}}
    kube.create(deployment | {"spec": {"selector": selector, "template": template}})
