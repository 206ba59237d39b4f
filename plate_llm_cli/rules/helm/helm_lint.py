"""What helm lint says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plate_llm_cli.findings import Severity
from plate_llm_cli.rules.base import Defect, Rule, TemplatePlace

_SEVERITIES = {"error": Severity.ERROR, "warning": Severity.WARNING}

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plate_llm_cli.graph.deployment import Deployment


class HelmLint(Rule):
    """`helm lint` has something to say about a chart.

    ## What it does
    Runs the checks of `helm lint` with the values of each release and passes on what they find, at
    the line that they name. What is already reported by another rule is left out.

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
                severity = _SEVERITIES.get(message.severity)
                if severity is None:
                    continue
                name = f"chart/{message.path}" if message.path else None
                place = TemplatePlace(chart, name, message.line, message.column)
                yield Defect(place, message.message, severity=severity)
