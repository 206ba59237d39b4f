"""What runs pods, and what their containers say of themselves."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from plate_llm_cli.graph.secret_fields import at, mapping, mappings, text
from plate_llm_cli.graph.secret_uses import place_of, pods_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from plate_llm_cli.graph.manifests import Manifest
    from plate_llm_cli.graph.secret_uses import ClusterNamespace
    from plate_llm_cli.source.nodes import Route

_GROUPS: Final = ("initContainers", "containers")
_SELECTING: Final = frozenset({"Deployment", "StatefulSet", "DaemonSet", "ReplicaSet"})
_BRIEF: Final = frozenset({"Job", "CronJob"})


@dataclass(frozen=True, slots=True)
class ContainerPort:
    """A port that a container says it listens on; `protocol` is TCP where it says none."""

    number: int
    name: str
    protocol: str
    route: Route


@dataclass(frozen=True, slots=True, eq=False)
class Container:
    """A container of a workload; `base` leads to it in the workload's object."""

    workload: Workload
    base: Route
    spec: dict[str, Any]
    group: str

    @property
    def name(self) -> str:
        """Its name, or ''."""
        return text(self.spec.get("name"))

    @property
    def starts_first(self) -> bool:
        """Whether it runs to its end before the others start; a sidecar among those does not."""
        return self.group == "initContainers" and self.spec.get("restartPolicy") != "Always"

    @property
    def ports(self) -> tuple[ContainerPort, ...]:
        """Its ports that have a number."""
        return tuple(self._ports())

    def _ports(self) -> Iterator[ContainerPort]:
        for index, port in mappings(self.spec.get("ports")):
            number = port.get("containerPort")
            if isinstance(number, str) and number.isdecimal():
                number = int(number)  # refused, as the schema check says, and meant all the same
            if isinstance(number, int) and not isinstance(number, bool):
                protocol = text(port.get("protocol")) or "TCP"
                route = (*self.base, "ports", index)
                yield ContainerPort(number, text(port.get("name")), protocol, route)

    def port(self, wanted: int | str) -> ContainerPort | None:
        """The port of that number or name."""
        field = "number" if isinstance(wanted, int) else "name"
        return next((port for port in self.ports if getattr(port, field) == wanted), None)


@dataclass(eq=False)
class Workload:
    """An object that runs pods; `base` leads to what it says of a pod."""

    manifest: Manifest
    base: Route
    pod: dict[str, Any]

    @property
    def place(self) -> ClusterNamespace:
        """The cluster and the namespace that its pods are in."""
        return place_of(self.manifest)

    @property
    def label(self) -> str:
        """Its kind and name, or how its name is to begin."""
        name = self.manifest.name or self.manifest.text("metadata", "generateName")
        return f"{self.manifest.kind} {name}"

    @property
    def is_brief(self) -> bool:
        """Whether its pods end by themselves."""
        return self.manifest.kind in _BRIEF

    @cached_property
    def labels(self) -> dict[str, str]:
        """The labels of its pods."""
        holder = at(self.manifest.plain, *map(str, self.base[:-1]))
        found = mapping(at(holder, "metadata", "labels"))
        return {name: value for name, value in found.items() if isinstance(value, str)}

    @cached_property
    def meant_labels(self) -> dict[str, str]:
        """`labels`, and where they are not what it selects itself, as they have to become."""
        if self.manifest.kind not in _SELECTING:
            return self.labels
        wanted = mapping(at(self.manifest.plain, "spec", "selector", "matchLabels"))
        chosen = {name: value for name, value in wanted.items() if isinstance(value, str)}
        return {**self.labels, **chosen}

    @cached_property
    def containers(self) -> tuple[Container, ...]:
        """All containers, those that start first before the others."""
        return tuple(
            Container(self, (*self.base, group, index), spec, group)
            for group in _GROUPS
            for index, spec in mappings(self.pod.get(group))
        )

    @property
    def lasting(self) -> tuple[Container, ...]:
        """Those that run as long as the pod."""
        return tuple(item for item in self.containers if not item.starts_first)


def workloads_of(manifests: Iterable[Manifest]) -> list[Workload]:
    """Every object that runs pods, hooks included."""
    return [
        Workload(manifest, base, pod) for manifest in manifests for base, pod in pods_of(manifest)
    ]


def selects(selector: dict[str, Any], labels: dict[str, str]) -> bool:
    """Whether equality of labels, as a Service asks for it, picks `labels`."""
    return all(labels.get(name) == value for name, value in selector.items())


def matches(selector: Any, labels: dict[str, str]) -> bool:
    """Whether a label selector (`matchLabels`, `matchExpressions`) picks `labels`; {} picks all."""
    chosen = mapping(selector)
    if not selects(mapping(chosen.get("matchLabels")), labels):
        return False
    return all(_holds(item, labels) for _, item in mappings(chosen.get("matchExpressions")))


def _holds(expression: dict[str, Any], labels: dict[str, str]) -> bool:
    key, values = text(expression.get("key")), expression.get("values") or []
    there = key in labels
    return {
        "In": there and labels.get(key) in values,
        "NotIn": not there or labels[key] not in values,
        "Exists": there,
        "DoesNotExist": not there,
    }.get(text(expression.get("operator")), True)
