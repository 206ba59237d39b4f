"""A pod that may do more than it needs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plate_llm_cli.findings import Severity
from plate_llm_cli.graph.pod_security import beyond_baseline, refusals, short_of_restricted
from plate_llm_cli.graph.value_places import place_of_lack
from plate_llm_cli.rules.base import Defect, ManifestPlace, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plate_llm_cli.graph.deployment import Deployment
    from plate_llm_cli.graph.workloads import Workload
    from plate_llm_cli.rules.base import Place


class WeakPodSecurity(Rule):
    """A pod is weaker than the Pod Security Standard `restricted`.

    ## What it does
    One info a workload lists what its containers lack: `runAsNonRoot`, `allowPrivilegeEscalation:
    false`, `capabilities.drop: [ALL]`, a `seccompProfile`; and what they have of the node, such as
    a hostPath. Hooks are left out, as are pods of which `privileged-pod` or `refused-pod` speaks.

    ## Why is this bad?
    Most services need none of it, and whoever gets into one gets what it was allowed.

    ## Example
    ```yaml
    containers:
      - name: web
        image: registry.example.com/web:1.0.0
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

    id = "weak-pod-security"
    severity = Severity.INFO
    summary = "A pod is weaker than the Pod Security Standard `restricted`"

    def check(self, deployment: Deployment) -> Iterator[Defect]:
        """One defect a workload."""
        levels = deployment.wiring.security_levels
        for workload in deployment.wiring.workloads:
            level = levels.get(workload.place, "")
            if workload.manifest.hook or level == "privileged" or refusals(workload, level):
                continue
            yield from _defect(workload, deployment)


def _defect(workload: Workload, deployment: Deployment) -> Iterator[Defect]:
    beyond = list(beyond_baseline(workload))
    lacking = list(short_of_restricted(workload))
    if any(excess.powerful for excess in beyond) or not (beyond or lacking):
        return
    parts = []
    if lacking:
        parts.append(f"without {', '.join(dict.fromkeys(item.what for item in lacking))}")
    if beyond:
        parts.append(f"with {', '.join(dict.fromkeys(item.what for item in beyond))}")
    there = [*beyond, *(item for item in lacking if not item.absent)]
    if there:
        where: Place = ManifestPlace(workload.manifest, there[0].route)
    else:
        where = place_of_lack(deployment, workload.containers[0], "securityContext")
    yield Defect(
        where,
        f"the pods of {workload.label} run {', and '.join(parts)}",
        "the standard `restricted` suits most services: set what is missing where it works",
        alike=", ".join(parts),
    )
