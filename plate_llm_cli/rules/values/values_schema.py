"""A value that the chart's own schema refuses."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from plate_llm_cli.findings import Severity
from plate_llm_cli.rules.base import Defect, Rule, ValuePlace

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plate_llm_cli.graph.deployment import Deployment
    from plate_llm_cli.source.nodes import Route

_UNKNOWN = re.compile(r"additional properties (?P<names>'.*') not allowed")
_NAME = re.compile(r"'([^']*)'")


class ValuesSchema(Rule):
    """A value does not fit the chart's values.schema.json.

    ## What it does
    Reports what Helm says when it checks the merged values against the schema that the chart ships,
    at the value that has to change.

    ## Why is this bad?
    Helm renders nothing, so ArgoCD reports a ComparisonError.

    ## Example
    ```yaml
    service:
      port: "80"      # the schema wants an integer
    ```

    ## Use instead
    ```yaml
    service:
      port: 80
    ```
    """

    id = "values-schema"
    severity = Severity.ERROR
    summary = "A value does not fit the chart's values.schema.json"

    def check(self, deployment: Deployment) -> Iterator[Defect]:
        """Every violation of every release; a chart with a model has its own rules."""
        modelled = {id(chart) for chart, _ in deployment.value_checks}
        for chart in deployment.charts:
            failure = chart.failure
            if failure is not None and id(chart) not in modelled:
                for violation in failure.violations:
                    route = chart.subchart_route(violation.chart) + violation.route
                    for inner, message in _each_key(violation.message):
                        yield Defect(ValuePlace(chart, (*route, *inner)), message)


def _each_key(message: str) -> list[tuple[Route, str]]:
    """One message for each key that the schema does not know, at the key itself."""
    listed = _UNKNOWN.fullmatch(message)
    if listed is None:
        return [((), message)]
    return [
        ((name,), f"the chart's schema knows no {name}") for name in _NAME.findall(listed["names"])
    ]
