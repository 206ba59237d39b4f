"""An Application that ArgoCD would not take as it is meant."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plate_llm_cli.findings import Severity
from plate_llm_cli.gitops.releases import ProblemKind
from plate_llm_cli.rules.base import Defect, FilePlace, Rule
from plate_llm_cli.source.nodes import nearest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plate_llm_cli.graph.deployment import Deployment


class InvalidApplication(Rule):
    """An Application or AppProject has unknown, misplaced or wrong fields.

    ## What it does
    Checks both kinds against strict models of ArgoCD's API, and says where a field that stands in
    the wrong place belongs.

    ## Why is this bad?
    The API server drops fields it does not know, so `prune` one level too high is not a sync
    option but nothing at all. What it does refuse stops the whole Application.

    ## Example
    ```yaml
    syncPolicy:
      prune: true
    ```

    ## Use instead
    ```yaml
    syncPolicy:
      automated:
        prune: true
    ```
    """

    id = "invalid-application"
    severity = Severity.ERROR
    summary = "An Application or AppProject has fields that ArgoCD does not know or accept"

    def check(self, deployment: Deployment) -> Iterator[Defect]:
        """Every violation in every Application and project of the tree."""
        ignored = {
            (problem.file.path, problem.span.line)
            for release in deployment.releases
            for problem in release.problems
            if problem.kind is ProblemKind.IGNORED_VALUES
        }
        for file, node, violation in deployment.argo_checks:
            span, _ = nearest(node, violation.route)
            if (file.path, span.line) in ignored:
                continue  # `ignored-values` says it
            yield Defect(FilePlace(file, span), violation.message, violation.help)
