"""A budget that lets no pod be evicted."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from plate_llm_cli.findings import Severity
from plate_llm_cli.graph.scaling import whole
from plate_llm_cli.graph.secret_fields import at
from plate_llm_cli.rules.base import Defect, ManifestPlace, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plate_llm_cli.graph.deployment import Deployment
    from plate_llm_cli.graph.scaling import Autoscaler, Budget
    from plate_llm_cli.graph.workloads import Workload
    from plate_llm_cli.source.nodes import Route


class BlockingDisruptionBudget(Rule):
    """A PodDisruptionBudget allows no disruption at all.

    ## What it does
    Adds up the pods of the workloads that a budget selects: `replicas`, or the fewest that an
    autoscaler leaves. `maxUnavailable: 0`, `minAvailable: 100%` and a `minAvailable` of as many
    pods as there are leave none to evict. DaemonSets are left out: draining passes them over.

    ## Why is this bad?
    A node with such a pod cannot be drained: upgrades of the cluster stop there until somebody
    deletes the budget or the pod by hand.

    ## Example
    ```yaml
    kind: PodDisruptionBudget
    spec:
      minAvailable: 1      # of one pod
    ```

    ## Use instead
    ```yaml
    spec:
      maxUnavailable: 1
    ```
    """

    id = "blocking-disruption-budget"
    severity = Severity.WARNING
    summary = "A PodDisruptionBudget allows no disruption at all"

    def check(self, deployment: Deployment) -> Iterator[Defect]:
        """Every budget whose pods are known."""
        scalers = {
            id(item.workload): item for item in deployment.wiring.autoscalers if item.workload
        }
        for budget in deployment.wiring.budgets:
            kinds = {item.manifest.kind for item in budget.workloads}
            if not kinds or "DaemonSet" in kinds:
                continue
            pods = sum(_pods(item, scalers.get(id(item))) for item in budget.workloads)
            route = _blocking(budget, pods)
            if pods and route:
                yield _defect(budget, route, pods)


def _pods(workload: Workload, scaler: Autoscaler | None) -> int:
    if scaler is not None:
        return max(scaler.fewest, 1)
    return whole(at(workload.manifest.plain, "spec", "replicas"), 1)


def _blocking(budget: Budget, pods: int) -> Route:
    """The way to the field that leaves no pod to evict; () where none does."""
    spec = at(budget.manifest.plain, "spec")
    unavailable, available = at(spec, "maxUnavailable"), at(spec, "minAvailable")
    if unavailable is not None:
        return ("spec", "maxUnavailable") if _amount(unavailable, pods) == 0 else ()
    kept = _amount(available, pods)
    return ("spec", "minAvailable") if kept is not None and kept >= max(pods, 1) else ()


def _amount(value: Any, pods: int) -> int | None:
    """How many pods `value` means: Kubernetes rounds a percentage up."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    percent = re.fullmatch(r"(\d{1,3})%", value) if isinstance(value, str) else None
    return -(-int(percent[1]) * pods // 100) if percent else None


def _defect(budget: Budget, route: Route, pods: int) -> Defect:
    value = at(budget.manifest.plain, *map(str, route))
    first = budget.workloads[0]
    of = f"{'only pod' if pods == 1 else f'{pods} pods'} of {first.label}"
    more = len(budget.workloads) - 1
    of += f" and {more} more" if more else ""
    return Defect(
        ManifestPlace(budget.manifest, route),
        f"{route[-1]} {value} lets nobody evict the {of}: no node with one can be drained",
        "allow one pod to be away (maxUnavailable: 1), or run more pods than minAvailable",
        related=((ManifestPlace(first.manifest, ("spec", "replicas")), "its pods"),),
    )
