"""Applications and ApplicationSets that a chart renders: an app-of-apps that is a chart itself."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from plate_llm_cli.gitops.application_sets.expansion import expand
from plate_llm_cli.gitops.application_sets.made import name_origins
from plate_llm_cli.gitops.application_sets.sources import GitFiles
from plate_llm_cli.gitops.applications import API_GROUP, read_application
from plate_llm_cli.gitops.resolve import resolve

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from plate_llm_cli.gitops.applications import Application
    from plate_llm_cli.gitops.discovery import Discovery
    from plate_llm_cli.gitops.releases import Release, ReleaseProblem
    from plate_llm_cli.graph.manifests import Manifest
    from plate_llm_cli.helm.engine import HelmEngine
    from plate_llm_cli.source.tree import Tree

MAX_GENERATIONS = 5
"""Applications that render Applications that render Applications: no team goes further."""


@dataclass(slots=True)
class Nested:
    """The releases of Applications that charts render.

    `set_problems` are what keeps ApplicationSets among the objects from being expanded.
    """

    releases: list[Release] = field(default_factory=list)
    set_problems: list[ReleaseProblem] = field(default_factory=list)


def nested_releases(
    manifests: Iterable[Manifest],
    known: Iterable[Release],
    discovery: Discovery,
    tree: Tree,
    engine: HelmEngine,
) -> Nested:
    """The Applications among `manifests` and those of ApplicationSets, without those `known`."""
    seen = {release.application.identity for release in known}
    # A file of the tree that is an Application counts, whoever else renders one of that name.
    seen.update(application.identity for application in discovery.applications)
    found = Nested()
    git = GitFiles(tree, discovery.home)
    for manifest in manifests:
        if not _is_argocd(manifest):
            continue
        for application in _applications(manifest, git, engine, found):
            if application.identity not in seen:
                seen.add(application.identity)
                release = resolve(application, tree, discovery.home)
                name_origins(release)
                found.releases.append(release)
    return found


def _is_argocd(manifest: Manifest) -> bool:
    ours = manifest.api_version.startswith(API_GROUP)
    return ours and manifest.chart is not None and not manifest.hook


def _applications(
    manifest: Manifest, git: GitFiles, engine: HelmEngine, found: Nested
) -> Iterator[Application]:
    if manifest.kind == "Application":
        yield read_application(manifest.file, manifest.node)
    elif manifest.kind == "ApplicationSet":
        expansion = expand(manifest.file, manifest.node, git, lambda: engine)
        found.set_problems += expansion.problems
        yield from expansion.applications
