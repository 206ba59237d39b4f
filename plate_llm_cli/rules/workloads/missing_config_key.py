"""A key that its ConfigMap does not have."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plate_llm_cli.findings import Severity
from plate_llm_cli.graph.config_maps import keys_of
from plate_llm_cli.rules.base import Defect, ManifestPlace, Rule
from plate_llm_cli.source.violations import near_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from plate_llm_cli.graph.deployment import Deployment
    from plate_llm_cli.graph.manifests import Manifest
    from plate_llm_cli.graph.references import Reference


class MissingConfigKey(Rule):
    """A pod reads a key of a ConfigMap that the ConfigMap does not have.

    ## What it does
    Compares the keys of `configMapKeyRef`, of the `items` of volumes, and those that a `subPath`
    mounts as one file, with the keys of the ConfigMap in the tree. What is `optional` is left out,
    and ConfigMaps that are empty or that a controller fills.

    ## Why is this bad?
    The container stays in CreateContainerConfigError, or the pod in ContainerCreating. A `subPath`
    that is not there is worse: the kubelet mounts an empty folder where the file should be.

    ## Example
    ```yaml
    kind: ConfigMap
    data:
      app.yaml: "..."
    ---
    volumeMounts:
      - {name: config, mountPath: /etc/app/app.yml, subPath: app.yml}
    ```

    ## Use instead
    ```yaml
    volumeMounts:
      - {name: config, mountPath: /etc/app/app.yml, subPath: app.yaml}
    ```
    """

    id = "missing-config-key"
    severity = Severity.ERROR
    summary = "A pod reads a key that its ConfigMap does not have"

    def check(self, deployment: Deployment) -> Iterator[Defect]:
        """Every key that is read and not there."""
        for reference in deployment.absences.references:
            if reference.kind != "ConfigMap" or not reference.key or reference.optional:
                continue
            if reference.files:
                if not _is_among(reference.key, reference.files):
                    yield _defect(reference, None, reference.files)
                continue
            manifest = deployment.absences.found(reference)
            keys = keys_of(manifest) if manifest else None
            if keys is not None and reference.key not in keys:
                yield _defect(reference, manifest, keys)


def _is_among(path: str, files: Iterable[str]) -> bool:
    return any(item == path or item.startswith(f"{path}/") for item in files)


def _defect(reference: Reference, manifest: Manifest | None, keys: Iterable[str]) -> Defect:
    near = near_name(reference.key, keys)
    holder = f"ConfigMap {reference.name}" if manifest else f"the volume of {reference.name}"
    what = f"file {reference.key}" if reference.mounted_at else f"key {reference.key}"
    instead = f": an empty folder will be at {reference.mounted_at}" if reference.mounted_at else ""
    data = ((ManifestPlace(manifest, ("data",)), "its keys"),) if manifest else ()
    return Defect(
        ManifestPlace(reference.workload.manifest, reference.key_route),
        f"{holder} has no {what}{instead}",
        f"did you mean {near}?" if near else f"it has {', '.join(keys)}",
        related=data,
    )
