"""A dependency that is not in the tree."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plate_llm_cli.findings import Severity
from plate_llm_cli.helm.engine import FailureKind, Rendering
from plate_llm_cli.rules.base import Defect, FilePlace, Place, Rule, TemplatePlace

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plate_llm_cli.graph.deployment import Deployment
    from plate_llm_cli.graph.manifests import RenderedChart

_HELP = "run `helm dependency build` to have it checked as well"


class MissingDependency(Rule):
    """A dependency of a chart is not in its `charts/` folder.

    ## What it does
    Names the dependencies of Chart.yaml that are switched on and not vendored. ArgoCD fetches them
    before it renders; here nothing is fetched, so the chart is rendered without them, or not at all
    where its templates use theirs.

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
                    yield Defect(_place(chart, name), message, _HELP, (chart.release.name,))
            elif chart.outcome.kind is FailureKind.DEPENDENCY:
                for name in chart.subcharts.missing() or [""]:
                    place = _place(chart, name)
                    yield Defect(place, chart.outcome.message, _HELP, (chart.release.name,))


def _place(chart: RenderedChart, name: str) -> Place:
    found = chart.subcharts.entry(name)
    return FilePlace(*found) if found else TemplatePlace(chart)
