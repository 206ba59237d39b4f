"""A Secret that nothing makes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plate_llm_cli.findings import Severity
from plate_llm_cli.rules.base import Defect, Rule
from plate_llm_cli.secrets.agreement.coverage import coverage_of
from plate_llm_cli.secrets.agreement.gaps import GapKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plate_llm_cli.graph.deployment import Deployment


class UnprovidedSecret(Rule):
    """A pod reads a Secret that nothing makes, or whose store does not serve the namespace.

    ## What it does
    Looks for what makes each Secret that pods read: in the same namespace, or cluster-wide. Where
    External Secrets makes no other Secret of the namespace it is an info only: the Secret may be
    made by hand or by an operator. Nothing is said where a release could not be rendered, or was
    not. Without a secrets spec it is an error only where the name is a slip of one that is made,
    and a warning where the same release has ExternalSecrets.

    ## Why is this bad?
    The container stays in CreateContainerConfigError, or its image cannot be pulled.

    ## Example
    ```yaml
    imagePullSecrets:
      - name: harbor-docker-secrets   # the ExternalSecret makes harbor-docker-secret
    ```

    ## Use instead
    ```yaml
    imagePullSecrets:
      - name: harbor-docker-secret
    ```
    """

    id = "unprovided-secret"
    severity = Severity.ERROR
    summary = "A pod reads a Secret that nothing in the tree makes"
    asks_external = ("Secret",)

    def check(self, deployment: Deployment) -> Iterator[Defect]:
        """Every Secret that is read and not made."""
        for gap in coverage_of(deployment).of_kind(GapKind.UNPROVIDED):
            yield Defect(gap.where, gap.message, gap.help, gap.releases, gap.related, gap.severity)
