"""A container that says nothing of the memory it needs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plate_llm_cli.findings import Severity
from plate_llm_cli.graph.secret_fields import at
from plate_llm_cli.graph.value_places import place_of_lack
from plate_llm_cli.rules.base import Defect, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plate_llm_cli.graph.deployment import Deployment
    from plate_llm_cli.graph.workloads import Container, Workload


class MissingResources(Rule):
    """A container that keeps running has no memory request, or no memory limit.

    ## What it does
    Looks at the containers of Deployments, StatefulSets and all that resemble them. A limit counts
    as a request, as it does for Kubernetes. Jobs, hooks, pods with `resources` of their own, and
    namespaces with a LimitRange are left out. A limit on CPU is nobody's duty.

    ## Why is this bad?
    Without a request the scheduler puts the pod on a node that is full already, and the pod is
    evicted first; without a limit one leak takes the other pods of the node with it.

    ## Example
    ```yaml
    containers:
      - name: web
        resources: {}
    ```

    ## Use instead
    ```yaml
        resources:
          requests: {cpu: 100m, memory: 256Mi}
          limits: {memory: 256Mi}
    ```
    """

    id = "missing-resources"
    severity = Severity.INFO
    summary = "A container that keeps running has no memory request, or no memory limit"

    def check(self, deployment: Deployment) -> Iterator[Defect]:
        """One defect a workload, at the first container that lacks something."""
        limited = deployment.wiring.limited_namespaces
        for workload in deployment.wiring.workloads:
            if workload.is_brief or workload.manifest.hook or workload.pod.get("resources"):
                continue
            if workload.place not in limited:
                yield from _defect(workload, deployment)


def _defect(workload: Workload, deployment: Deployment) -> Iterator[Defect]:
    lacking = [(item, lacks) for item in workload.lasting if (lacks := _lacks(item))]
    if not lacking:
        return
    told = ", ".join(f"{item.name} ({' and '.join(lacks)})" for item, lacks in lacking)
    yield Defect(
        place_of_lack(deployment, lacking[0][0], "resources"),
        f"{workload.label} sets no memory for {told}",
        "set resources.requests.memory and resources.limits.memory",
        alike=" and ".join(dict.fromkeys(what for _, lacks in lacking for what in lacks)),
    )


def _lacks(container: Container) -> list[str]:
    resources = container.spec.get("resources")
    if at(resources, "limits", "memory") is not None:
        return []
    named = ["request"] if at(resources, "requests", "memory") is None else []
    return [*named, "limit"]
