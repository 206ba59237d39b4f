"""A dependency that is not in the tree."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plate_llm_cli.findings import Severity
from plate_llm_cli.helm.engine import Rendering
from plate_llm_cli.rules.base import Defect, Rule, TemplatePlace

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plate_llm_cli.graph.deployment import Deployment


class MissingDependency(Rule):
    """A dependency of a chart is not in its `charts/` folder.

    ## What it does
    Names the dependencies of Chart.yaml that are switched on and not vendored. ArgoCD fetches them
    before it renders; here nothing is fetched, so the chart is rendered without them.

    ## Why is this bad?
    It is not bad. But nothing is proved about what the dependency would add.

    ## Example
    ```yaml
    dependencies:
      - name: redis
        version: 20.1.0
        repository: https://charts.example.com
    ```

    ## Use instead
    ```yaml
    helm dependency build charts/plate-llm   # and commit charts/plate-llm/charts
    ```
    """

    id = "missing-dependency"
    severity = Severity.INFO
    summary = "A dependency of a chart is not vendored, so its objects are not checked"

    def check(self, deployment: Deployment) -> Iterator[Defect]:
        """Every dependency that was left out of a render."""
        for chart in deployment.charts:
            if isinstance(chart.outcome, Rendering):
                for name in chart.outcome.missing:
                    message = f"dependency {name} is not in charts/: rendered without it"
                    help_text = "run `helm dependency build` to have it checked as well"
                    yield Defect(TemplatePlace(chart), message, help_text)
