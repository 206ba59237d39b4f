"""What pods refer to by name in their namespace: ConfigMaps, claims, and service accounts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from plate_llm_cli.graph.secret_fields import at, mapping, mappings, text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from plate_llm_cli.graph.secret_uses import ClusterNamespace
    from plate_llm_cli.graph.workloads import Container, Workload
    from plate_llm_cli.source.nodes import Route


@dataclass(frozen=True, slots=True, eq=False)
class Reference:
    """A field of a workload that names an object; `key` is one of its keys, or ''."""

    workload: Workload
    kind: str
    name: str
    route: Route
    key: str = ""
    key_route: Route = ()
    optional: bool = False
    mounted_at: str = ""
    """Where a `subPath` puts the key; '' for other uses."""
    files: tuple[str, ...] = ()
    """The paths that the volume gives to keys, where it lists them: `key` is one of these."""

    @property
    def place(self) -> ClusterNamespace:
        """The cluster and the namespace whose object is meant."""
        return self.workload.place


def references_of(workloads: Iterable[Workload]) -> list[Reference]:
    """Every reference of every workload. A claim or an account is referred to once a workload."""
    return [reference for item in workloads for reference in _of_workload(item)]


def _of_workload(workload: Workload) -> Iterator[Reference]:
    yield from _account(workload)
    for container in workload.containers:
        yield from _variables(container)
    for index, volume in mappings(workload.pod.get("volumes")):
        yield from _volume(workload, (*workload.base, "volumes", index), volume)


def _account(workload: Workload) -> Iterator[Reference]:
    for field in ("serviceAccountName", "serviceAccount"):
        name = text(workload.pod.get(field))
        if name:
            yield Reference(workload, "ServiceAccount", name, (*workload.base, field))
            return


def _variables(container: Container) -> Iterator[Reference]:
    ways: tuple[tuple[str, tuple[str, ...]], ...] = (
        ("env", ("valueFrom", "configMapKeyRef")),
        ("envFrom", ("configMapRef",)),
    )
    for field, way in ways:
        for index, entry in mappings(container.spec.get(field)):
            source = at(entry, *way)
            if isinstance(source, dict):
                yield _config_map(container.workload, (*container.base, field, index, *way), source)


def _config_map(
    workload: Workload, base: Route, source: dict[str, Any], *, optional: bool = False
) -> Reference:
    return Reference(
        workload,
        "ConfigMap",
        text(source.get("name")),
        (*base, "name"),
        text(source.get("key")),
        (*base, "key"),
        optional or source.get("optional") is True,
    )


def _volume(workload: Workload, base: Route, volume: dict[str, Any]) -> Iterator[Reference]:
    claim = text(at(volume, "persistentVolumeClaim", "claimName"))
    if claim:
        route = (*base, "persistentVolumeClaim", "claimName")
        yield Reference(workload, "PersistentVolumeClaim", claim, route)
    source = volume.get("configMap")
    if isinstance(source, dict):
        yield from _files(workload, (*base, "configMap"), source)
        yield from _sub_paths(workload, (*base, "configMap"), source, text(volume.get("name")))
    for index, part in mappings(at(volume, "projected", "sources")):
        projected = part.get("configMap")
        if isinstance(projected, dict):
            route = (*base, "projected", "sources", index, "configMap")
            yield from _files(workload, route, projected)


def _files(workload: Workload, base: Route, source: dict[str, Any]) -> Iterator[Reference]:
    items = list(mappings(source.get("items")))
    optional = source.get("optional") is True
    for index, item in items:
        named = {"name": source.get("name"), "key": item.get("key")}
        found = _config_map(workload, base, named, optional=optional)
        key_route = (*base, "items", index, "key")
        yield Reference(
            workload, found.kind, found.name, found.route, found.key, key_route, optional
        )
    if not items:
        yield _config_map(workload, base, {"name": source.get("name")}, optional=optional)


def _sub_paths(
    workload: Workload, base: Route, source: dict[str, Any], volume: str
) -> Iterator[Reference]:
    """The single files of a volume that containers mount."""
    listed = [mapping(item) for _, item in mappings(source.get("items"))]
    for container in workload.containers:
        for index, mount in mappings(container.spec.get("volumeMounts")):
            path = text(mount.get("subPath")).strip("/")
            if path and mount.get("name") == volume:
                yield Reference(
                    workload,
                    "ConfigMap",
                    text(source.get("name")),
                    (*base, "name"),
                    path,
                    (*container.base, "volumeMounts", index, "subPath"),
                    source.get("optional") is True,
                    text(mount.get("mountPath")),
                    tuple(text(item.get("path")) for item in listed),
                )
