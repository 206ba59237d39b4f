"""A mount of a volume that a pod does not have."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from plate_llm_cli.findings import Severity
from plate_llm_cli.graph.secret_fields import at, mappings, text
from plate_llm_cli.rules.base import Defect, ManifestPlace, Rule
from plate_llm_cli.source.violations import near_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plate_llm_cli.graph.deployment import Deployment
    from plate_llm_cli.graph.workloads import Workload

_GROUPS: Final = frozenset({"v1", "apps/v1", "batch/v1"})


class MissingVolume(Rule):
    """A container mounts a volume that its pod does not have.

    ## What it does
    Looks for the name of each `volumeMounts` and `volumeDevices` among the `volumes` of the pod,
    and the `volumeClaimTemplates` of a StatefulSet.

    ## Why is this bad?
    The API server refuses the object (`volumeMounts[0].name: Not found`), and the sync fails. In a
    chart it often hides behind a switch: with it off, the volume is gone and the mount stays.

    ## Example
    ```yaml
    containers:
      - name: app
        volumeMounts:
          - {name: models, mountPath: /models}
    volumes:
      - {name: model, emptyDir: {}}
    ```

    ## Use instead
    ```yaml
    volumes:
      - {name: models, emptyDir: {}}
    ```
    """

    id = "missing-volume"
    severity = Severity.ERROR
    summary = "A container mounts a volume that its pod does not have"

    def check(self, deployment: Deployment) -> Iterator[Defect]:
        """Every mount without its volume."""
        for workload in deployment.wiring.workloads:
            manifest = workload.manifest
            if manifest.api_version in _GROUPS or manifest.kind == "Rollout":
                yield from _defects(workload)


def _defects(workload: Workload) -> Iterator[Defect]:
    volumes = _volumes(workload)
    for container in workload.containers:
        for field in ("volumeMounts", "volumeDevices"):
            for index, mount in mappings(container.spec.get(field)):
                name = text(mount.get("name"))
                if not name or name in volumes:
                    continue
                near = near_name(name, volumes)
                has = f"it has {', '.join(sorted(volumes))}" if volumes else "it has no volumes"
                yield Defect(
                    ManifestPlace(workload.manifest, (*container.base, field, index, "name")),
                    f"{workload.label} has no volume {name}, which container {container.name} "
                    "mounts",
                    f"did you mean {near}?" if near else has,
                )


def _volumes(workload: Workload) -> set[str]:
    found = {text(item.get("name")) for _, item in mappings(workload.pod.get("volumes"))}
    claims = at(workload.manifest.plain, "spec", "volumeClaimTemplates")
    found |= {text(at(item, "metadata", "name")) for _, item in mappings(claims)}
    return found - {""}
