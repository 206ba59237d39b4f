"""An Application that reaches for something outside its repository."""

from __future__ import annotations

from plate_llm_cli.findings import Severity
from plate_llm_cli.gitops.releases import ProblemKind
from plate_llm_cli.rules.base import ReleaseProblemRule


class PathOutsideRoot(ReleaseProblemRule):
    """A path, value file or parameter file lies outside the repository.

    ## What it does
    Follows `..`, absolute paths and symbolic links of every path that an Application names.

    ## Why is this bad?
    ArgoCD refuses such paths, because they would read the files of other teams or of the server
    itself.

    ## Example
    ```yaml
    path: charts/plate-llm
    helm:
      valueFiles:
        - ../../../shared/values.yaml
    ```

    ## Use instead
    ```yaml
    path: charts/plate-llm
    helm:
      valueFiles:
        - /environments/shared/values.yaml   # from the root of the repository
    ```
    """

    id = "path-outside-root"
    severity = Severity.ERROR
    summary = "An Application reaches for a file outside its repository"
    kinds = (ProblemKind.OUTSIDE_ROOT,)
