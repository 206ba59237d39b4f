"""An ApplicationSet, or a part of one, whose Applications are not known here."""

from __future__ import annotations

from plate_llm_cli.findings import Severity
from plate_llm_cli.gitops.releases import ProblemKind
from plate_llm_cli.rules.base import ReleaseProblemRule


class UnexpandedApplicationSet(ReleaseProblemRule):
    """An ApplicationSet makes Applications that are not checked.

    ## What it does
    Expands ApplicationSets whose generators need nothing but this tree: `list`, `git` on this
    repository, `matrix` and `merge`. Names what is not expanded: generators that ask a cluster or
    a service, git generators of other repositories, and templates that cannot be filled in here
    as ArgoCD would. What else the ApplicationSet makes is checked.

    ## Why is this bad?
    It is not bad. But nothing is proved about what such a generator deploys.

    ## Example
    ```yaml
    kind: ApplicationSet
    spec:
      generators:
        - clusters: {}
    ```

    ## Use instead
    ```yaml
    # A list of what is there, or an ignore with the reason:
    generators:
      - clusters: {}   # plate-llm: ignore[unexpanded-application-set] clusters come and go
    ```
    """

    id = "unexpanded-application-set"
    severity = Severity.INFO
    summary = "An ApplicationSet is not expanded, so what it deploys is not checked"
    kinds = (ProblemKind.UNEXPANDED_SET,)
