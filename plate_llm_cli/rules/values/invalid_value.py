"""A value of the wrong type or form."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plate_llm_cli.findings import Severity
from plate_llm_cli.rules.base import Defect, Rule, ValuePlace

_UNKNOWN = ("unknown-field", "misplaced-field")

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plate_llm_cli.graph.deployment import Deployment


class InvalidValue(Rule):
    """A value does not have the type or form that the chart needs.

    ## What it does
    Checks the merged values of every release against the chart's model: quantities, names, host
    names, ports, durations, image tags, and what must hold between several values.

    ## Why is this bad?
    The release renders into something that Kubernetes refuses, or that is not what was meant.

    ## Example
    ```yaml
    resources:
      limits: {memory: 2G1}
      requests: {memory: 4Gi}   # more than the limit
    ```

    ## Use instead
    ```yaml
    resources:
      limits: {memory: 2Gi}
      requests: {memory: 1Gi}
    ```
    """

    id = "invalid-value"
    severity = Severity.ERROR
    summary = "A value is not of the type or form that the chart needs"

    def check(self, deployment: Deployment) -> Iterator[Defect]:
        """Every such value of every release whose chart has a model."""
        for chart, violation in deployment.value_checks:
            if violation.kind.value not in _UNKNOWN:
                place = ValuePlace(chart, violation.route)
                yield Defect(place, violation.message, violation.help)
