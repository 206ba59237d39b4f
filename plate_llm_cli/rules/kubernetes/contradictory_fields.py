"""Fields that the API server takes one by one, and not together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plate_llm_cli.findings import Severity
from plate_llm_cli.graph.contradictions import in_ingress, in_service, in_workload
from plate_llm_cli.rules.base import Defect, ManifestPlace, Rule

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from plate_llm_cli.graph.contradictions import Contradiction
    from plate_llm_cli.graph.deployment import Deployment
    from plate_llm_cli.graph.manifests import Manifest

_CORE = frozenset({"v1", "apps/v1", "batch/v1"})


class ContradictoryFields(Rule):
    """Fields of an object rule each other out, and the API server refuses it.

    ## What it does
    Looks for what fits the schema and is refused all the same: a `nodePort` or an
    `externalTrafficPolicy` of a ClusterIP Service, several ports without names, a probe with two
    handlers or none, a request above its limit, `value` beside `valueFrom`, a volume of two kinds,
    `rollingUpdate` beside `Recreate`, a `restartPolicy` that the kind does not have, a path of an
    Ingress that does not begin with `/`. User 0 beside `runAsNonRoot` is refused by the node. A
    node port outside of the usual range is a warning.

    ## Why is this bad?
    The object cannot be applied: the sync fails, and nothing that comes after it is applied
    either. Often one half comes from a chart's defaults, and the other from a value file.

    ## Example
    ```yaml
    readinessProbe:
      httpGet: {path: /, port: http}      # the chart's default
      tcpSocket: {port: http}             # the value file's
    ```

    ## Use instead
    ```yaml
    readinessProbe:
      httpGet: null
      tcpSocket: {port: http}
    ```
    """

    id = "contradictory-fields"
    severity = Severity.ERROR
    summary = "Fields of an object rule each other out, and the API server refuses it"

    def check(self, deployment: Deployment) -> Iterator[Defect]:
        """Every contradiction in Services, Ingresses and what runs pods."""
        for manifest in deployment.manifests:
            version = manifest.api_version
            if manifest.kind == "Service" and version == "v1":
                yield from _defects(manifest, in_service(manifest))
            elif manifest.kind == "Ingress" and version == "networking.k8s.io/v1":
                yield from _defects(manifest, in_ingress(manifest))
        for workload in deployment.wiring.workloads:
            if workload.manifest.api_version in _CORE:
                yield from _defects(workload.manifest, in_workload(workload))


def _defects(manifest: Manifest, found: Iterable[Contradiction]) -> Iterator[Defect]:
    if manifest.chart is not None and not manifest.chart.part.complete:
        return  # without a value file it is not what would be deployed
    for item in found:
        severity = Severity.WARNING if item.unsure else None
        place = ManifestPlace(manifest, item.route, absent=item.absent)
        yield Defect(place, item.message, item.help, severity=severity)
