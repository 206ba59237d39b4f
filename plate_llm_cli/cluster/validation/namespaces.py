"""Whether the namespaces are there, or will be."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plate_llm_cli.cluster.objects import Ref
from plate_llm_cli.cluster.validation.complaints import (
    NO_NAMESPACE,
    UNCHECKED,
    Complaint,
    at,
)
from plate_llm_cli.errors import MissingKindError
from plate_llm_cli.findings import Severity
from plate_llm_cli.gitops.applications import items_of, text_of
from plate_llm_cli.graph.places import FilePlace
from plate_llm_cli.source.nodes import find

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plate_llm_cli.cluster.validation.site import Site
    from plate_llm_cli.gitops.releases import Release
    from plate_llm_cli.graph.manifests import Manifest
    from plate_llm_cli.graph.places import Place

_OPTIONS = ("spec", "syncPolicy", "syncOptions")


def namespaces(site: Site) -> Iterator[Complaint]:
    """Namespaces that are not there; `site` remembers them."""
    first: dict[str, Manifest] = {}
    for manifest in site.manifests:
        if _is_namespaced(site, manifest):
            first.setdefault(manifest.namespace, manifest)
    for name, manifest in first.items():
        look = site.look(Ref("v1", "Namespace", "", name), at(manifest, "metadata", "namespace"))
        if look.absent:
            site.new_namespaces.add(name)
            yield _absent(site, manifest, name)


def _is_namespaced(site: Site, manifest: Manifest) -> bool:
    try:
        return site.api.kind(manifest.api_version, manifest.kind).namespaced
    except MissingKindError:
        return False


def _absent(site: Site, manifest: Manifest, name: str) -> Complaint:
    place, releases = _place(manifest, name), (manifest.release.name,)
    if site.makes("Namespace", "", name) or _is_created(manifest.release, name):
        message = f"namespace {name} comes with the first sync: what goes there cannot be tried yet"
        return Complaint(UNCHECKED, place, message, "", Severity.INFO, releases)
    hint = "create it, or add CreateNamespace=true to syncPolicy.syncOptions"
    return Complaint(NO_NAMESPACE, place, f"there is no namespace {name}", hint, releases=releases)


def _place(manifest: Manifest, name: str) -> Place:
    """Where the Application names it, else where the object does."""
    application = manifest.release.application
    node = find(application.node, ("spec", "destination", "namespace"))
    if node is None or name != manifest.release.namespace:
        return at(manifest, "metadata", "namespace")
    return FilePlace.of(application.file, node)


def _is_created(release: Release, name: str) -> bool:
    options = items_of(find(release.application.node, _OPTIONS))
    return name == release.namespace and "CreateNamespace=true" in map(text_of, options)
