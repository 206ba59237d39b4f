"""Two objects of one name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plate_llm_cli.findings import Severity
from plate_llm_cli.graph.checks import is_argocd
from plate_llm_cli.rules.base import Defect, ManifestPlace, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plate_llm_cli.graph.deployment import Deployment
    from plate_llm_cli.graph.manifests import Manifest


class DuplicateObject(Rule):
    """A release applies two objects of the same kind, name and namespace.

    ## What it does
    Compares kind, namespace and name of all objects of a release, over all of its sources. Hooks
    are left out: Helm deletes and creates them again.

    ## Why is this bad?
    To the cluster they are one object. The one applied last wins and what the other says is lost;
    ArgoCD shows a RepeatedResourceWarning and may never be in sync.

    ## Example
    ```yaml
    kind: ConfigMap
    metadata: {name: settings}
    ---
    kind: ConfigMap
    metadata: {name: settings}
    ```

    ## Use instead
    ```yaml
    kind: ConfigMap
    metadata: {name: settings}
    ---
    kind: ConfigMap
    metadata: {name: settings-extra}
    ```
    """

    id = "duplicate-object"
    severity = Severity.WARNING
    summary = "A release applies two objects of the same kind and name"

    def check(self, deployment: Deployment) -> Iterator[Defect]:
        """Every object that another one of the same release has come before."""
        first: dict[tuple[object, ...], Manifest] = {}
        for manifest in deployment.manifests:
            if manifest.hook or not manifest.kind or not manifest.name:
                continue
            before = first.setdefault(_identity(manifest), manifest)
            if before is not manifest and not _is_application(manifest):
                yield Defect(
                    ManifestPlace(manifest, ("metadata", "name"), absent=True),
                    f"{manifest.kind} {manifest.name} is there twice; the last one counts",
                    "rename one, or join them",
                    related=((ManifestPlace(before, ("metadata", "name"), absent=True), "first"),),
                )


def _is_application(manifest: Manifest) -> bool:
    """An Application in a file, of which `duplicate-application` speaks."""
    return manifest.chart is None and manifest.kind == "Application" and is_argocd(manifest)


def _identity(manifest: Manifest) -> tuple[object, ...]:
    """What makes an object one to a cluster: its version does not."""
    group = manifest.api_version.rpartition("/")[0]
    return (id(manifest.release), group, manifest.kind, manifest.namespace, manifest.name)
