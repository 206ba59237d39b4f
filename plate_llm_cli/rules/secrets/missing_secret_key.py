"""A key that its Secret will not have."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plate_llm_cli.findings import Severity
from plate_llm_cli.rules.base import Defect, Rule
from plate_llm_cli.secrets.agreement.coverage import coverage_of
from plate_llm_cli.secrets.agreement.gaps import GapKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plate_llm_cli.graph.deployment import Deployment


class MissingSecretKey(Rule):
    """A pod reads a key of a Secret, or a template of an ExternalSecret a name, that nothing makes.

    ## What it does
    Compares the keys that pods read with those that the Secret, SealedSecret, Certificate or
    ExternalSecret makes, templates and all. A Secret without any key is there to be filled.

    ## Why is this bad?
    The container stays in CreateContainerConfigError; an ExternalSecret whose template reads what
    is not there makes no Secret.

    ## Example
    ```yaml
    # the ExternalSecret makes `username` and `password`
    env:
      - name: DB_PASSWORD
        valueFrom: {secretKeyRef: {name: db, key: pasword}}
    ```

    ## Use instead
    ```yaml
    env:
      - name: DB_PASSWORD
        valueFrom: {secretKeyRef: {name: db, key: password}}
    ```
    """

    id = "missing-secret-key"
    severity = Severity.ERROR
    summary = "A pod or a template reads a key that nothing puts into the Secret"

    def check(self, deployment: Deployment) -> Iterator[Defect]:
        """Every key that is read and not made."""
        for gap in coverage_of(deployment).of_kind(GapKind.MISSING_KEY):
            yield Defect(gap.where, gap.message, gap.help, gap.releases, gap.related, gap.severity)
