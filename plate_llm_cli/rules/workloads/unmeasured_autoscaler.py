"""An autoscaler that cannot reckon."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plate_llm_cli.findings import Severity
from plate_llm_cli.graph.secret_fields import at, mappings, text
from plate_llm_cli.graph.value_places import place_of_lack
from plate_llm_cli.rules.base import Defect, ManifestPlace, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plate_llm_cli.graph.deployment import Deployment
    from plate_llm_cli.graph.scaling import Autoscaler
    from plate_llm_cli.graph.workloads import Container, Workload
    from plate_llm_cli.rules.base import Place
    from plate_llm_cli.source.nodes import Route


class UnmeasuredAutoscaler(Rule):
    """An autoscaler goes by a share of a request that the pods do not make.

    ## What it does
    For each HorizontalPodAutoscaler that aims at a percentage of CPU or memory it looks whether
    every lasting container of its workload requests that resource; a limit counts as a request.
    Namespaces with a LimitRange are left out, as are amounts (`averageValue`).

    ## Why is this bad?
    A percentage is one of the request. If one container has none, the autoscaler cannot compute
    it and scales nothing: it only reports `FailedGetResourceMetric`.

    ## Example
    ```yaml
    kind: HorizontalPodAutoscaler
    spec:
      metrics:
        - type: Resource
          resource:
            name: cpu
            target: {type: Utilization, averageUtilization: 80}
    ---
    kind: Deployment   # its container has `resources: {}`
    ```

    ## Use instead
    ```yaml
    resources:
      requests: {cpu: 250m}
    ```
    """

    id = "unmeasured-autoscaler"
    severity = Severity.WARNING
    summary = "An autoscaler goes by a share of a request that the pods do not make"

    def check(self, deployment: Deployment) -> Iterator[Defect]:
        """Every metric for which a container has no request."""
        limited = deployment.wiring.limited_namespaces
        for scaler in deployment.wiring.autoscalers:
            workload = scaler.workload
            if workload is None or workload.place in limited:
                continue
            for resource, only, route in _shares(scaler):
                without = next(
                    (
                        item
                        for item in workload.lasting
                        if only in ("", item.name) and not _requests(workload, item, resource)
                    ),
                    None,
                )
                if without is not None:
                    where = place_of_lack(deployment, without, "resources")
                    yield _defect(scaler, without, resource, (where, route))


def _shares(scaler: Autoscaler) -> Iterator[tuple[str, str, Route]]:
    """Resources by percentage, the container that is meant or '', and the way to the metric."""
    spec = at(scaler.manifest.plain, "spec")
    if at(spec, "targetCPUUtilizationPercentage") is not None:
        yield "cpu", "", ("spec", "targetCPUUtilizationPercentage")
    for index, metric in mappings(at(spec, "metrics")):
        for field in ("resource", "containerResource"):
            found = metric.get(field)
            share = at(found, "target", "averageUtilization") or at(
                found, "targetAverageUtilization"
            )
            if share is not None:
                route = ("spec", "metrics", index, field, "name")
                yield text(at(found, "name")), text(at(found, "container")), route


def _requests(workload: Workload, container: Container, resource: str) -> bool:
    return any(
        at(holder, "resources", amount, resource) is not None
        for holder in (container.spec, workload.pod)
        for amount in ("requests", "limits")
    )


def _defect(
    scaler: Autoscaler, container: Container, resource: str, places: tuple[Place, Route]
) -> Defect:
    workload, (where, route) = container.workload, places
    return Defect(
        where,
        f"container {container.name} of {workload.label} requests no {resource}, and "
        f"{scaler.manifest.kind} {scaler.manifest.name} scales by a share of it",
        f"set resources.requests.{resource}: without it nothing is scaled",
        related=((ManifestPlace(scaler.manifest, route), "the share that is aimed at"),),
    )
