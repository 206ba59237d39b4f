"""A value that the chart does not have."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plate_llm_cli.findings import Severity
from plate_llm_cli.rules.base import Defect, Rule, ValuePlace

_UNKNOWN = ("unknown-field", "misplaced-field")

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plate_llm_cli.graph.deployment import Deployment


class UnknownValue(Rule):
    """A value file sets a key that the chart does not know.

    ## What it does
    Compares the values of a release with the chart's model, and suggests the near name.

    ## Why is this bad?
    Nothing reads the value: the deployment runs with the default, and nobody is told.

    ## Example
    ```yaml
    replicas: 3
    ```

    ## Use instead
    ```yaml
    replicaCount: 3
    ```
    """

    id = "unknown-value"
    severity = Severity.ERROR
    summary = "A value is set that the chart does not have"

    def check(self, deployment: Deployment) -> Iterator[Defect]:
        """Every such key of every release whose chart has a model."""
        for chart, violation in deployment.value_checks:
            if violation.kind.value in _UNKNOWN:
                place = ValuePlace(chart, violation.route)
                yield Defect(place, violation.message, violation.help)
