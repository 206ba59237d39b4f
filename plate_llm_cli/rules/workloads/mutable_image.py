"""An image whose content may change under the same name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plate_llm_cli.findings import Severity
from plate_llm_cli.graph.environment_words import is_trial
from plate_llm_cli.graph.images import image_of
from plate_llm_cli.graph.secret_fields import text
from plate_llm_cli.graph.sync_exceptions import is_updated_by_itself
from plate_llm_cli.graph.value_places import place_of_part
from plate_llm_cli.rules.base import Defect, ManifestPlace, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plate_llm_cli.graph.deployment import Deployment
    from plate_llm_cli.graph.images import Image
    from plate_llm_cli.graph.workloads import Container


class MutableImage(Rule):
    """A container runs an image by a tag that moves.

    ## What it does
    Looks at images without a digest whose tag is missing or the name of a branch, an environment
    or a channel: `latest`, `main`, `stg`, `stable`. In environments for trials (`dev`, `stg`, `qa`
    in the name of the release or of its namespace) such a tag is right with `imagePullPolicy:
    Always`, and `latest` is an info. Hooks, images that are never pulled, and those that Argo CD
    Image Updater or Keel sets are left out.

    ## Why is this bad?
    Two pods of one Deployment may run different code, a roll-back brings back nothing, and nobody
    can tell what ran yesterday. With `IfNotPresent` a node keeps what it once pulled.

    ## Example
    ```yaml
    image: registry.example.com/web:main
    ```

    ## Use instead
    ```yaml
    image: registry.example.com/web:1.4.2   # or name@sha256:...
    ```
    """

    id = "mutable-image"
    severity = Severity.WARNING
    summary = "A container runs an image by a tag that moves"

    def check(self, deployment: Deployment) -> Iterator[Defect]:
        """Every image once a workload."""
        for workload in deployment.wiring.workloads:
            seen: set[str] = set()
            for container in () if workload.manifest.hook else workload.containers:
                reference = text(container.spec.get("image"))
                image = image_of(reference)
                # Istio puts its own image where it finds `auto`.
                if image is None or not image.moves or reference in (*seen, "auto"):
                    continue
                seen.add(reference)
                if not is_updated_by_itself(workload.manifest, image.repository):
                    yield from _defect(deployment, container, image)


def _defect(deployment: Deployment, container: Container, image: Image) -> Iterator[Defect]:
    default = "Always" if image.is_latest else "IfNotPresent"
    policy = text(container.spec.get("imagePullPolicy")) or default
    if policy == "Never":
        return
    manifest = container.workload.manifest
    what = f"has the moving tag {image.tag}" if image.tag else "has no tag, which means latest"
    message = f"the image of container {container.name} {what}"
    severity = None
    if policy == "IfNotPresent":
        message += ": with IfNotPresent each node keeps the one it has"
        help_text = "name a version or a digest; a tag that moves on purpose needs Always"
    else:
        help_text = "name a version or a digest, so that what was tested is what runs"
        if is_trial(manifest.release):
            if not image.is_latest:
                return
            severity = Severity.INFO
    place = ManifestPlace(manifest, (*container.base, "image"))
    where = place_of_part(deployment, place, image.tag)
    yield Defect(where, message, help_text, severity=severity)
