"""Warnings of a namespace, as events of the core and of events.k8s.io have them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from plate_llm_cli.cluster.events import grouped, line_of, recent_warnings, warnings_about
from plate_llm_cli.cluster.objects import Ref
from tests.cluster.connecting import connected
from tests.cluster.double.cluster import Cluster

if TYPE_CHECKING:
    from pathlib import Path

POD = Ref("v1", "Pod", "default", "web-1")


def event(message: str = "boom", name: str = "web-1", **fields: Any) -> dict[str, Any]:
    involved = {"apiVersion": "v1", "kind": "Pod", "namespace": "default", "name": name}
    body = {"apiVersion": "v1", "kind": "Event", "metadata": {"generateName": "web."}}
    body |= {"involvedObject": involved, "type": "Warning", "reason": "BackOff"}
    return body | {"message": message} | fields


def test_counted_in_the_old_way() -> None:
    line = line_of(event(count=4, lastTimestamp="2026-05-04T12:00:00Z"))
    assert (line.about, line.count) == (POD, 4)
    assert line.last == datetime(2026, 5, 4, 12, tzinfo=UTC)


def test_counted_in_the_new_way() -> None:
    series = {"count": 7, "lastObservedTime": "2026-05-04T12:05:00.123456Z"}
    line = line_of(
        event(eventTime="2026-05-04T12:00:00.000000Z", lastTimestamp=None, series=series)
    )
    assert line.count == 7
    assert line.last == datetime(2026, 5, 4, 12, 5, 0, 123456, tzinfo=UTC)


def test_of_the_new_kind() -> None:
    said: dict[str, Any] = {
        "regarding": {"apiVersion": "v1", "kind": "Pod", "name": "web-1"},
        "note": "boom",
    }
    said |= {"eventTime": "2026-05-04T12:00:00.000000Z", "deprecatedCount": 2}
    line = line_of(said)
    assert (line.about.name, line.message, line.count) == ("web-1", "boom", 2)


def test_what_pods_of_one_kind_have_in_common_is_said_once() -> None:
    uid = "6f1c9c1e-2a35-4c2b-9a2d-3b1c3e8a9f1"
    lines = [
        line_of(event(f"restarting web in pod {name}({uid}{number})", name, count=3))
        for number, name in enumerate(("web-1", "web-2"))
    ]
    (line,) = grouped(lines)
    assert (line.about.name, line.count, line.objects) == ("web-1", 6, 2)


def test_only_warnings_of_the_last_hour_by_the_clusters_clock(tmp_path: Path) -> None:
    with Cluster(skew=timedelta(hours=-9)) as kube, connected(kube, tmp_path) as api:

        def at(minutes: int) -> str:
            then = kube.api.clock.now() - timedelta(minutes=minutes)
            return then.strftime("%Y-%m-%dT%H:%M:%SZ")

        kube.create(event("old", lastTimestamp=at(61)))
        kube.create(event("new", lastTimestamp=at(59)))
        kube.create(event("newest", lastTimestamp=at(1)))
        kube.create(event("normal", type="Normal", lastTimestamp=at(1)))
        found = recent_warnings(api, "default")
        assert [line.message for line in found] == ["newest", "new"]


def test_about_what_is_asked_for_in_one_request(kube: Cluster, tmp_path: Path) -> None:
    kube.create(event("ours"))
    kube.create(event("theirs", "other-1"))
    with connected(kube, tmp_path) as api:
        found = warnings_about(api, "default", [POD])
    assert [line.message for line in found] == ["ours"]
    (asked,) = kube.asked("GET", "/events")
    assert asked.query["fieldSelector"] == "type=Warning"
