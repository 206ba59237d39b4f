"""A generator that finds nothing."""

from __future__ import annotations

from plate_llm_cli.findings import Severity
from plate_llm_cli.gitops.releases import ProblemKind
from plate_llm_cli.rules.base import ReleaseProblemRule


class EmptyGenerator(ReleaseProblemRule):
    """No folder or file matches a git generator.

    ## What it does
    Looks for the folders and files that the git generators of this repository name. A `list`
    without elements is left alone: it says itself that there are none.

    ## Why is this bad?
    The ApplicationSet makes no Application of it, without an error. Where it made some before, as
    before a folder was renamed, ArgoCD removes them and all that they deployed.

    ## Example
    ```yaml
    - git:
        directories:
          - path: app/*   # the folder is called apps
    ```

    ## Use instead
    ```yaml
    - git:
        directories:
          - path: apps/*
    ```
    """

    id = "empty-generator"
    severity = Severity.WARNING
    summary = "A git generator matches no folder and no file"
    kinds = (ProblemKind.EMPTY_GENERATOR,)
