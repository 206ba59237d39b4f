"""Watches of the double end, restart and expire as those of a real API server."""

from __future__ import annotations

import contextlib
import http.client
import threading
import time
from typing import TYPE_CHECKING, Any

from tests.cluster.double.cluster import Cluster

if TYPE_CHECKING:
    from tests.cluster.asking import Asker

MAPS = "/api/v1/namespaces/default/configmaps"


def config_map(name: str, **labels: str) -> dict[str, Any]:
    metadata = {"name": name, "labels": labels}
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": {}}


def test_a_watch_begins_with_what_is_there(kube: Cluster, asker: Asker) -> None:
    kube.create(config_map("a"))
    assert asker.watched(MAPS, 1) == [("ADDED", "a")]


def test_a_watch_from_a_version_tells_what_came_later(kube: Cluster, asker: Asker) -> None:
    kube.create(config_map("a"))
    version = asker.ask("get", MAPS)["metadata"]["resourceVersion"]
    kube.patch("ConfigMap", "a", {"data": {"k": "v"}})
    kube.create(config_map("b"))
    kube.delete("ConfigMap", "a")
    found = asker.watched(MAPS, 3, resource_version=version)
    assert found == [("MODIFIED", "a"), ("ADDED", "b"), ("DELETED", "a")]


def test_a_change_is_told_at_once(kube: Cluster, asker: Asker) -> None:
    writer = threading.Timer(0.05, kube.create, (config_map("a"),))
    writer.start()
    began = time.monotonic()
    assert asker.watched(MAPS, 1) == [("ADDED", "a")]
    writer.join()
    assert time.monotonic() - began < 5


def test_an_object_may_enter_and_leave_a_selection(kube: Cluster, asker: Asker) -> None:
    kube.create(config_map("a", tier="web"))
    version = asker.ask("get", MAPS)["metadata"]["resourceVersion"]
    kube.patch("ConfigMap", "a", {"metadata": {"labels": {"tier": "db"}}})
    kube.patch("ConfigMap", "a", {"metadata": {"labels": {"tier": "web"}}})
    found = asker.watched(MAPS, 2, resource_version=version, label_selector="tier=web")
    assert found == [("DELETED", "a"), ("ADDED", "a")]


def test_a_watch_from_a_version_that_is_forgotten_is_told_410(kube: Cluster, asker: Asker) -> None:
    kube.create(config_map("a"))
    kube.compact()
    (line,) = [asker.ask("get", MAPS, watch=True, resource_version="100", timeout_seconds=1)]
    assert (line["type"], line["object"]["code"]) == ("ERROR", 410)
    assert line["object"]["reason"] == "Expired"
    assert line["object"]["message"].startswith("too old resource version: 100 (")


def test_a_watch_may_be_asked_to_say_when_it_has_told_what_is_there(
    kube: Cluster, asker: Asker
) -> None:
    kube.create(config_map("a"))
    asked = {"sendInitialEvents": "true", "resourceVersionMatch": "NotOlderThan"}
    query = list((asked | {"allowWatchBookmarks": "true"}).items())
    found = asker.watched(MAPS, 2, query_params=query)
    assert found == [("ADDED", "a"), ("BOOKMARK", "")]


def test_a_bookmark_says_how_far_a_watch_is(kube: Cluster, asker: Asker) -> None:
    version = kube.create(config_map("a"))["metadata"]["resourceVersion"]
    line = asker.ask(
        "get",
        MAPS,
        watch=True,
        resource_version=version,
        timeout_seconds=1,
        query={"allowWatchBookmarks": "true"},
    )
    assert line["type"] == "BOOKMARK"
    assert line["object"]["metadata"]["resourceVersion"] == version


def test_the_cluster_ends_while_somebody_watches() -> None:
    with Cluster() as kube:
        connection = http.client.HTTPConnection("127.0.0.1", kube.server.server_port, timeout=5)
        connection.request("GET", f"{MAPS}?watch=1")
        answer = connection.getresponse()
    with contextlib.suppress(http.client.IncompleteRead):
        assert answer.read() == b""
    connection.close()
