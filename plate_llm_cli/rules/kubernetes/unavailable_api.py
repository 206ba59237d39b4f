"""A kind that the cluster does not know."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plate_llm_cli.findings import Severity
from plate_llm_cli.rules.base import Defect, ManifestPlace, Rule

_GONE = ("removed", "unknown-kind", "unidentified")

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plate_llm_cli.graph.deployment import Deployment


class UnavailableApi(Rule):
    """The API version of an object was removed, or never had this kind.

    ## What it does
    Looks up `apiVersion` and `kind` among those that the chosen Kubernetes version serves. Kinds of
    other groups are checked by their CRDs.

    ## Why is this bad?
    ArgoCD cannot apply the object: the sync fails as a whole.

    ## Example
    ```yaml
    apiVersion: policy/v1beta1
    kind: PodDisruptionBudget
    ```

    ## Use instead
    ```yaml
    apiVersion: policy/v1
    kind: PodDisruptionBudget
    ```
    """

    id = "unavailable-api"
    severity = Severity.ERROR
    summary = "An object is of a kind that the chosen Kubernetes version does not have"

    def check(self, deployment: Deployment) -> Iterator[Defect]:
        """Every object whose kind cannot be had."""
        for manifest, result in deployment.schema_checks:
            if result.status.value in _GONE and result.message:
                place = ManifestPlace(manifest, ("apiVersion",))
                yield Defect(place, result.message, result.help)
