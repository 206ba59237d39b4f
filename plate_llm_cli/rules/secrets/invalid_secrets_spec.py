"""A secrets spec that cannot be used."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plate_llm_cli.findings import Severity
from plate_llm_cli.rules.base import Defect, FilePlace, Rule
from plate_llm_cli.secrets.agreement.coverage import coverage_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plate_llm_cli.graph.deployment import Deployment


class InvalidSecretsSpec(Rule):
    """The secrets spec does not say what it has to, or says it wrongly.

    ## What it does
    Checks environments/secrets.yaml, or the file that the setting `secrets` names: unknown and
    missing fields, values of the wrong kind, and references to keys that are not there.

    ## Why is this bad?
    No secret is seeded, checked or rotated with a spec that is in doubt.

    ## Example
    ```yaml
    paths:
      server/staging:
        environments: [stg]
        keys:
          JWT_SECRET: {generate: {as: base64, byte: 48}}
    ```

    ## Use instead
    ```yaml
    paths:
      server/staging:
        environments: [stg]
        keys:
          JWT_SECRET: {generate: {as: base64, bytes: 48}}
    ```
    """

    id = "invalid-secrets-spec"
    severity = Severity.ERROR
    summary = "The secrets spec is not what it has to be"

    def check(self, deployment: Deployment) -> Iterator[Defect]:
        """Every problem of the file."""
        loaded = coverage_of(deployment).loaded
        if loaded.file is not None:
            for problem in loaded.problems:
                place = FilePlace(loaded.file, problem.span)
                yield Defect(place, problem.message, problem.help, deployment.names)
