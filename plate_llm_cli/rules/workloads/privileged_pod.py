"""A pod that has power over its node."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plate_llm_cli.findings import Severity
from plate_llm_cli.graph.pod_security import beyond_baseline, refusals
from plate_llm_cli.rules.base import Defect, ManifestPlace, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plate_llm_cli.graph.deployment import Deployment
    from plate_llm_cli.graph.pod_security import Excess
    from plate_llm_cli.graph.workloads import Workload

_SYSTEM = ("kube-system", "kube-node-lease")


class PrivilegedPod(Rule):
    """A pod goes beyond the Pod Security Standard `baseline` in a way that hands over the node.

    ## What it does
    Finds `privileged`, `hostNetwork`, `hostPID`, `hostIPC`, capabilities such as `SYS_ADMIN`, and
    hostPath volumes of `/`, `/etc` and the like, or of the socket of the container runtime. In
    DaemonSets (agents of nodes), in `kube-system` and in init containers that only set a kernel
    parameter it is an info. A namespace that enforces the level `privileged` says that it is meant.

    ## Why is this bad?
    A bug in this one container gives its finder the node, and with it every Secret of its pods.

    ## Example
    ```yaml
    securityContext:
      privileged: true
    ```

    ## Use instead
    ```yaml
    securityContext:
      allowPrivilegeEscalation: false
      capabilities: {drop: [ALL], add: [NET_BIND_SERVICE]}
    ```
    """

    id = "privileged-pod"
    severity = Severity.WARNING
    summary = "A pod has power over its node"

    def check(self, deployment: Deployment) -> Iterator[Defect]:
        """One defect a workload, at what is worst."""
        levels = deployment.wiring.security_levels
        for workload in deployment.wiring.workloads:
            level = levels.get(workload.place, "")
            if level == "privileged" or refusals(workload, level):
                continue
            found = [excess for excess in beyond_baseline(workload) if excess.powerful]
            if found:
                yield _defect(workload, found)


def _defect(workload: Workload, found: list[Excess]) -> Defect:
    expected = workload.manifest.kind == "DaemonSet" or workload.place[1] in _SYSTEM
    lasting = [excess for excess in found if not excess.brief]
    what = ", ".join(dict.fromkeys(excess.what for excess in found))
    return Defect(
        ManifestPlace(workload.manifest, (lasting or found)[0].route),
        f"the pods of {workload.label} have power over their node: {what}",
        "take it away, or say that it is meant: let the namespace enforce the level privileged",
        severity=Severity.INFO if expected or not lasting or workload.manifest.hook else None,
        related=tuple(
            (ManifestPlace(workload.manifest, excess.route), excess.what)
            for excess in found
            if excess is not (lasting or found)[0]
        ),
    )
