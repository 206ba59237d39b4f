"""An API version that will go."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plate_llm_cli.findings import Severity
from plate_llm_cli.rules.base import Defect, ManifestPlace, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plate_llm_cli.graph.deployment import Deployment


class DeprecatedApi(Rule):
    """An object uses an API version that is on its way out.

    ## What it does
    Looks for API versions that the chosen Kubernetes version still serves and a later one no longer
    does.

    ## Why is this bad?
    The next upgrade of the cluster stops the release from syncing.

    ## Example
    ```yaml
    apiVersion: flowcontrol.apiserver.k8s.io/v1beta3
    kind: FlowSchema
    ```

    ## Use instead
    ```yaml
    apiVersion: flowcontrol.apiserver.k8s.io/v1
    kind: FlowSchema
    ```
    """

    id = "deprecated-api"
    severity = Severity.WARNING
    summary = "An object uses an API version that a later Kubernetes version removes"

    def check(self, deployment: Deployment) -> Iterator[Defect]:
        """Every object with such an API version."""
        for manifest, result in deployment.schema_checks:
            if result.status.value == "deprecated":
                place = ManifestPlace(manifest, ("apiVersion",))
                yield Defect(place, result.message, result.help)
