"""Waves between Applications for which nobody waits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plate_llm_cli.findings import Severity
from plate_llm_cli.graph.application_order import applications_have_health
from plate_llm_cli.graph.sync_order import WAVE
from plate_llm_cli.rules.base import Defect, FilePlace, ManifestPlace, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plate_llm_cli.graph.deployment import Deployment
    from plate_llm_cli.graph.manifests import Manifest


class UnwaitedWave(Rule):
    """Applications have sync waves, and nothing in the tree gives them a health.

    ## What it does
    Finds Applications that apply Applications in several waves, where no file of the tree holds
    `resource.customizations.health.argoproj.io_Application` (argocd-cm, or the values of the chart
    argo-cd). ArgoCD may be set up elsewhere: it is an info, once for each.

    ## Why is this bad?
    Since ArgoCD 1.8 an Application has no health of its own. Without it all waves begin at once:
    the second one does not wait until the first one is healthy.

    ## Example
    ```yaml
    kind: Application
    metadata:
      annotations: {argocd.argoproj.io/sync-wave: "2"}
    ```

    ## Use instead
    ```yaml
    kind: ConfigMap
    metadata: {name: argocd-cm}
    data:
      resource.customizations.health.argoproj.io_Application: |
        hs = {status = "Progressing", message = ""}
        if obj.status ~= nil and obj.status.health ~= nil then
          hs.status = obj.status.health.status
        end
        return hs
    ```
    """

    id = "unwaited-wave"
    severity = Severity.INFO
    summary = "Applications have sync waves, and nothing in the tree gives them a health"

    def check(self, deployment: Deployment) -> Iterator[Defect]:
        """Each Application that applies others in waves."""
        children: dict[int, list[Manifest]] = {}
        for manifest in deployment.manifests:
            if manifest.kind == "Application" and manifest.api_version.startswith("argoproj.io/"):
                children.setdefault(id(manifest.release), []).append(manifest)
        for below in children.values():
            waves = {_wave(item) or "0" for item in below}
            if len(waves) > 1 and not applications_have_health(deployment):
                yield _defect(below, waves)


def _wave(manifest: Manifest) -> str:
    return manifest.text("metadata", "annotations", WAVE)


def _defect(below: list[Manifest], waves: set[str]) -> Defect:
    application = below[0].release.application
    first = next(item for item in below if _wave(item))
    place = ManifestPlace(first, ("metadata", "annotations", WAVE))
    return Defect(
        FilePlace.of(application.file, application.name_node),
        f"{application.name} applies Applications in {len(waves)} waves, and none waits for the "
        "one before unless argocd-cm gives Applications a health",
        "add resource.customizations.health.argoproj.io_Application to argocd-cm, or nothing where "
        "ArgoCD is set up so elsewhere",
        releases=(application.name,),
        related=((place, "a wave"),),
    )
