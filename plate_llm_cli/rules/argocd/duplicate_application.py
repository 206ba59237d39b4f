"""Two Applications of one name."""

from __future__ import annotations

from plate_llm_cli.findings import Severity
from plate_llm_cli.gitops.releases import ProblemKind
from plate_llm_cli.rules.base import ReleaseProblemRule


class DuplicateApplication(ReleaseProblemRule):
    """Two Applications in the same namespace have the same name.

    ## What it does
    Compares name and namespace of every Application in the tree. Two of them in one folder, or in
    what one Application applies, are an error. In different folders they are an info: each folder
    may belong to an ArgoCD of its own.

    ## Why is this bad?
    They are one object to Kubernetes: the one applied last wins, and the release of the other is
    pruned or changed behind its owner's back.

    ## Example
    ```yaml
    metadata:
      name: plate-llm-stg   # also in plate-llm-stg-copy.yaml
    ```

    ## Use instead
    ```yaml
    metadata:
      name: plate-llm-stg-2
    ```
    """

    id = "duplicate-application"
    severity = Severity.ERROR
    summary = "Two Applications have the same name"
    kinds = (ProblemKind.DUPLICATE_NAME, ProblemKind.NAMESAKE)
    severities = {ProblemKind.NAMESAKE: Severity.INFO}  # noqa: RUF012 - read only, see the base
