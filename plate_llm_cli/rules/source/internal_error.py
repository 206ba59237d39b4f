"""A rule that failed."""

from __future__ import annotations

from plate_llm_cli.findings import Severity
from plate_llm_cli.rules.base import ReportedElsewhere


class InternalError(ReportedElsewhere):
    """A rule of plate-llm failed; all others ran.

    ## What it does
    Stands in for the findings of a rule that raised an error.

    ## Why is this bad?
    It is a defect of plate-llm, and what the rule would have found is not known.

    ## Example
    ```yaml
    # any tree that a rule was not written for
    ```

    ## Use instead
    ```yaml
    # report it, with the smallest tree that shows it; until then:
    # plate-llm validate --ignore RULE
    ```
    """

    id = "internal-error"
    severity = Severity.ERROR
    summary = "A rule of plate-llm failed; what it would have found is not known"
