"""A comment that silences nothing."""

from __future__ import annotations

from plate_llm_cli.findings import Severity
from plate_llm_cli.rules.base import ReportedElsewhere


class UnusedIgnore(ReportedElsewhere):
    """A `plate-llm: ignore[...]` comment names a rule that reports nothing there.

    ## What it does
    Looks at every such comment in the files of the deployment, after all rules have run.

    ## Why is this bad?
    The defect it was written for is gone, or the comment stands in the wrong place. Left alone, it
    would hide the next defect of that kind.

    ## Example
    ```yaml
    replicaCount: 2   # plate-llm: ignore[dead-value] read by the operator
    ```

    ## Use instead
    ```yaml
    replicaCount: 2
    ```
    """

    id = "unused-ignore"
    severity = Severity.WARNING
    summary = "A comment ignores a finding that is not there"
