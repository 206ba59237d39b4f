"""An Application that names a value file that is not there."""

from __future__ import annotations

from plate_llm_cli.findings import Severity
from plate_llm_cli.gitops.releases import ProblemKind
from plate_llm_cli.rules.base import ReleaseProblemRule


class MissingValueFile(ReleaseProblemRule):
    """An Application names a value file, or a file for a parameter, that does not exist.

    ## What it does
    Follows every entry of `valueFiles` and `fileParameters` as ArgoCD does: relative to the
    chart, from the root with a leading `/`, through `$ref`, and by pattern.

    ## Why is this bad?
    Helm fails, and ArgoCD with it: nothing is synced.

    ## Example
    ```yaml
    valueFiles:
      - values-staging.yaml   # the file is values-stg.yaml
    ```

    ## Use instead
    ```yaml
    valueFiles:
      - values-stg.yaml
    ```
    """

    id = "missing-value-file"
    severity = Severity.ERROR
    summary = "An Application names a value file that does not exist"
    kinds = (ProblemKind.MISSING_VALUE_FILE, ProblemKind.UNKNOWN_REF)
