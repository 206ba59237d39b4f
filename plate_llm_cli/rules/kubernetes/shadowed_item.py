"""Two items of a list that stand for the same thing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plate_llm_cli.findings import Severity
from plate_llm_cli.rules.base import Defect, ManifestPlace, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plate_llm_cli.graph.deployment import Deployment


class ShadowedItem(Rule):
    """An item of a list is shadowed by another one of the same name.

    ## What it does
    Finds lists that Kubernetes reads as maps, such as `env` and `ports`, in which a key comes
    twice.

    ## Why is this bad?
    The API server accepts it, and the last one counts. A patch by a person or a controller may
    then change or drop either of them.

    ## Example
    ```yaml
    env:
      - {name: LLM_ENVIRONMENT, value: staging}
      - {name: LLM_ENVIRONMENT, value: production}
    ```

    ## Use instead
    ```yaml
    env:
      - {name: LLM_ENVIRONMENT, value: production}
    ```
    """

    id = "shadowed-item"
    severity = Severity.WARNING
    summary = "A list names the same thing twice, and only one of the two has an effect"

    def check(self, deployment: Deployment) -> Iterator[Defect]:
        """Every shadowed item of every object."""
        for manifest, result in deployment.schema_checks:
            if manifest.chart is not None and not manifest.chart.part.complete:
                continue  # without a value file it is not what would be deployed
            for violation in result.violations:
                if violation.kind.value == "shadowed-item":
                    place = ManifestPlace(manifest, violation.route)
                    yield Defect(place, violation.message, violation.help)
