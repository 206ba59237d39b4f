"""A chart that Helm cannot render."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plate_llm_cli.findings import Severity
from plate_llm_cli.helm.engine import FailureKind
from plate_llm_cli.rules.base import Defect, Place, RenderedPlace, Rule, TemplatePlace
from plate_llm_cli.source.nodes import ProblemKind, Span
from plate_llm_cli.source.reader import parse_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plate_llm_cli.graph.deployment import Deployment, RenderedChart
    from plate_llm_cli.helm.engine import RenderFailure


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
            if failure is None or not chart.part.complete or _is_told_elsewhere(failure):
                continue
            yield Defect(_place(chart, failure), failure.message)


def _is_told_elsewhere(failure: RenderFailure) -> bool:
    """`values-schema` names each value, `missing-dependency` what is not in the tree."""
    return bool(failure.violations) or failure.kind is FailureKind.DEPENDENCY


def _place(chart: RenderedChart, failure: RenderFailure) -> Place:
    """For output that is no YAML, the template line behind the line that cannot be read."""
    if failure.template is None or not failure.output:
        return TemplatePlace(chart, failure.template, failure.line, failure.column)
    file = parse_text(failure.output, chart.template_path(failure.template))
    broken = [problem.span for problem in file.problems if problem.kind is ProblemKind.SYNTAX]
    line = failure.output_line or 1
    return RenderedPlace(chart, file, broken[0] if broken else Span(line, 1, line, 1))
