"""A pod that its namespace does not let in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plate_llm_cli.findings import Severity
from plate_llm_cli.graph.pod_security import refusals
from plate_llm_cli.rules.base import Defect, ManifestPlace, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plate_llm_cli.graph.deployment import Deployment
    from plate_llm_cli.graph.pod_security import Excess
    from plate_llm_cli.graph.workloads import Workload


class RefusedPod(Rule):
    """The namespace enforces a Pod Security Standard that a pod does not meet.

    ## What it does
    Reads the label `pod-security.kubernetes.io/enforce` of the namespaces that the tree makes, by
    a manifest or by `managedNamespaceMetadata` of an Application, and holds every pod against the
    level `baseline` or `restricted`.

    ## Why is this bad?
    The API server takes the Deployment and refuses each of its pods: the sync is fine and nothing
    starts.

    ## Example
    ```yaml
    kind: Namespace
    metadata:
      labels:
        pod-security.kubernetes.io/enforce: restricted
    ---
    kind: Deployment   # its container has no securityContext
    ```

    ## Use instead
    ```yaml
    securityContext:
      runAsNonRoot: true
      allowPrivilegeEscalation: false
      capabilities: {drop: [ALL]}
      seccompProfile: {type: RuntimeDefault}
    ```
    """

    id = "refused-pod"
    severity = Severity.ERROR
    summary = "The namespace enforces a Pod Security Standard that a pod does not meet"

    def check(self, deployment: Deployment) -> Iterator[Defect]:
        """One defect a workload."""
        levels = deployment.wiring.security_levels
        for workload in deployment.wiring.workloads:
            level = levels.get(workload.place, "")
            found = refusals(workload, level)
            if found:
                yield _defect(workload, level, found)


def _defect(workload: Workload, level: str, found: list[Excess]) -> Defect:
    wanted = ", ".join(dict.fromkeys(item.what for item in found if item.absent))
    forbidden = ", ".join(dict.fromkeys(item.what for item in found if not item.absent))
    parts = [f"they lack {wanted}"] if wanted else []
    parts += [f"it forbids {forbidden}"] if forbidden else []
    return Defect(
        ManifestPlace(workload.manifest, found[0].route, absent=found[0].absent),
        f"namespace {workload.place[1]} enforces the level {level} and refuses the pods of "
        f"{workload.label}: {'; '.join(parts)}",
        "change the pods, or the label pod-security.kubernetes.io/enforce of the namespace",
    )
