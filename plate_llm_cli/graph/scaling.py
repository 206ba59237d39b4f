"""What changes how many pods there are: autoscalers, and the budgets that hold evictions back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from plate_llm_cli.graph.secret_fields import at, mapping, text
from plate_llm_cli.graph.secret_uses import place_of
from plate_llm_cli.graph.workloads import matches

if TYPE_CHECKING:
    from collections.abc import Iterable

    from plate_llm_cli.graph.manifests import Manifest
    from plate_llm_cli.graph.secret_uses import ClusterNamespace
    from plate_llm_cli.graph.workloads import Workload
    from plate_llm_cli.source.nodes import Route

_TARGET = ("spec", "scaleTargetRef")
_FIELDS = {
    "HorizontalPodAutoscaler": ("minReplicas", "maxReplicas", 1),
    "ScaledObject": ("minReplicaCount", "maxReplicaCount", 0),
}
"""By kind: the fields with the fewest and the most pods, and how few there are without one."""


@dataclass(frozen=True, slots=True, eq=False)
class Autoscaler:
    """An HPA, or a ScaledObject of KEDA, and the workload of its namespace that it scales."""

    manifest: Manifest
    kind: str
    name: str
    workload: Workload | None

    @property
    def name_route(self) -> Route:
        """To the name of what is scaled."""
        return (*_TARGET, "name")

    @property
    def fewest_route(self) -> Route:
        """To the fewest pods."""
        return ("spec", _FIELDS[self.manifest.kind][0])

    @property
    def most_route(self) -> Route:
        """To the most pods."""
        return ("spec", _FIELDS[self.manifest.kind][1])

    @property
    def fewest(self) -> int:
        """The fewest pods that it leaves."""
        field, _, default = _FIELDS[self.manifest.kind]
        return whole(at(self.manifest.plain, "spec", field), default)

    @property
    def most(self) -> int | None:
        """The most pods; None where the object does not say."""
        found = at(self.manifest.plain, "spec", _FIELDS[self.manifest.kind][1])
        return found if isinstance(found, int) and not isinstance(found, bool) else None


@dataclass(frozen=True, slots=True, eq=False)
class Budget:
    """A PodDisruptionBudget, and the workloads whose pods it holds back."""

    manifest: Manifest
    workloads: tuple[Workload, ...]

    @property
    def selector(self) -> dict[str, Any]:
        """Its label selector."""
        return mapping(at(self.manifest.plain, "spec", "selector"))

    @property
    def place(self) -> ClusterNamespace:
        """Its cluster and namespace."""
        return place_of(self.manifest)


def whole(value: Any, default: int) -> int:
    """`value` if it is a whole number, else `default`."""
    return value if isinstance(value, int) and not isinstance(value, bool) else default


def autoscalers_of(
    manifests: Iterable[Manifest], workloads: Iterable[Workload]
) -> list[Autoscaler]:
    """Every autoscaler that names what it scales."""
    named = {(item.place, item.manifest.kind, item.manifest.name): item for item in workloads}
    found = []
    for manifest in manifests:
        group = manifest.api_version.partition("/")[0]
        if manifest.kind not in _FIELDS or group not in ("autoscaling", "keda.sh"):
            continue
        target = mapping(at(manifest.plain, *_TARGET))
        kind, name = text(target.get("kind")) or "Deployment", text(target.get("name"))
        if name:
            workload = named.get((place_of(manifest), kind, name))
            found.append(Autoscaler(manifest, kind, name, workload))
    return found


def budgets_of(manifests: Iterable[Manifest], workloads: Iterable[Workload]) -> list[Budget]:
    """Every budget that selects pods by label, hooks aside."""
    lasting = [item for item in workloads if not item.manifest.hook and not item.is_brief]
    found = []
    for manifest in manifests:
        selector = at(manifest.plain, "spec", "selector")
        if manifest.kind != "PodDisruptionBudget" or not isinstance(selector, dict):
            continue
        place = place_of(manifest)
        chosen = (
            item
            for item in lasting
            if item.place == place
            and (matches(selector, item.labels) or matches(selector, item.meant_labels))
        )
        found.append(Budget(manifest, tuple(chosen)))
    return found
