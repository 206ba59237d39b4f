"""A container that gets traffic before it is ready."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plate_llm_cli.findings import Severity
from plate_llm_cli.graph.value_places import place_of_lack
from plate_llm_cli.rules.base import Defect, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plate_llm_cli.graph.deployment import Deployment
    from plate_llm_cli.graph.services import Service
    from plate_llm_cli.graph.workloads import Container

_KINDS = frozenset({"Deployment", "StatefulSet"})


class MissingProbe(Rule):
    """A container behind a Service has no readiness probe.

    ## What it does
    Looks at the containers of Deployments and StatefulSets to whose ports a Service leads.

    ## Why is this bad?
    Without the probe a pod gets requests from the moment its process starts: each roll-out answers
    some of them with errors, and one that hangs keeps getting its share.

    ## Example
    ```yaml
    containers:
      - name: web
        ports: [{name: http, containerPort: 8080}]
    ```

    ## Use instead
    ```yaml
        readinessProbe:
          httpGet: {path: /readyz, port: http}
    ```
    """

    id = "missing-probe"
    severity = Severity.INFO
    summary = "A container behind a Service has no readiness probe"

    def check(self, deployment: Deployment) -> Iterator[Defect]:
        """Every such container once."""
        seen: set[int] = set()
        for service in deployment.wiring.services:
            for workload in service.workloads:
                if workload.manifest.kind not in _KINDS or id(workload) in seen:
                    continue
                for container in workload.lasting:
                    if _serves(service, container) and not container.spec.get("readinessProbe"):
                        seen.add(id(workload))
                        yield _defect(service, container, deployment)


def _serves(service: Service, container: Container) -> bool:
    wanted = (port.target for port in service.ports if port.target is not None)
    return any(container.port(target) is not None for target in wanted)


def _defect(service: Service, container: Container, deployment: Deployment) -> Defect:
    return Defect(
        place_of_lack(deployment, container, "readinessProbe"),
        f"container {container.name} of {container.workload.label} has no readinessProbe, and "
        f"Service {service.name} leads to it",
        "add a readinessProbe that fails until the container can answer",
        alike="readinessProbe",
    )
