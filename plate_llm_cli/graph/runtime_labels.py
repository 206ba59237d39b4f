"""Labels that no template shows: pods get them once they run, and Services select by them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from plate_llm_cli.graph.workloads import Workload

_POD_NAME: Final = "statefulset.kubernetes.io/pod-name"
_BY_CLUSTER: Final = frozenset(
    {
        *("pod-template-hash", "controller-revision-hash", "rollouts-pod-template-hash"),
        *("apps.kubernetes.io/pod-index", "topology.kubernetes.io/zone"),
        "topology.kubernetes.io/region",
    }
)
"""What Kubernetes and Argo Rollouts put on every pod of a workload."""
_ROLE: Final = re.compile(r"(?:.*[-/])?(?:role|instanceRole)|(?:vault|openbao)-[a-z-]+")
_PARTS: Final = frozenset(
    {
        *("master", "primary", "leader", "active", "replica", "slave", "standby", "secondary"),
        *("follower", "sync_standby", "standby_leader", "true", "false"),
    }
)
"""Parts that the members of a StatefulSet choose among themselves."""


def picks(selector: dict[str, Any], workload: Workload) -> bool:
    """Whether a Service with `selector` leads to pods of `workload`, or will when they run.

    A database tells its leader by a label that it sets itself, and a StatefulSet names each pod.
    """
    has = (workload.labels, workload.meant_labels)
    later = [
        name
        for name, value in selector.items()
        if not any(labels.get(name) == value for labels in has)
    ]
    if not all(_comes_later(name, selector[name], workload) for name in later):
        return False
    return len(later) < len(selector) or later == [_POD_NAME]


def _comes_later(name: str, value: Any, workload: Workload) -> bool:
    if name in workload.labels:
        return False
    if name in _BY_CLUSTER:
        return True
    if workload.manifest.kind != "StatefulSet":
        return False
    if name == _POD_NAME:
        own, _, number = str(value).rpartition("-")
        return own == workload.manifest.name and number.isdecimal()
    return _ROLE.fullmatch(name) is not None and value in _PARTS
