"""Applications that a chart renders: an app-of-apps that is a chart itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plate_llm_cli.gitops.applications import API_GROUP, read_application
from plate_llm_cli.gitops.resolve import resolve

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from plate_llm_cli.gitops.applications import Application
    from plate_llm_cli.gitops.discovery import Discovery
    from plate_llm_cli.gitops.releases import Release
    from plate_llm_cli.graph.manifests import Manifest
    from plate_llm_cli.source.tree import Tree

MAX_GENERATIONS = 5
"""Applications that render Applications that render Applications: no team goes further."""


def nested_releases(
    manifests: Iterable[Manifest], known: Iterable[Release], discovery: Discovery, tree: Tree
) -> list[Release]:
    """The releases of the Applications among `manifests`, those left out that are `known`."""
    seen = {release.application.identity for release in known}
    # A file of the tree that is an Application counts, whoever else renders one of that name.
    seen.update(application.identity for application in discovery.applications)
    found = []
    for application in _applications(manifests):
        if application.identity not in seen:
            seen.add(application.identity)
            found.append(resolve(application, tree, discovery.home))
    return found


def _applications(manifests: Iterable[Manifest]) -> Iterator[Application]:
    for manifest in manifests:
        ours = manifest.kind == "Application" and manifest.api_version.startswith(API_GROUP)
        if ours and manifest.chart is not None and not manifest.hook:
            yield read_application(manifest.file, manifest.node)
