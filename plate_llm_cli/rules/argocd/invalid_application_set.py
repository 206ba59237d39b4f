"""An ApplicationSet that ArgoCD cannot expand."""

from __future__ import annotations

from plate_llm_cli.findings import Severity
from plate_llm_cli.gitops.releases import ProblemKind
from plate_llm_cli.rules.base import ReleaseProblemRule


class InvalidApplicationSet(ReleaseProblemRule):
    """A template of an ApplicationSet cannot be filled in, or a generator cannot be run.

    ## What it does
    Expands the ApplicationSets of the tree, templates included, and reports what ArgoCD would
    refuse: a name that an element lacks, a mistake in a template, a file without parameters, two
    elements that merge keys do not tell apart. The finding names the element.

    ## Why is this bad?
    One element that fails is enough: ArgoCD then makes, changes and removes no Application of the
    whole set, and says so in the ApplicationSet's status alone. A name without a value, where
    `missingkey=error` is not set, becomes the text `<no value>`.

    ## Example
    ```yaml
    goTemplateOptions: [missingkey=error]
    generators:
      - list: {elements: [{env: stg}]}
    template:
      metadata:
        name: web-{{ .environment }}
    ```

    ## Use instead
    ```yaml
    template:
      metadata:
        name: web-{{ .env }}
    ```
    """

    id = "invalid-application-set"
    severity = Severity.ERROR
    summary = "ArgoCD cannot expand an ApplicationSet"
    kinds = (ProblemKind.INVALID_SET,)
