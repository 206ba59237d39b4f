"""Namespaces that are not there."""

from __future__ import annotations

from plate_llm_cli.findings import Severity
from plate_llm_cli.rules.base import ReportedLive


class MissingNamespace(ReportedLive):
    """An object goes to a namespace that does not exist.

    ## What it does
    `plate-llm validate --live ENV` looks for the namespaces of all objects. One that the tree
    makes, or that the Application lets ArgoCD create, is not reported.

    ## Why is this bad?
    The sync fails: nothing can be applied to a namespace that is not there.

    ## Example
    ```yaml
    destination:
      namespace: plate-stg    # nobody has created it
    ```

    ## Use instead
    ```yaml
    syncPolicy:
      syncOptions:
        - CreateNamespace=true
    ```
    """

    id = "missing-namespace"
    severity = Severity.ERROR
    summary = "A namespace is not there, and nothing creates it"
