"""Whether the classes are there that objects name or, naming none, rely on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from plate_llm_cli.cluster.objects import Ref, items, mapping, text, value
from plate_llm_cli.cluster.validation.complaints import NO_CLASS, about, field_at
from plate_llm_cli.findings import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plate_llm_cli.cluster.objects import Object
    from plate_llm_cli.cluster.validation.complaints import Complaint
    from plate_llm_cli.cluster.validation.site import Site
    from plate_llm_cli.graph.manifests import Manifest
    from plate_llm_cli.source.nodes import Route

_VERSIONS: Final = {
    "IngressClass": "networking.k8s.io/v1",
    "StorageClass": "storage.k8s.io/v1",
    "PriorityClass": "scheduling.k8s.io/v1",
    "RuntimeClass": "node.k8s.io/v1",
}
_WITHOUT: Final = {
    "IngressClass": "no controller takes this Ingress",
    "StorageClass": "no volume is made",
    "PriorityClass": "no pod is made",
    "RuntimeClass": "no pod is made",
}
_DEFAULTS: Final = (
    "ingressclass.kubernetes.io/is-default-class",
    "storageclass.kubernetes.io/is-default-class",
    "storageclass.beta.kubernetes.io/is-default-class",
)
_OLD_CLASS: Final = "kubernetes.io/ingress.class"


@dataclass(frozen=True, slots=True)
class _Wanted:
    """A class that an object needs; the default one where `name` is ''."""

    kind: str
    name: str
    manifest: Manifest
    route: Route


def classes(site: Site) -> Iterator[Complaint]:
    """Classes that are needed and are not there."""
    wanted = [*(found for item in site.manifests for found in _of_object(item)), *_of_pods(site)]
    for one in wanted:
        if not site.makes(one.kind, "", one.name):
            yield from _judged(site, one)


def _of_object(manifest: Manifest) -> Iterator[_Wanted]:
    if manifest.kind == "Ingress":
        old = text(mapping(manifest.plain, "metadata", "annotations"), _OLD_CLASS)
        name = text(manifest.plain, "spec", "ingressClassName")
        route: Route = ("spec", "ingressClassName")
        by_note = old and not name
        yield _Wanted(
            "IngressClass",
            name or old,
            manifest,
            ("metadata", "annotations", _OLD_CLASS) if by_note else route,
        )
    elif manifest.kind == "PersistentVolumeClaim":
        yield from _storage(manifest, manifest.plain, ())
    elif manifest.kind == "StatefulSet":
        for index, claim in enumerate(items(manifest.plain, "spec", "volumeClaimTemplates")):
            yield from _storage(manifest, claim, ("spec", "volumeClaimTemplates", index))


def _storage(manifest: Manifest, claim: Object, base: Route) -> Iterator[_Wanted]:
    """'' as the class of a claim asks for a volume that somebody made by hand."""
    named = value(claim, "spec", "storageClassName")
    if named != "" and not text(claim, "spec", "volumeName"):
        route = (*base, "spec", "storageClassName")
        yield _Wanted("StorageClass", named if isinstance(named, str) else "", manifest, route)


def _of_pods(site: Site) -> Iterator[_Wanted]:
    for pod in site.pods:
        for key, kind in (
            ("priorityClassName", "PriorityClass"),
            ("runtimeClassName", "RuntimeClass"),
        ):
            if name := text(pod.spec, key):
                yield _Wanted(kind, name, pod.manifest, (*pod.route, key))


def _judged(site: Site, wanted: _Wanted) -> Iterator[Complaint]:
    place = field_at(wanted.manifest, wanted.route)
    version, without = _VERSIONS[wanted.kind], _WITHOUT[wanted.kind]
    if wanted.name:
        if site.look(Ref(version, wanted.kind, "", wanted.name), place).absent:
            message = f"the cluster has no {wanted.kind} {wanted.name}: {without}"
            yield about(NO_CLASS, place, message, _advice(site, wanted))
        return
    listed = site.all(version, wanted.kind, "", place)
    if listed is not None and not any(map(_is_default, listed)):
        message = f"no {wanted.kind} is named, and none of the cluster is the default: {without}"
        # A controller may be told to take what names no class.
        severity = Severity.WARNING if wanted.kind == "IngressClass" else None
        yield about(NO_CLASS, place, message, _names(listed), severity)


def _advice(site: Site, wanted: _Wanted) -> str:
    place = field_at(wanted.manifest, wanted.route)
    return _names(site.all(_VERSIONS[wanted.kind], wanted.kind, "", place) or [])


def _names(listed: list[Object]) -> str:
    names = ", ".join(sorted(text(item, "metadata", "name") for item in listed)[:8])
    return f"there are: {names}" if names else "there are none"


def _is_default(obj: Object) -> bool:
    notes = mapping(obj, "metadata", "annotations")
    return any(notes.get(key) == "true" for key in _DEFAULTS)
