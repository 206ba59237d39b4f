"""Values in an Application that Helm cannot read."""

from __future__ import annotations

from plate_llm_cli.findings import Severity
from plate_llm_cli.gitops.releases import ProblemKind
from plate_llm_cli.rules.base import ReleaseProblemRule


class UnreadableValues(ReleaseProblemRule):
    """Inline values, a value file, or a parameter cannot be read by Helm.

    ## What it does
    Parses `helm.values`, checks that value files are mappings of one document, and reads every
    parameter as Helm's `--set` does.

    ## Why is this bad?
    Helm refuses them, so ArgoCD reports a ComparisonError and syncs nothing.

    ## Example
    ```yaml
    helm:
      values: |
        - replicaCount: 2
    ```

    ## Use instead
    ```yaml
    helm:
      values: |
        replicaCount: 2
    ```
    """

    id = "unreadable-values"
    severity = Severity.ERROR
    summary = "Values or parameters of an Application cannot be read by Helm"
    kinds = (
        ProblemKind.INVALID_VALUES,
        ProblemKind.INVALID_PARAMETER,
        ProblemKind.SEVERAL_DOCUMENTS,
    )
    severities = {  # noqa: RUF012 - read only, see the base
        ProblemKind.SEVERAL_DOCUMENTS: Severity.WARNING
    }
