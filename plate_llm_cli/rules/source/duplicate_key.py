"""A key that stands twice in one mapping."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plate_llm_cli.findings import Severity
from plate_llm_cli.rules.base import Defect, FilePlace, Rule
from plate_llm_cli.source.nodes import ProblemKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plate_llm_cli.graph.deployment import Deployment


class DuplicateKey(Rule):
    """A mapping has the same key twice.

    ## What it does
    Finds keys that stand more than once in one mapping of a file.

    ## Why is this bad?
    Helm takes the last one without a word, other readers refuse the file. What the first one says
    is lost, and a person who edits it wonders why nothing changes.

    ## Example
    ```yaml
    resources:
      limits: {memory: 2Gi}
    resources:
      requests: {memory: 1Gi}
    ```

    ## Use instead
    ```yaml
    resources:
      limits: {memory: 2Gi}
      requests: {memory: 1Gi}
    ```
    """

    id = "duplicate-key"
    severity = Severity.ERROR
    summary = "A mapping has the same key twice; only the last one counts"

    def check(self, deployment: Deployment) -> Iterator[Defect]:
        """Every duplicate in every file that was read."""
        for file in deployment.tree.files.values():
            for problem in file.problems:
                if problem.kind is ProblemKind.DUPLICATE_KEY:
                    related = tuple((FilePlace(file, span), text) for span, text in problem.related)
                    place = FilePlace(file, problem.span)
                    yield Defect(place, problem.message, problem.help, related=related)
