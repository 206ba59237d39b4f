"""Numbers of an autoscaler or a budget that the API refuses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plate_llm_cli.findings import Severity
from plate_llm_cli.graph.secret_fields import at
from plate_llm_cli.rules.base import Defect, ManifestPlace, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plate_llm_cli.graph.deployment import Deployment


class ImpossibleScaling(Rule):
    """An autoscaler or a budget has numbers that rule each other out.

    ## What it does
    Finds a HorizontalPodAutoscaler or ScaledObject whose fewest pods are more than its most, and a
    PodDisruptionBudget with both `minAvailable` and `maxUnavailable`.

    ## Why is this bad?
    The API server refuses the object, and the sync fails: no schema says so, since each number is
    right by itself. Often the two come from different value files.

    ## Example
    ```yaml
    minReplicas: 5
    maxReplicas: 3
    ```

    ## Use instead
    ```yaml
    minReplicas: 3
    maxReplicas: 5
    ```
    """

    id = "impossible-scaling"
    severity = Severity.ERROR
    summary = "An autoscaler or a budget has numbers that rule each other out"

    def check(self, deployment: Deployment) -> Iterator[Defect]:
        """Every pair of numbers that cannot be."""
        for scaler in deployment.wiring.autoscalers:
            if scaler.most is not None and scaler.fewest > scaler.most:
                yield Defect(
                    ManifestPlace(scaler.manifest, scaler.fewest_route),
                    f"{scaler.manifest.kind} {scaler.manifest.name} wants at least "
                    f"{scaler.fewest} pods and at most {scaler.most}",
                    "the first must not be more than the second",
                    related=((ManifestPlace(scaler.manifest, scaler.most_route), "the most"),),
                )
        for budget in deployment.wiring.budgets:
            spec = at(budget.manifest.plain, "spec")
            both = (at(spec, "minAvailable"), at(spec, "maxUnavailable"))
            if None not in both:
                yield Defect(
                    ManifestPlace(budget.manifest, ("spec", "minAvailable")),
                    f"PodDisruptionBudget {budget.manifest.name} sets both minAvailable and "
                    "maxUnavailable",
                    "keep one: in values, null takes a default away",
                )
