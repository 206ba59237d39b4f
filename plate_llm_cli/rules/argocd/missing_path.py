"""An Application that points at a folder that is not there."""

from __future__ import annotations

from plate_llm_cli.findings import Severity
from plate_llm_cli.gitops.releases import ProblemKind
from plate_llm_cli.rules.base import ReleaseProblemRule


class MissingPath(ReleaseProblemRule):
    """An Application points at a folder that does not exist.

    ## What it does
    Looks up `spec.source.path` in the tree, when the source is this repository.

    ## Why is this bad?
    ArgoCD reports "app path does not exist" and syncs nothing.

    ## Example
    ```yaml
    source:
      path: chart/plate-llm    # the folder is charts/plate-llm
    ```

    ## Use instead
    ```yaml
    source:
      path: charts/plate-llm
    ```
    """

    id = "missing-path"
    severity = Severity.ERROR
    summary = "An Application points at a folder that does not exist"
    kinds = (ProblemKind.MISSING_PATH,)
