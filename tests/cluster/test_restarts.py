"""Pods that are let start anew, as kubectl does it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from plate_llm_cli.cluster.objects import Ref
from plate_llm_cli.cluster.restarts import restart
from tests.cluster.connecting import connected
from tests.cluster.double.workloads import deployment

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cluster.double.cluster import Cluster


def create(kube: Cluster, kind: str, **spec: Any) -> Ref:
    """A workload."""
    obj = deployment("web") | {"kind": kind}
    obj["spec"] |= spec
    if kind == "DaemonSet":
        del obj["spec"]["replicas"]
    kube.create(obj)
    return Ref("apps/v1", kind, "default", "web")


@pytest.mark.parametrize("kind", ["Deployment", "StatefulSet", "DaemonSet"])
def test_annotation_of_the_pods_is_the_time(kind: str, kube: Cluster, tmp_path: Path) -> None:
    ref = create(kube, kind)
    with connected(kube, tmp_path) as api:
        assert restart(api, ref) == ""
    template = kube.read(kind, "web")["spec"]["template"]
    said = template["metadata"]["annotations"]["kubectl.kubernetes.io/restartedAt"]
    assert abs((datetime.now(UTC) - datetime.fromisoformat(said)).total_seconds()) < 60
    assert template["spec"]["containers"][0]["name"] == "web"


def test_pods_that_only_start_anew_when_they_are_deleted(kube: Cluster, tmp_path: Path) -> None:
    ref = create(kube, "StatefulSet", updateStrategy={"type": "OnDelete"})
    with connected(kube, tmp_path) as api:
        assert restart(api, ref) == (
            "its updateStrategy is OnDelete: each pod starts anew when it is deleted"
        )
