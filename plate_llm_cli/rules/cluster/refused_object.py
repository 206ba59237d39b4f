"""What the API server does not accept."""

from __future__ import annotations

from plate_llm_cli.findings import Severity
from plate_llm_cli.rules.base import ReportedLive


class RefusedObject(ReportedLive):
    """The API server refuses an object of the release.

    ## What it does
    `plate-llm validate --live ENV` sends every object of the environment to the API server as a
    server-side apply that stores nothing (`dryRun=All`, `fieldValidation=Strict`), and reports what
    it says field by field: validation, CRDs with their CEL rules, admission webhooks and policies.
    What it says of a Secret is not repeated.

    ## Why is this bad?
    ArgoCD's sync ends with the same words, with some of the objects applied and others not.

    ## Example
    ```yaml
    spec:
      rules:
        - host: LLM.cocdev.co.kr    # the API wants small letters
    ```

    ## Use instead
    ```yaml
    spec:
      rules:
        - host: llm.cocdev.co.kr
    ```
    """

    id = "refused-object"
    severity = Severity.ERROR
    summary = "The API server would refuse an object"
