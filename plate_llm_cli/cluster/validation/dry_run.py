"""Every object, as the API server would take it: a server-side apply that stores nothing."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from plate_llm_cli.cluster.objects import Ref, mapping, placed
from plate_llm_cli.cluster.validation.complaints import UNCHECKED, WARNED, about, at
from plate_llm_cli.cluster.validation.field_paths import route_of, starts_in
from plate_llm_cli.cluster.validation.refusals import complaints_of, lacking_right, of_hook
from plate_llm_cli.errors import ClusterError, MissingKindError
from plate_llm_cli.findings import Severity
from plate_llm_cli.graph.places import ManifestPlace
from plate_llm_cli.graph.secret_uses import pods_of
from plate_llm_cli.source.nodes import find

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plate_llm_cli.cluster.objects import Object
    from plate_llm_cli.cluster.validation.complaints import Complaint
    from plate_llm_cli.cluster.validation.site import Site
    from plate_llm_cli.graph.manifests import Manifest

_LOST: Final = (0, 429, 502, 503, 504)
"""Answers after which a second try may end otherwise."""

_ENDS: Final = (*_LOST, 401)
"""Answers that say nothing of the object."""

_ANNOTATION: Final = re.compile(r'annotation "([^"]+)"')
_VERSION: Final = re.compile(r"^\S+/?\S* \w+ is deprecated in v")
_POD_SECURITY: Final = "would violate PodSecurity"


def dry_run(site: Site) -> Iterator[Complaint]:
    """What the API server has against each object that it can be asked about."""
    for manifest in site.manifests:
        if manifest.name and manifest.kind and manifest.api_version:
            yield from _tried(site, manifest)
        elif manifest.text("metadata", "generateName"):
            place = at(manifest, "metadata", "generateName")
            message = f"{manifest.kind} is not tried: it gets a new name with each sync"
            yield about(UNCHECKED, place, message, severity=Severity.INFO)


def _tried(site: Site, manifest: Manifest) -> Iterator[Complaint]:
    try:
        namespaced = site.api.kind(manifest.api_version, manifest.kind).namespaced
    except MissingKindError:
        return  # said for the kind
    if namespaced and manifest.namespace in site.new_namespaces:
        return
    warnings = site.api.connection.warnings
    warnings.clear()  # each is noted once for a connection, and may be about several objects
    obj = placed(manifest.plain, manifest.namespace if namespaced else "")
    try:
        template = mapping(_apply(site, obj), "spec", "template")
    except ClusterError as error:
        if error.status in _ENDS:
            raise
        if verb := lacking_right(error):
            namespace = manifest.namespace if namespaced else ""
            site.refuse(verb, manifest.api_version, manifest.kind, namespace, at(manifest))
            return
        yield from complaints_of(error, manifest)
    else:
        if template:  # and no more of the answer, which may be a Secret
            site.templates[Ref.of(obj)] = template
    for warning in warnings:
        yield _warned(manifest, warning)


def _apply(site: Site, obj: Object) -> Object:
    """Not tried again where the answer will be the same: an unknown field is a 500 as well."""
    try:
        return site.api.apply(obj, force=True, dry_run=True, once=True)
    except ClusterError as error:
        if error.status not in _LOST:
            raise
    return site.api.apply(obj, force=True, dry_run=True)


def _warned(manifest: Manifest, warning: str) -> Complaint:
    said = " ".join(warning.split())
    if manifest.kind == "Secret":
        said = "what it says is not repeated here, since it may hold a value"
    message = f"the API server warns of {manifest.kind} {manifest.name}{of_hook(manifest)}: {said}"
    return about(WARNED, _warned_at(manifest, warning), message, severity=Severity.WARNING)


def _warned_at(manifest: Manifest, warning: str) -> ManifestPlace:
    field = warning.partition(": ")[0]
    if manifest.kind == "Secret":
        return at(manifest, "metadata", "name")  # another line may hold a value
    if annotation := _ANNOTATION.match(warning):
        route: tuple[str | int, ...] = ("metadata", "annotations", annotation[1])
    elif _VERSION.match(warning):
        route = ("apiVersion",)
    elif _POD_SECURITY in warning:
        route = next((way for way, _ in pods_of(manifest)), ("spec",))
    elif ": " in warning and starts_in(field, manifest.plain):
        route = route_of(field, manifest.plain)
    else:
        route = ()
    return ManifestPlace(manifest, route, absent=find(manifest.node, route) is None)
