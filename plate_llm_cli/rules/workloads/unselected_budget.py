"""A budget of no pods."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plate_llm_cli.findings import Severity
from plate_llm_cli.graph.external import declare
from plate_llm_cli.graph.near_labels import nearest
from plate_llm_cli.graph.operators import makes_pods
from plate_llm_cli.graph.secret_fields import mapping
from plate_llm_cli.rules.base import Defect, ManifestPlace, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plate_llm_cli.graph.deployment import Deployment
    from plate_llm_cli.graph.scaling import Budget
    from plate_llm_cli.graph.workloads import Workload


class UnselectedBudget(Rule):
    """A PodDisruptionBudget selects no pod of its namespace.

    ## What it does
    Compares the selector of each budget with the labels of all pods that the tree makes in its
    namespace. It is an error where a workload of the same release has some of the labels: then
    the others are wrong. Otherwise an operator may make the pods, and it is an info. Namespaces of
    which not everything is in the tree are left out.

    ## Why is this bad?
    It protects nothing: draining nodes takes all pods away at once.

    ## Example
    ```yaml
    kind: PodDisruptionBudget
    spec:
      selector:
        matchLabels: {app: web, tier: front}   # the pods have `tier: web`
    ```

    ## Use instead
    ```yaml
        matchLabels: {app: web, tier: web}
    ```
    """

    id = "unselected-budget"
    severity = Severity.ERROR
    summary = "A PodDisruptionBudget selects no pod of its namespace"
    asks_external = ("Pod",)

    def check(self, deployment: Deployment) -> Iterator[Defect]:
        """Every budget without pods."""
        for budget in deployment.wiring.budgets:
            labels = mapping(budget.selector.get("matchLabels"))
            if budget.workloads or not labels:
                continue
            if deployment.external.has("Pod", budget.place[1], budget.manifest.name):
                continue
            if not deployment.known.is_known(budget.place):
                continue
            operated = makes_pods(budget.place, deployment.manifests)
            workloads = deployment.wiring.workloads
            near = nearest(budget.manifest, labels, workloads, operated=operated)
            yield _defect(budget, labels, near)


def _defect(budget: Budget, labels: dict[str, object], near: Workload | None) -> Defect:
    wanted = ", ".join(f"{name}={value}" for name, value in labels.items())
    route = ("spec", "selector", "matchLabels")
    message = f"no pod in namespace {budget.place[1]} has the labels {wanted}"
    if near is None:
        return Defect(
            ManifestPlace(budget.manifest, route),
            message,
            declare("Pod", budget.place[1], budget.manifest.name),
            severity=Severity.INFO,
        )
    differing = [name for name, value in labels.items() if near.labels.get(name) != value]
    has = ", ".join(f"{name}={near.labels[name]}" for name in differing if name in near.labels)
    pods = (*near.base[:-1], "metadata", "labels")
    return Defect(
        ManifestPlace(budget.manifest, (*route, *differing[:1])),
        message,
        f"{near.label} has {has or 'no ' + ', '.join(differing)}: let both be the same",
        related=((ManifestPlace(near.manifest, pods), f"the pods of {near.label}"),),
    )
