"""How much of a cluster is known: what was not rendered may make what seems to be missing."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Final

from plate_llm_cli.gitops.applications import text_of
from plate_llm_cli.gitops.releases import ProblemKind
from plate_llm_cli.graph.secret_uses import place_of
from plate_llm_cli.source.nodes import find

if TYPE_CHECKING:
    from plate_llm_cli.gitops.releases import Release
    from plate_llm_cli.graph.deployment import Deployment
    from plate_llm_cli.graph.secret_uses import ClusterNamespace

_ELSEWHERE: Final = frozenset(
    {
        ProblemKind.REMOTE_SOURCE,
        ProblemKind.UNSUPPORTED_SOURCE,
        ProblemKind.MISSING_PATH,
        ProblemKind.OUTSIDE_ROOT,
        ProblemKind.IGNORED_CHART,
    }
)
"""Problems of a release that leave objects of it unseen."""
_DESTINATION: Final = ("spec", "template", "spec", "destination", "namespace")


class Known:
    """What the releases of a deployment, and of the tree that it is from, let be known."""

    def __init__(self, deployment: Deployment) -> None:
        self._deployment = deployment

    @cached_property
    def releases(self) -> list[Release]:
        """Every release of the tree, rendered or not; those that charts render included."""
        found = [*self._deployment.discovery.releases, *self._deployment.releases]
        return list({id(release): release for release in found}.values())

    def spread(self, release: Release) -> set[ClusterNamespace]:
        """The namespaces that a release goes to: its objects may name others than its own."""
        return self._spreads.get(id(release), {release.place})

    def is_known(self, place: ClusterNamespace) -> bool:
        """Whether everything that the tree deploys to `place`, or over it, was seen."""
        if any(name == place[1] or "{{" in name for name in self._unexpanded):
            return False
        return place[0] not in self._unseen_clusters and place not in self._unseen_places

    @cached_property
    def _unseen_clusters(self) -> set[str]:
        """The clusters of releases that were not rendered, or not wholly: they may go anywhere."""
        return {
            release.application.cluster
            for release in self.releases
            if id(release) not in self._rendered or id(release) in self._half_known
        }

    @cached_property
    def _unseen_places(self) -> set[ClusterNamespace]:
        """The namespaces of releases of which a part is made from what is not in the tree."""
        return {
            place
            for release in self.releases
            if _is_elsewhere(release)
            for place in self.spread(release)
            if place[0] == release.application.cluster
        }

    @cached_property
    def _unexpanded(self) -> set[str]:
        """The namespaces, as they are written, of what ApplicationSets make that is not known."""
        kinds = (ProblemKind.UNEXPANDED_SET, ProblemKind.INVALID_SET)
        found = [item for item in self._deployment.set_problems if item.kind in kinds]
        if not found:
            return set()
        files = {id(item.file) for item in found}
        sets = list(self._deployment.discovery.application_sets)
        sets += [
            (item.file, item.node)
            for item in self._deployment.manifests
            if item.chart is not None and item.kind == "ApplicationSet"
        ]
        return {
            text_of(find(node, _DESTINATION)) or "default"
            for file, node in sets
            if id(file) in files
        }

    @cached_property
    def _spreads(self) -> dict[int, set[ClusterNamespace]]:
        found: dict[int, set[ClusterNamespace]] = {}
        for manifest in self._deployment.manifests:
            release = manifest.release
            found.setdefault(id(release), {release.place}).add(place_of(manifest))
        return found

    @cached_property
    def _rendered(self) -> set[int]:
        return {id(release) for release in self._deployment.releases}

    @cached_property
    def _half_known(self) -> set[int]:
        return {id(release) for release in self._deployment.half_known}


def _is_elsewhere(release: Release) -> bool:
    return any(problem.kind in _ELSEWHERE for problem in release.problems)
