"""A secret of the spec that nothing reads."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plate_llm_cli.findings import Severity
from plate_llm_cli.rules.base import Defect, Rule
from plate_llm_cli.secrets.agreement.coverage import coverage_of
from plate_llm_cli.secrets.agreement.gaps import GapKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plate_llm_cli.graph.deployment import Deployment


class UnreadSecret(Rule):
    """The secrets spec requires a key or a path that nothing in this tree reads.

    ## What it does
    Looks for required keys that no ExternalSecret names and, where a path is extracted as a whole,
    no pod uses. A path of several environments is read when one of them reads it. Nothing is said
    where a release could not be rendered, or was not, nor where another secret of the environment
    is asked for in vain: what nothing reads may be what was meant.

    ## Why is this bad?
    It is seeded and rotated for nobody; often the chart that read it is gone. A service that is
    deployed from elsewhere may read it: then `required: false` says so.

    ## Example
    ```yaml
    paths:
      server/staging:
        keys:
          OLD_API_KEY: {prompt: true}
    ```

    ## Use instead
    ```yaml
    paths:
      server/staging:
        keys:
          OLD_API_KEY: {prompt: true, required: false}
    ```
    """

    id = "unread-secret"
    severity = Severity.INFO
    summary = "Nothing that is deployed reads a secret that the spec requires"

    def check(self, deployment: Deployment) -> Iterator[Defect]:
        """Every required key and every path that nothing reads."""
        for gap in coverage_of(deployment).of_kind(GapKind.UNREAD):
            yield Defect(gap.where, gap.message, gap.help, gap.releases, gap.related, gap.severity)
