"""A secret that the deployment reads and the spec does not have."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plate_llm_cli.findings import Severity
from plate_llm_cli.rules.base import Defect, Rule
from plate_llm_cli.secrets.agreement.coverage import coverage_of
from plate_llm_cli.secrets.agreement.gaps import GapKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plate_llm_cli.graph.deployment import Deployment


class UnspecifiedSecret(Rule):
    """The deployment reads a path or key of OpenBao that the secrets spec does not have.

    ## What it does
    Follows every environment variable, volume and pull secret through the Secret and its
    ExternalSecret to mount, path and key, and looks these up in the spec. Where the spec has a
    name much like it, that line is reported as well. It speaks only where there is a spec.

    ## Why is this bad?
    What the spec does not have is never seeded. The External Secrets Operator makes no Secret at
    all when one key is missing, and the pods that need it do not start.

    ## Example
    ```yaml
    # the ExternalSecret                # environments/secrets.yaml
    data:                               paths:
      - secretKey: password               harbor/staging:
        remoteRef:                          keys:
          key: harbor/staging                 passwd: {prompt: true}
          property: password
    ```

    ## Use instead
    ```yaml
    paths:
      harbor/staging:
        keys:
          password: {prompt: true}
    ```
    """

    id = "unspecified-secret"
    severity = Severity.ERROR
    summary = "The deployment reads a secret that the secrets spec does not have"

    def check(self, deployment: Deployment) -> Iterator[Defect]:
        """Every secret that is read and not in the spec."""
        for gap in coverage_of(deployment).of_kind(GapKind.UNSPECIFIED):
            yield Defect(gap.where, gap.message, gap.help, gap.releases, gap.related, gap.severity)
