"""A custom resource without a schema."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plate_llm_cli.findings import Severity
from plate_llm_cli.rules.base import Defect, ManifestPlace, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plate_llm_cli.graph.deployment import Deployment


class UncheckedKind(Rule):
    """No schema is at hand for a custom resource.

    ## What it does
    Names the custom resources whose CRD is neither in the tree, nor given with `--crds`, nor known
    to plate-llm.

    ## Why is this bad?
    It is not bad. But a misspelt field in such an object is found by the cluster only.

    ## Example
    ```yaml
    apiVersion: example.com/v1
    kind: Widget          # its CRD is installed by hand
    ```

    ## Use instead
    ```yaml
    plate-llm validate --crds vendor/crds/
    ```
    """

    id = "unchecked-kind"
    severity = Severity.INFO
    summary = "A custom resource has no schema at hand, so its fields are not checked"

    def check(self, deployment: Deployment) -> Iterator[Defect]:
        """One defect for every such kind of a release: its first object stands for all."""
        seen: set[tuple[str, str, str]] = set()
        for manifest, result in deployment.schema_checks:
            key = (manifest.release.name, manifest.api_version, manifest.kind)
            if result.status.value == "unchecked" and key not in seen:
                seen.add(key)
                yield Defect(ManifestPlace(manifest, ("kind",)), result.message, result.help)
