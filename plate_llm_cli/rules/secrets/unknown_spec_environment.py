"""An environment that only the secrets spec knows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plate_llm_cli.findings import Severity
from plate_llm_cli.rules.base import Defect, Rule
from plate_llm_cli.secrets.agreement.coverage import coverage_of
from plate_llm_cli.secrets.agreement.gaps import GapKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plate_llm_cli.graph.deployment import Deployment


class UnknownSpecEnvironment(Rule):
    """The secrets spec gives a path to an environment that no Application of the tree is.

    ## What it does
    Looks up every name under `environments` as the command line does: an Application's name, or
    its short form.

    ## Why is this bad?
    The path belongs to nobody: no command on a real environment seeds it.

    ## Example
    ```yaml
    paths:
      server/staging:
        environments: [staging]   # the Application is plate-llm-stg
    ```

    ## Use instead
    ```yaml
    paths:
      server/staging:
        environments: [stg]
    ```
    """

    id = "unknown-spec-environment"
    severity = Severity.ERROR
    summary = "The secrets spec names an environment that no Application is"

    def check(self, deployment: Deployment) -> Iterator[Defect]:
        """Every name that stands for no Application."""
        for gap in coverage_of(deployment).of_kind(GapKind.UNKNOWN_ENVIRONMENT):
            yield Defect(gap.where, gap.message, gap.help, gap.releases, gap.related, gap.severity)
