"""Inline values that ArgoCD ignores."""

from __future__ import annotations

from plate_llm_cli.findings import Severity
from plate_llm_cli.gitops.releases import ProblemKind
from plate_llm_cli.rules.base import ReleaseProblemRule


class IgnoredValues(ReleaseProblemRule):
    """An Application sets both `helm.values` and `helm.valuesObject`.

    ## What it does
    Finds Applications in which both fields have content.

    ## Why is this bad?
    ArgoCD takes `valuesObject` and ignores `values` as a whole: the two are not merged.

    ## Example
    ```yaml
    helm:
      values: |
        replicaCount: 2
      valuesObject:
        port: 8000
    ```

    ## Use instead
    ```yaml
    helm:
      valuesObject:
        replicaCount: 2
        port: 8000
    ```
    """

    id = "ignored-values"
    severity = Severity.WARNING
    summary = "helm.values is ignored because helm.valuesObject is set"
    kinds = (ProblemKind.IGNORED_VALUES,)
