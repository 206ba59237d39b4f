"""Services, and the pods behind them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from plate_llm_cli.graph.runtime_labels import picks
from plate_llm_cli.graph.secret_fields import mapping, mappings, text
from plate_llm_cli.graph.secret_uses import place_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from plate_llm_cli.graph.manifests import Manifest
    from plate_llm_cli.graph.secret_uses import ClusterNamespace
    from plate_llm_cli.graph.workloads import Workload
    from plate_llm_cli.source.nodes import Route


@dataclass(frozen=True, slots=True)
class ServicePort:
    """A port of a Service; `target` is the number or the name of one of a container."""

    number: int | None
    name: str
    protocol: str
    target: int | str | None
    route: Route
    """To the port; `targetPort` may be left out below it."""
    explicit: bool
    """Whether `targetPort` is given; else it is the port's own number."""


@dataclass(frozen=True, slots=True, eq=False)
class Service:
    """A Service, and the workloads whose pods it selects."""

    manifest: Manifest
    selector: dict[str, Any]
    workloads: tuple[Workload, ...]

    @property
    def place(self) -> ClusterNamespace:
        """Its cluster and namespace."""
        return place_of(self.manifest)

    @property
    def name(self) -> str:
        """Its name."""
        return self.manifest.name

    @property
    def is_external(self) -> bool:
        """Whether it only stands for a name elsewhere."""
        return self.manifest.text("spec", "type") == "ExternalName"

    @property
    def ports(self) -> tuple[ServicePort, ...]:
        """Its ports."""
        spec = mapping(self.manifest.plain.get("spec"))
        return tuple(_port(index, port) for index, port in mappings(spec.get("ports")))

    def port(self, wanted: int | str) -> ServicePort | None:
        """The port of that number or name."""
        field = "number" if isinstance(wanted, int) else "name"
        return next((port for port in self.ports if getattr(port, field) == wanted), None)


def services_of(manifests: Iterable[Manifest], workloads: Iterable[Workload]) -> list[Service]:
    """Every Service with the workloads of its namespace that it selects, those of hooks aside."""
    lasting: dict[ClusterNamespace, list[Workload]] = {}
    for item in workloads:
        if not item.manifest.hook and not item.is_brief:
            lasting.setdefault(item.place, []).append(item)
    return [
        _service(item, lasting.get(place_of(item), []))
        for item in manifests
        if item.kind == "Service" and item.api_version == "v1"
    ]


def _service(manifest: Manifest, neighbours: list[Workload]) -> Service:
    selector = mapping(mapping(manifest.plain.get("spec")).get("selector"))
    selected = (item for item in neighbours if selector and picks(selector, item))
    return Service(manifest, selector, tuple(selected))


def _port(index: int, port: dict[str, Any]) -> ServicePort:
    number, target = port.get("port"), port.get("targetPort")
    given = isinstance(target, int | str) and target != ""
    return ServicePort(
        number if isinstance(number, int) else None,
        text(port.get("name")),
        text(port.get("protocol")) or "TCP",
        target if given else number if isinstance(number, int) else None,
        ("spec", "ports", index),
        given,
    )
