"""What Helm warns of while it renders."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plate_llm_cli.findings import Severity
from plate_llm_cli.helm.engine import Rendering
from plate_llm_cli.rules.base import Defect, Rule, TemplatePlace

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plate_llm_cli.graph.deployment import Deployment


class RenderNote(Rule):
    """Helm renders the chart, with a warning.

    ## What it does
    Passes on the warnings that `helm template` prints on stderr, which ArgoCD never shows: a value
    that replaces a map by something else, a file that is skipped.

    ## Why is this bad?
    The values that were set are not the values that count.

    ## Example
    ```yaml
    resources: none        # the chart's default is a map
    ```

    ## Use instead
    ```yaml
    resources: null
    ```
    """

    id = "render-note"
    severity = Severity.WARNING
    summary = "Helm rendered the chart and warned about it"

    def check(self, deployment: Deployment) -> Iterator[Defect]:
        """Every warning of every render."""
        for chart in deployment.charts:
            if isinstance(chart.outcome, Rendering):
                for note in chart.outcome.notes:
                    yield Defect(TemplatePlace(chart), note)
