"""A chart that Helm cannot render."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plate_llm_cli.findings import Severity
from plate_llm_cli.rules.base import Defect, Rule, TemplatePlace

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plate_llm_cli.graph.deployment import Deployment


class RenderFailed(Rule):
    """Helm refuses to render a chart with the values of a release.

    ## What it does
    Reports Helm's own error at the template line that it names: template errors, `fail` and
    `required`, charts that do not load, output that is not YAML, and renders that never end.

    ## Why is this bad?
    ArgoCD gets the same error and reports a ComparisonError: nothing of the release is applied.

    ## Example
    ```yaml
    replicas: {{ .Values.replicas | mul }}
    ```

    ## Use instead
    ```yaml
    replicas: {{ .Values.replicaCount }}
    ```
    """

    id = "render-failed"
    severity = Severity.ERROR
    summary = "Helm cannot render a chart with the values of a release"

    def check(self, deployment: Deployment) -> Iterator[Defect]:
        """Every chart of every release that gave nothing."""
        for chart in deployment.charts:
            failure = chart.failure
            if failure is not None and chart.part.complete:
                place = TemplatePlace(chart, failure.template, failure.line, failure.column)
                yield Defect(place, failure.message)
