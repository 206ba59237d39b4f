"""A path that an environment reads and the spec does not give to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plate_llm_cli.findings import Severity
from plate_llm_cli.rules.base import Defect, Rule
from plate_llm_cli.secrets.agreement.coverage import coverage_of
from plate_llm_cli.secrets.agreement.gaps import GapKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plate_llm_cli.graph.deployment import Deployment


class UnsharedPath(Rule):
    """An environment reads a path that the secrets spec gives to other environments only.

    ## What it does
    Compares the namespaces whose ExternalSecrets read a path with the `environments` that the spec
    gives it to.

    ## Why is this bad?
    Both environments have the same secret without anybody having meant it: who gets into staging
    reads production's. The policies that are generated from the spec refuse it.

    ## Example
    ```yaml
    paths:
      server/production:
        environments: [prod]    # and the release in staging reads it, too
    ```

    ## Use instead
    ```yaml
    paths:
      server/cluster:
        environments: [stg, prod]
        shared: true
    ```
    """

    id = "unshared-path"
    severity = Severity.ERROR
    summary = "An environment reads a path that the spec gives to others only"

    def check(self, deployment: Deployment) -> Iterator[Defect]:
        """Every path that is read where the spec does not give it."""
        for gap in coverage_of(deployment).of_kind(GapKind.UNSHARED):
            yield Defect(gap.where, gap.message, gap.help, gap.releases, gap.related, gap.severity)
