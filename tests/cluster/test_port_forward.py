"""Port-forwards to real HTTP servers, through the double's WebSockets."""

from __future__ import annotations

import http.client
import http.server
import re
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from plate_llm_cli.cluster.port_forward import Forwarded, forward
from plate_llm_cli.errors import ClusterError, ForbiddenError
from tests.cluster.connecting import connected
from tests.cluster.double.cluster import Cluster
from tests.cluster.forwarding import (
    DEPLOYMENT,
    LARGE,
    POD,
    SERVICE,
    Handler,
    create_web,
    pod,
    serving,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from plate_llm_cli.cluster.api import Api
    from plate_llm_cli.cluster.objects import Ref


@pytest.fixture
def service(kube: Cluster) -> Iterator[type[Handler]]:
    """The service behind a pod, a Service and a Deployment."""
    create_web(kube)
    with serving() as found:
        kube.backend("web-1", 8000, ("127.0.0.1", found.port))
        yield found


@pytest.fixture
def api(kube: Cluster, tmp_path: Path) -> Iterator[Api]:
    with connected(kube, tmp_path) as opened:
        yield opened


def get(local: Forwarded, path: str = "/hello") -> bytes:
    """One request on a connection of its own."""
    connection = http.client.HTTPConnection("127.0.0.1", local.port, timeout=10)
    try:
        connection.request("GET", path)
        return connection.getresponse().read()
    finally:
        connection.close()


def failure(local: Forwarded) -> ClusterError:
    """Why a request fails."""
    with pytest.raises((ConnectionError, http.client.HTTPException)):
        get(local)
    assert local.failure is not None
    return local.failure


@pytest.mark.parametrize(("target", "port"), [(POD, "http"), (SERVICE, 80), (DEPLOYMENT, 8000)])
def test_request_reaches_the_pod(
    target: Ref, port: int | str, api: Api, service: type[Handler]
) -> None:
    with forward(api, target, port) as local:
        assert get(local) == f"{service.port}/hello".encode()
        assert local.url == f"http://127.0.0.1:{local.port}"


def test_one_connection_carries_several_requests(api: Api, service: type[Handler]) -> None:
    with forward(api, SERVICE, 80) as local:
        connection = http.client.HTTPConnection("127.0.0.1", local.port, timeout=10)
        for path in ("/a", "/b"):
            connection.request("GET", path)
            assert connection.getresponse().read() == f"{service.port}{path}".encode()
        connection.close()


@pytest.mark.usefixtures("service")
def test_large_bodies_both_ways_arrive_whole_though_the_service_closes(api: Api) -> None:
    with forward(api, SERVICE, 80) as local:
        connection = http.client.HTTPConnection("127.0.0.1", local.port, timeout=10)
        connection.request("GET", "/large")
        answer = connection.getresponse()
        time.sleep(0.2)  # the service has closed long before its answer is read
        assert answer.read() == LARGE
        connection.close()
        connection.request("POST", "/", LARGE[:300_000])
        assert connection.getresponse().read() == LARGE[:300_000]
        connection.close()


def test_events_arrive_when_they_are_sent(api: Api, service: type[Handler]) -> None:
    with (
        forward(api, SERVICE, 80) as local,
        socket.create_connection(("127.0.0.1", local.port), 10) as client,
        client.makefile("rb") as seen,
    ):
        client.sendall(b"GET /events HTTP/1.1\r\nHost: x\r\n\r\n")
        while seen.readline().strip():
            pass
        assert seen.readline() == b"data: 0\n"  # the service waits before it sends another
        service.go_on.set()
        assert seen.read() == b"\ndata: 1\n\ndata: 2\n\n"


def test_requests_at_once(api: Api, service: type[Handler]) -> None:
    with forward(api, SERVICE, 80) as local, ThreadPoolExecutor(8) as pool:
        paths = [f"/{number}" for number in range(24)]
        answers = list(pool.map(lambda path: get(local, path), paths))
    assert answers == [f"{service.port}{path}".encode() for path in paths]


@pytest.mark.usefixtures("service")
def test_only_the_loopback_listens_and_nothing_stays_open(api: Api) -> None:
    before = set(threading.enumerate())
    with forward(api, SERVICE, 80) as local:
        idle = socket.create_connection(("127.0.0.1", local.port), 10)
        get(local)
        listening = re.findall(rf": (\S+):{local.port:04X} \S+ 0A", _listening())
        assert listening == ["0100007F"]
    assert idle.recv(1) == b""
    idle.close()
    assert {thread.name for thread in threading.enumerate() if thread not in before} <= _of_double()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", local.port), 1)


def _listening() -> str:
    with open("/proc/net/tcp", encoding="ascii") as table:  # noqa: PTH123 - no file
        return table.read()


def _of_double() -> set[str]:
    """Threads of the double's own connections."""
    return {
        thread.name for thread in threading.enumerate() if "process_request_thread" in thread.name
    }


def test_nobody_listens(kube: Cluster, api: Api, service: type[Handler]) -> None:
    del service
    with forward(api, POD, 8001) as local:
        error = failure(local)
        assert error.message == "nothing listens on port 8001 of Pod default/web-1"
        with serving() as late:
            kube.backend("web-1", 8001, ("127.0.0.1", late.port))
            assert get(local) == f"{late.port}/hello".encode()
        assert local.failure is None


@pytest.mark.usefixtures("service")
def test_service_that_breaks_off_is_no_failure_of_the_cluster(api: Api) -> None:
    with forward(api, SERVICE, 80) as local:
        with pytest.raises(http.client.IncompleteRead):
            get(local, "/cut")
        assert local.failure is None


@pytest.mark.usefixtures("service")
def test_connection_that_is_cut_off_ends_with_a_reset(kube: Cluster, api: Api) -> None:
    with forward(api, SERVICE, 80) as local:
        client = http.client.HTTPConnection("127.0.0.1", local.port, timeout=10)
        client.request("GET", "/events")
        answer = client.getresponse()
        assert answer.read1(100) == b"data: 0\n\n"
        kube.server.hang_up()
        with pytest.raises(ConnectionResetError):
            answer.read()
        client.close()
        assert local.failure is not None
        assert local.failure.message == (
            "no connection to port 8000 of Pod default/web-1: it was cut off"
        )


def test_another_ready_pod_takes_over(kube: Cluster, api: Api, service: type[Handler]) -> None:
    with forward(api, SERVICE, 80) as local, serving() as second:
        assert get(local) == f"{service.port}/hello".encode()
        kube.create(pod("web-2"))
        kube.backend("web-2", 8000, ("127.0.0.1", second.port))
        kube.delete("Pod", "web-1")
        assert get(local) == f"{second.port}/hello".encode()


@pytest.mark.usefixtures("service")
def test_pod_that_answers_no_more_is_left_for_another(kube: Cluster, api: Api) -> None:
    with forward(api, SERVICE, 80) as local, serving() as second:
        get(local)
        kube.create(pod("web-2"))
        kube.backend("web-2", 8000, ("127.0.0.1", second.port))
        kube.streams.backends.pop(("default", "web-1", 8000))
        kube.set_status("Pod", "web-1", pod("web-1", ready=False)["status"])
        assert failure(local).message == "nothing listens on port 8000 of Pod default/web-1"
        assert get(local) == f"{second.port}/hello".encode()


@pytest.mark.usefixtures("service")
def test_pod_that_is_gone(kube: Cluster, api: Api) -> None:
    with forward(api, POD, 8000) as local:
        kube.delete("Pod", "web-1")
        assert failure(local).message == "there is no Pod default/web-1"


@pytest.mark.usefixtures("service")
def test_pod_that_runs_no_more_when_it_is_asked(kube: Cluster, api: Api) -> None:
    with forward(api, POD, 8000) as local:
        status = pod("x")["status"] | {"phase": "Succeeded"}
        kube.set_status("Pod", "web-1", status)
        error = failure(local)
        assert error.details == (
            "unable to forward port because pod is not running. Current status=Succeeded",
        )


@pytest.mark.usefixtures("service")
def test_without_the_right_nothing_is_opened(kube: Cluster, api: Api) -> None:
    kube.deny(verb="get", resource="pods/portforward")
    with pytest.raises(ForbiddenError) as refused, forward(api, SERVICE, 80):
        pass
    assert refused.value.message == "may not forward ports to pods in default"
    assert kube.asked(path="/portforward") == []


@pytest.mark.usefixtures("service")
def test_right_that_is_taken_away(kube: Cluster, api: Api) -> None:
    with forward(api, SERVICE, 80) as local:
        kube.deny(verb="get", resource="pods/portforward")
        error = failure(local)
        assert isinstance(error, ForbiddenError)
        assert error.message.startswith("may not forward to port 8000 of Pod default/web-1: ")


@pytest.mark.usefixtures("service")
def test_api_server_that_stops(kube: Cluster, api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("plate_llm_cli.cluster.connection._PAUSES", ())
    with forward(api, SERVICE, 80) as local:
        kube.fault("/pods", drop="before", times=None)
        assert "cannot be reached" in failure(local).message


@pytest.mark.usefixtures("service")
def test_api_server_that_does_not_answer(
    kube: Cluster, api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("plate_llm_cli.cluster.tunnel._OPEN_SECONDS", 0.1)
    with forward(api, SERVICE, 80) as local:
        kube.fault("/portforward", silent=True, times=None)
        assert failure(local).message == (
            f"no connection to port 8000 of Pod default/web-1: {kube.url} does not answer in time"
        )


def test_over_tls_with_a_token(tmp_path: Path) -> None:
    with Cluster(tls=True) as kube, serving() as service, connected(kube, tmp_path) as api:
        kube.token("double-token", "operator")
        kube.create(pod("web-1"))
        kube.backend("web-1", 8000, ("127.0.0.1", service.port))
        with forward(api, POD, 8000) as local:
            assert get(local) == f"{service.port}/hello".encode()
