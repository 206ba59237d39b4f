"""An ApplicationSet, whose Applications are not known here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plate_llm_cli.findings import Severity
from plate_llm_cli.rules.base import Defect, FilePlace, Rule
from plate_llm_cli.source.nodes import find

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plate_llm_cli.graph.deployment import Deployment


class UnexpandedApplicationSet(Rule):
    """An ApplicationSet makes Applications that are not checked.

    ## What it does
    Names the ApplicationSets of the tree. Their generators are not run, so the Applications they
    make are not rendered.

    ## Why is this bad?
    It is not bad. But nothing is proved about what an ApplicationSet deploys.

    ## Example
    ```yaml
    kind: ApplicationSet
    spec:
      generators:
        - list: {elements: [{env: stg}, {env: prod}]}
    ```

    ## Use instead
    ```yaml
    # An Application for each environment, or an ignore with the reason:
    kind: ApplicationSet   # plate-llm: ignore[unexpanded-application-set] checked in its repository
    ```
    """

    id = "unexpanded-application-set"
    severity = Severity.INFO
    summary = "An ApplicationSet is not expanded, so what it deploys is not checked"

    def check(self, deployment: Deployment) -> Iterator[Defect]:
        """Every ApplicationSet of the tree."""
        for kind, file, node in deployment.discovery.others:
            if kind == "ApplicationSet":
                place = FilePlace.of(file, find(node, ("kind",)) or node)
                yield Defect(place, "its Applications are not known here, and not checked")
