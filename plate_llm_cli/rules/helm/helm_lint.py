"""What helm lint says."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from plate_llm_cli.findings import Severity
from plate_llm_cli.rules.base import Defect, ManifestPlace, Place, Rule, TemplatePlace

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plate_llm_cli.graph.deployment import Deployment
    from plate_llm_cli.graph.manifests import RenderedChart
    from plate_llm_cli.helm.engine import LintMessage

_TOLD_ELSEWHERE = (
    "chart directory is missing these dependencies",
    "object name does not conform to Kubernetes naming requirements",
    "directory does not exist",
)
"""`missing-dependency` and `invalid-manifest` say the first two, at the line to change; the last
is about templates/, which a chart of dependencies alone need not have."""
_DEPRECATED = re.compile(r"^(?P<api>\S+) (?P<kind>\S+) is deprecated in ")
_DATED = ("removed", "deprecated", "unknown-kind")
"""Kinds of which `unavailable-api` or `deprecated-api` speaks."""


class HelmLint(Rule):
    """`helm lint` has something to say about a chart.

    ## What it does
    Runs the checks of `helm lint` with the values of each release and passes on what they find, at
    the line that they name. What is already reported by another rule is left out. All are warnings:
    the chart renders, and ArgoCD does not lint.

    ## Why is this bad?
    Helm's own authors found it worth a message: a chart without a version, a template that is no
    YAML, a deprecated API.

    ## Example
    ```yaml
    # Chart.yaml
    apiVersion: v2
    name: plate-llm      # no version
    ```

    ## Use instead
    ```yaml
    apiVersion: v2
    name: plate-llm
    version: 0.1.0
    ```
    """

    id = "helm-lint"
    severity = Severity.WARNING
    summary = "helm lint has something to say about a chart"

    def check(self, deployment: Deployment) -> Iterator[Defect]:
        """Every message about every chart that renders; for others `render-failed` speaks."""
        for chart in deployment.charts:
            if chart.lint is None or chart.failure is not None:
                continue
            for message in chart.lint.messages:
                place = _place(deployment, chart, message)
                if message.severity != "info" and place is not None:
                    yield Defect(place, message.message)


def _place(deployment: Deployment, chart: RenderedChart, message: LintMessage) -> Place | None:
    """Where the message belongs; None where another rule has said it."""
    if message.message.startswith(_TOLD_ELSEWHERE):
        return None
    name = f"chart/{message.path}" if message.path else None
    match = _DEPRECATED.match(message.message)
    if match is None or name is None:
        return TemplatePlace(chart, name, message.line, message.column)
    path, api, kind = chart.template_path(name), match["api"], match["kind"]
    for manifest, result in deployment.schema_checks:
        same = manifest.chart is chart and manifest.file.path == path
        if same and (manifest.api_version, manifest.kind) == (api, kind):
            told = result.status.value in _DATED
            return None if told else ManifestPlace(manifest, ("apiVersion",))
    return TemplatePlace(chart, name)
