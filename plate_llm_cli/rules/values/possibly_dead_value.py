"""A value that seems to have no effect."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plate_llm_cli.findings import Severity
from plate_llm_cli.rules.base import Defect, Rule, ValuePlace
from plate_llm_cli.source.nodes import format_route

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plate_llm_cli.graph.deployment import Deployment


class PossiblyDeadValue(Rule):
    """A value seems to have no effect.

    ## What it does
    Finds values of which no effect was seen, where it cannot be excluded: a template that could not
    be followed, a dependency that is not in the tree, or a value that only NOTES.txt prints.

    ## Why is this bad?
    It may be a value that nothing reads.

    ## Example
    ```yaml
    podAnotations: {team: llm}     # a dependency that is not vendored may read it
    ```

    ## Use instead
    ```yaml
    podAnnotations: {team: llm}
    ```
    """

    id = "possibly-dead-value"
    severity = Severity.INFO
    summary = "A value seems to have no effect, but that is not certain"
    needs_provenance = True

    def check(self, deployment: Deployment) -> Iterator[Defect]:
        """Every such value."""
        for chart, verdict in deployment.value_verdicts:
            if verdict.kind.value == "possibly-dead":
                message = f"{format_route(verdict.route)} may have no effect: {verdict.reason}"
                yield Defect(ValuePlace(chart, verdict.route), message)
