"""A chart that Helm cannot render."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from plate_llm_cli.findings import Severity
from plate_llm_cli.graph.failures import failure_place
from plate_llm_cli.helm.engine import FailureKind
from plate_llm_cli.rules.base import Defect, Place, Rule, TemplatePlace

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plate_llm_cli.graph.deployment import Deployment
    from plate_llm_cli.graph.manifests import RenderedChart
    from plate_llm_cli.helm.engine import RenderFailure

_CALLS = 3
_HELP = "say which version the cluster has with --kubernetes-version, or change the chart"


_FAIL = re.compile(r"\{\{-?\s*fail\b")


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
        said: dict[int, list[str]] = {}
        for chart, violation in deployment.value_checks:
            said.setdefault(id(chart), []).append(violation.message)
        for chart in deployment.charts:
            failure = chart.failure
            if failure is None or not chart.part.complete or _is_told_elsewhere(failure):
                continue
            messages = said.get(id(chart), [])
            if messages and _is_a_check(deployment, chart, failure):
                continue  # the chart's model has said so at the value
            if any(failure.message.startswith(message) for message in messages):
                continue  # so it has for a check that is included, whose line Helm does not tell
            place = failure_place(deployment, chart, failure)
            if place is not None:
                help_text = _HELP if "chart requires kubeVersion" in failure.message else ""
                releases = (chart.release.name,)
                yield Defect(place, failure.message, help_text, releases, _way(chart, failure))


def _is_a_check(deployment: Deployment, chart: RenderedChart, failure: RenderFailure) -> bool:
    """Whether the template's author refused the values, with `fail`."""
    text = deployment.tree.text(chart.template_path(failure.template or ""))
    lines = text.split("\n")
    line = failure.line or 0
    return 0 < line <= len(lines) and _FAIL.search(lines[line - 1]) is not None


def _is_told_elsewhere(failure: RenderFailure) -> bool:
    """`values-schema` names each value, `missing-dependency` what is not in the tree."""
    return bool(failure.violations) or failure.kind is FailureKind.DEPENDENCY


def _way(chart: RenderedChart, failure: RenderFailure) -> tuple[tuple[Place, str], ...]:
    """The calls that lead to the place that failed, the nearest first."""
    calls = failure.frames[:-1][-_CALLS:]
    return tuple(
        (TemplatePlace(chart, frame.template, frame.line, frame.column), "called from here")
        for frame in reversed(calls)
        if (frame.template, frame.line) != (failure.template, failure.line)
    )
