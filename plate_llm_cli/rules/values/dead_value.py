"""A value that no template reads."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from plate_llm_cli.findings import Severity
from plate_llm_cli.rules.base import Defect, Rule, ValuePlace
from plate_llm_cli.source.nodes import format_route

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plate_llm_cli.graph.deployment import Deployment
    from plate_llm_cli.graph.manifests import RenderedChart
    from plate_llm_cli.source.nodes import Route

_ANCHOR = re.compile(r"\s*:\s+&\S")


class DeadValue(Rule):
    """A value is set and nothing reads it.

    ## What it does
    Looks for a way from the value to a template, through scopes, helpers, `tpl` and subcharts, and
    renders the chart with other values in its place. It is reported only when there is no such way
    and nothing moves, with every switch on. A file that several releases share counts as a whole.

    ## Why is this bad?
    The deployment runs with a default, and whoever set the value believes otherwise. Often it is a
    key that was renamed, or that stands one level too high.

    ## Example
    ```yaml
    image:
      pullpolicy: Always     # the template reads .Values.image.pullPolicy
    ```

    ## Use instead
    ```yaml
    image:
      pullPolicy: Always
    ```
    """

    id = "dead-value"
    severity = Severity.WARNING
    summary = "A value is set that no template reads"
    needs_provenance = True

    def check(self, deployment: Deployment) -> Iterator[Defect]:
        """Every such value; where the chart's model refuses the key, another rule says so."""
        refused = {(id(chart), violation.route) for chart, violation in deployment.value_checks}
        for chart, verdict in deployment.value_verdicts:
            known = (id(chart), verdict.route) in refused or _is_anchor(chart, verdict.route)
            if verdict.kind.value == "dead" and not known:
                message = f"no template reads {format_route(verdict.route)}"
                help_text = "remove it, or correct its name or place"
                yield Defect(ValuePlace(chart, verdict.route), message, help_text)


def _is_anchor(chart: RenderedChart, route: Route) -> bool:
    """True for a value that is there to be repeated: what repeats it is judged by itself."""
    return any(
        _ANCHOR.match(layer.file.line(place.line), place.end_column - 1)
        for layer in chart.layers_setting(route)
        if layer.file is not None and (place := layer.locate(route))
    )
