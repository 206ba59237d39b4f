"""The releases around a secrets spec: which of them its environments mean."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plate_llm_cli.gitops.environments import resolve_environment
from plate_llm_cli.gitops.releases import ProblemKind

if TYPE_CHECKING:
    from plate_llm_cli.gitops.releases import Release
    from plate_llm_cli.graph.deployment import Deployment
    from plate_llm_cli.graph.known import Known
    from plate_llm_cli.graph.secret_uses import ClusterNamespace
    from plate_llm_cli.secrets.spec import PathSpec


class Surroundings:
    """The releases of a deployment and of the tree that it is from."""

    def __init__(self, deployment: Deployment) -> None:
        self._deployment = deployment

    @property
    def known(self) -> Known:
        """How much of the clusters is known."""
        return self._deployment.known

    def release_of(self, environment: str) -> Release | None:
        """The release that a name in the spec means."""
        return resolve_environment(environment, self.known.releases, self._deployment.primary)

    def places_of(self, path: PathSpec) -> set[ClusterNamespace] | None:
        """Where the environments of `path` are; None when one of them is unknown."""
        if any(self.release_of(name) is None for name in path.environments):
            return None
        return self.known_places_of(path)

    def known_places_of(self, path: PathSpec) -> set[ClusterNamespace]:
        """Where those environments of `path` are that are known."""
        found = (self.release_of(name) for name in path.environments)
        places = {release.place for release in found if release is not None}
        sharing = [release for release in self.known.releases if release.place in places]
        return places.union(*(self.known.spread(release) for release in sharing))

    def releases_at(self, places: frozenset[ClusterNamespace]) -> tuple[str, ...]:
        """The names of the releases that go to `places`."""
        named = {
            release.name for release in self.known.releases if self.known.spread(release) & places
        }
        return tuple(sorted(named))

    def is_split(self, path: PathSpec, place: ClusterNamespace) -> bool:
        """Whether `place` is, by its releases' names, that of an environment of `path`.

        The one that gives the environment its name goes elsewhere then, which is the mistake.
        """
        there = self.releases_at(frozenset({place}))
        return any(
            name.endswith(f"-{environment}")
            for environment in path.environments
            if environment not in there
            for name in there
        )

    @property
    def has_namesakes(self) -> bool:
        """Whether two Applications have one name."""
        problems = (problem for release in self.known.releases for problem in release.problems)
        return any(problem.kind is ProblemKind.DUPLICATE_NAME for problem in problems)
