"""What pods refer to beside Secrets: ConfigMaps, volume claims, service accounts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from plate_llm_cli.cluster.objects import Object, Ref, mapping
from plate_llm_cli.cluster.validation.complaints import NO_OBJECT, about, at
from plate_llm_cli.graph.secret_fields import at as value_at
from plate_llm_cli.graph.secret_fields import mappings, text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plate_llm_cli.cluster.validation.complaints import Complaint
    from plate_llm_cli.cluster.validation.site import PodSpec, Site
    from plate_llm_cli.graph.places import ManifestPlace
    from plate_llm_cli.source.nodes import Route

_MADE_BY_KUBERNETES = {("ServiceAccount", "default"), ("ConfigMap", "kube-root-ca.crt")}


@dataclass(frozen=True, slots=True)
class _Reference:
    """An object that a pod needs, and the keys of it; the routes are from the pod's start."""

    kind: str
    name: str
    route: Route
    keys: tuple[tuple[str, Route], ...] = ()


def references(site: Site) -> Iterator[Complaint]:
    """Objects that pods need, that nothing in the tree makes, and that are not there."""
    absent: set[tuple[str, str, str]] = set()
    for pod in site.pods:
        for reference in _references(pod.spec):
            key = (reference.kind, pod.manifest.namespace, reference.name)
            if not reference.name or site.makes(*key) or key[::2] in _MADE_BY_KUBERNETES:
                continue
            place = at(pod.manifest, *pod.route, *reference.route)
            look = site.look(Ref("v1", *key), place, keep=_keys_of)
            if look.absent and key not in absent:
                absent.add(key)
                yield _missing(reference, place)
            elif look.found is not None:
                yield from _without_keys(pod, reference, look.found)


def _missing(reference: _Reference, place: ManifestPlace) -> Complaint:
    message = (
        f"{reference.kind} {reference.name} is not in {place.manifest.namespace}, "
        "and nothing in the tree makes it"
    )
    return about(NO_OBJECT, place, message, "create it, or change the name")


def _without_keys(pod: PodSpec, reference: _Reference, held: list[str]) -> Iterator[Complaint]:
    named = f"{reference.kind} {reference.name} in {pod.manifest.namespace}"
    names = f"it has: {', '.join(held)}" if held else "it has no keys"
    for key, route in reference.keys:
        if key not in held:
            place = at(pod.manifest, *pod.route, *route)
            yield about(NO_OBJECT, place, f"{named} has no key {key}", names)


def _keys_of(obj: Object) -> list[str]:
    return sorted([*mapping(obj, "data"), *mapping(obj, "binaryData")])


def _references(pod: dict[str, Any]) -> Iterator[_Reference]:
    account = "serviceAccountName" if pod.get("serviceAccountName") else "serviceAccount"
    yield _Reference("ServiceAccount", text(pod.get(account)), (account,))
    for group in ("initContainers", "containers"):
        for index, container in mappings(pod.get(group)):
            yield from _in_container(container, (group, index))
    for index, volume in mappings(pod.get("volumes")):
        yield from _in_volume(volume, ("volumes", index))


def _in_container(container: dict[str, Any], base: Route) -> Iterator[_Reference]:
    for index, entry in mappings(container.get("env")):
        source = value_at(entry, "valueFrom", "configMapKeyRef")
        if isinstance(source, dict) and source.get("optional") is not True:
            route = (*base, "env", index, "valueFrom", "configMapKeyRef")
            keys = ((text(source.get("key")), (*route, "key")),)
            yield _Reference("ConfigMap", text(source.get("name")), (*route, "name"), keys)
    for index, entry in mappings(container.get("envFrom")):
        source = entry.get("configMapRef")
        if isinstance(source, dict) and source.get("optional") is not True:
            route = (*base, "envFrom", index, "configMapRef", "name")
            yield _Reference("ConfigMap", text(source.get("name")), route)


def _in_volume(volume: dict[str, Any], base: Route) -> Iterator[_Reference]:
    claim = text(value_at(volume, "persistentVolumeClaim", "claimName"))
    yield _Reference("PersistentVolumeClaim", claim, (*base, "persistentVolumeClaim", "claimName"))
    yield from _mounted(volume.get("configMap"), (*base, "configMap"))
    for index, source in mappings(value_at(volume, "projected", "sources")):
        route = (*base, "projected", "sources", index, "configMap")
        yield from _mounted(source.get("configMap"), route)


def _mounted(source: object, base: Route) -> Iterator[_Reference]:
    if isinstance(source, dict) and source.get("optional") is not True:
        keys = tuple(
            (text(item.get("key")), (*base, "items", index, "key"))
            for index, item in mappings(source.get("items"))
        )
        yield _Reference("ConfigMap", text(source.get("name")), (*base, "name"), keys)
