"""A file that is not YAML, or not YAML that can be trusted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plate_llm_cli.findings import Severity
from plate_llm_cli.rules.base import Defect, FilePlace, Rule
from plate_llm_cli.source.nodes import ProblemKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plate_llm_cli.graph.deployment import Deployment


class InvalidYaml(Rule):
    """A file of the deployment cannot be read as YAML.

    ## What it does
    Reports syntax errors, files that are not UTF-8 text, and files past the limits that protect
    the reader: size, depth of nesting, and what aliases expand to.

    ## Why is this bad?
    ArgoCD cannot read the file either: the Application stays at its last state, or never starts.

    ## Example
    ```yaml
    image: harbor.example.com/llm
      tag: "1.4.2"   # belongs to nothing above
    ```

    ## Use instead
    ```yaml
    image:
      repository: harbor.example.com/llm
      tag: "1.4.2"
    ```
    """

    id = "invalid-yaml"
    severity = Severity.ERROR
    summary = "A file of the deployment cannot be read as YAML"

    def check(self, deployment: Deployment) -> Iterator[Defect]:
        """Every problem of every file that was read."""
        for file in deployment.tree.files.values():
            for problem in file.problems:
                if problem.kind is ProblemKind.DUPLICATE_KEY:
                    continue
                related = tuple((FilePlace(file, span), text) for span, text in problem.related)
                place = FilePlace(file, problem.span)
                yield Defect(place, problem.message, problem.help, related=related)
