"""Faults befall exactly the requests that they are planned for."""

from __future__ import annotations

import datetime
import email.utils
import http.client
import json
import ssl
import time
from typing import TYPE_CHECKING

import pytest

from tests.cluster.asking import Asker, refusal
from tests.cluster.double.cluster import Cluster

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PODS = "/api/v1/namespaces/default/pods"
MAPS = "/api/v1/namespaces/default/configmaps"


@pytest.fixture
def wire(kube: Cluster) -> Iterator[http.client.HTTPConnection]:
    """A connection without retries."""
    port = kube.server.server_port
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    yield connection
    connection.close()


def get(wire: http.client.HTTPConnection, path: str) -> int:
    wire.request("GET", path)
    answer = wire.getresponse()
    answer.read()
    return answer.status


def test_a_status_n_times_after_n(kube: Cluster, wire: http.client.HTTPConnection) -> None:
    kube.fault("/pods", status=503, after=1, times=2)
    assert [get(wire, PODS) for _ in range(5)] == [200, 503, 503, 200, 200]


def test_other_paths_and_methods_go_well(kube: Cluster, wire: http.client.HTTPConnection) -> None:
    kube.fault("/pods", method="PATCH", status=500, times=None)
    kube.fault("/secrets", status=500, times=None)
    assert get(wire, PODS) == 200


def test_a_fault_may_be_for_a_query(kube: Cluster, wire: http.client.HTTPConnection) -> None:
    kube.fault(r"/pods\?.*labelSelector=a", status=500)
    assert [get(wire, PODS), get(wire, f"{PODS}?labelSelector=a")] == [200, 500]


def test_too_many_requests_say_how_long_to_wait(
    kube: Cluster, wire: http.client.HTTPConnection
) -> None:
    kube.fault(status=429, retry_after=7, message="slow down")
    wire.request("GET", PODS)
    answer = wire.getresponse()
    assert (answer.status, answer.headers["Retry-After"]) == (429, "7")
    assert json.loads(answer.read())["reason"] == "TooManyRequests"


def test_a_delay_and_then_an_answer(kube: Cluster, wire: http.client.HTTPConnection) -> None:
    kube.fault(delay=0.1)
    began = time.monotonic()
    assert get(wire, PODS) == 200
    assert time.monotonic() - began >= 0.1


def test_a_connection_ends_before_the_answer(
    kube: Cluster, wire: http.client.HTTPConnection
) -> None:
    kube.fault(drop="before")
    with pytest.raises(http.client.RemoteDisconnected):
        get(wire, PODS)


def test_a_connection_ends_in_the_answer(kube: Cluster, wire: http.client.HTTPConnection) -> None:
    kube.fault(drop="body")
    with pytest.raises(http.client.IncompleteRead):
        get(wire, PODS)


def test_a_watch_ends_in_an_event(kube: Cluster, wire: http.client.HTTPConnection) -> None:
    kube.create({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "c"}})
    kube.fault(watch=True, drop="body")
    assert get(wire, MAPS) == 200
    with pytest.raises(http.client.IncompleteRead):
        get(wire, f"{MAPS}?watch=1")


def test_a_watch_says_nothing_and_never_ends(
    kube: Cluster, wire: http.client.HTTPConnection
) -> None:
    kube.create({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "c"}})
    kube.fault(watch=True, silent=True)
    wire.timeout = 0.1
    wire.request("GET", f"{MAPS}?watch=1&timeoutSeconds=0")
    answer = wire.getresponse()
    assert answer.status == 200
    with pytest.raises(TimeoutError):
        answer.read(1)


def test_an_answer_never_comes(kube: Cluster, wire: http.client.HTTPConnection) -> None:
    kube.fault(silent=True)
    wire.timeout = 0.1
    with pytest.raises(TimeoutError):
        get(wire, PODS)


def test_all_connections_break_at_once(kube: Cluster, wire: http.client.HTTPConnection) -> None:
    wire.request("GET", f"{PODS}?watch=1")
    answer = wire.getresponse()
    kube.server.hang_up()
    with pytest.raises(http.client.IncompleteRead):
        answer.read()
    wire.close()
    assert get(wire, PODS) == 200


def test_the_words_and_the_reason_may_be_given(kube: Cluster, asker: Asker) -> None:
    message = 'pods "web" is forbidden: exceeded quota: compute'
    kube.fault(status=403, message=message, reason="Forbidden")
    assert refusal(lambda: asker.ask("get", PODS)) == (403, "Forbidden", message)


def test_what_was_asked_is_kept(kube: Cluster, asker: Asker) -> None:
    asker.create(MAPS, {"metadata": {"name": "c"}}, field_manager="me")
    (request,) = kube.asked("POST", "/configmaps")
    assert request.json() == {"metadata": {"name": "c"}}
    assert request.query == {"fieldManager": "me"}
    assert request.headers["authorization"] == "Bearer double-token"


def test_the_cluster_may_have_another_time(tmp_path: Path) -> None:
    with Cluster(skew=datetime.timedelta(hours=5)) as kube:
        asker = Asker.of(kube, tmp_path)
        made = asker.create(MAPS, {"metadata": {"name": "c"}})["metadata"]["creationTimestamp"]
        connection = http.client.HTTPConnection("127.0.0.1", kube.server.server_port, timeout=5)
        connection.request("GET", "/version")
        date = connection.getresponse().headers["Date"]
        connection.close()
    ahead = datetime.datetime.now(datetime.UTC) + datetime.timedelta(hours=4, minutes=59)
    assert datetime.datetime.fromisoformat(made) > ahead
    assert email.utils.parsedate_to_datetime(date) > ahead


def test_tls_with_a_ca_of_its_own(tmp_path: Path) -> None:
    with Cluster(tls=True) as kube:
        assert Asker.of(kube, tmp_path).ask("get", PODS)["items"] == []
        stranger = ssl.create_default_context()
        port = kube.server.server_port
        connection = http.client.HTTPSConnection("127.0.0.1", port, timeout=5, context=stranger)
        with pytest.raises(ssl.SSLCertVerificationError):
            connection.request("GET", "/version")
        connection.close()


def test_a_watch_over_tls(tmp_path: Path) -> None:
    with Cluster(tls=True) as kube:
        asker = Asker.of(kube, tmp_path)
        kube.create({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "c"}})
        assert asker.watched(MAPS, 1) == [("ADDED", "c")]
