"""Signs that a pod listens on a port that its containers do not declare."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from plate_llm_cli.graph.config_maps import keys_of
from plate_llm_cli.graph.references import references_of
from plate_llm_cli.graph.secret_fields import texts
from plate_llm_cli.graph.variables import variables_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plate_llm_cli.graph.wiring import Wiring
    from plate_llm_cli.graph.workloads import Workload

_PLAIN: Final = frozenset(
    {
        "Pod",
        "Deployment",
        "StatefulSet",
        "DaemonSet",
        "ReplicaSet",
        "ReplicationController",
        "Rollout",
        "Job",
        "CronJob",
    }
)
INJECTED: Final = frozenset({15000, 15006, 15020, 15021, 15090, 4143, 4190, 4191, 3500, 3501})
"""Ports of the containers that Istio, Linkerd and Dapr add to pods."""
INJECTED_NAMES: Final = frozenset(
    {"http-envoy-prom", "linkerd-proxy", "linkerd-admin", "dapr-http", "dapr-grpc", "dapr-metrics"}
)
"""The names of such ports."""


def is_as_written(workload: Workload) -> bool:
    """Whether its pods are what is written: no operator and no lost value file changes it."""
    chart = workload.manifest.chart
    return workload.manifest.kind in _PLAIN and (chart is None or chart.part.complete)


def is_mentioned(wiring: Wiring, workload: Workload, port: int) -> bool:
    """Whether arguments, variables or ConfigMaps of the pod speak of listening on `port`."""
    pattern = re.compile(
        rf"\A\s*{port}\s*\Z"
        rf"|(?:port|listen|addr|bind)[^\n]{{0,24}}?(?<![\d.]){port}(?![\d.])"
        rf"|(?:^|[\s\"'=,*\]]|0\.0\.0\.0|localhost|127\.0\.0\.1):{port}(?!\d)",
        re.IGNORECASE | re.MULTILINE,
    )
    return any(pattern.search(said) for said in _said(wiring, workload))


def _said(wiring: Wiring, workload: Workload) -> Iterator[str]:
    for container in workload.containers:
        for field in ("command", "args"):
            yield from texts(container.spec.get(field))
        for variable in variables_of(container):
            yield variable.value or ""
    names = {item.name for item in references_of([workload]) if item.kind == "ConfigMap"}
    for name in sorted(names):
        manifest = wiring.find(workload.place, "ConfigMap", name)
        if manifest is not None:
            yield from (keys_of(manifest) or {}).values()
