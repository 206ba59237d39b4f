"""A value that the chart's own schema refuses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plate_llm_cli.findings import Severity
from plate_llm_cli.rules.base import Defect, Rule, ValuePlace

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plate_llm_cli.graph.deployment import Deployment


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
                    yield Defect(ValuePlace(chart, route), violation.message)
