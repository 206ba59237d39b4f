"""What a rendered deployment says of its Applications and AppProjects."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from plate_llm_cli.gitops.generation.facts import ApplicationFacts
from plate_llm_cli.gitops.generation.needs import needs_of
from plate_llm_cli.gitops.generation.project import NAMESPACE_WHY, AllowedKind, ProjectFacts
from plate_llm_cli.graph.scopes import of_cluster
from plate_llm_cli.graph.secret_fields import at, text
from plate_llm_cli.graph.sync_waves import sync_waves

if TYPE_CHECKING:
    from collections.abc import Collection

    from plate_llm_cli.gitops.releases import Release
    from plate_llm_cli.graph.deployment import Deployment
    from plate_llm_cli.graph.manifests import Manifest

_HOOK: Final = "helm.sh/hook"
_TESTS: Final = frozenset({"test", "test-success", "test-failure"})
"""Hooks of `helm test`, which ArgoCD passes over."""


def application_facts(deployment: Deployment) -> dict[Release, ApplicationFacts]:
    """What follows from the objects of every Application; where some are not known, it is absent.

    What only the Application itself can say stands in its file.
    """
    waves = sync_waves(deployment)
    unknown = set(deployment.half_known)
    applied = _applied(deployment)
    return {
        release: ApplicationFacts(
            release.name,
            needs=needs_of(
                (item.plain for item in applied[release]),
                release.namespace,
                waves.get(release),
                whole=not release.problems,
            ),
        )
        for release in deployment.releases
        if release not in unknown
    }


def project_facts(
    deployment: Deployment, project: tuple[str, str], creating: Collection[Release]
) -> ProjectFacts:
    """What the Applications of `project` (name, namespace) use, as far as it is known.

    `creating` are the releases whose namespace ArgoCD makes.
    """
    members = [
        release
        for release in deployment.releases
        if (release.application.project, release.application.identity[0]) == project
    ]
    uses = _Uses(deployment.scopes)
    applied = _applied(deployment)
    for release in members:
        uses.note_application(release, creates=release in creating)
        for manifest in applied[release]:
            uses.note(manifest)
    return ProjectFacts(
        project[0],
        tuple(uses.repositories),
        tuple(uses.destinations),
        tuple(uses.cluster_kinds.values()),
        tuple(uses.kinds.values()),
    )


def _applied(deployment: Deployment) -> dict[Release, list[Manifest]]:
    """What ArgoCD applies of each release."""
    found: dict[Release, list[Manifest]] = {release: [] for release in deployment.releases}
    for manifest in deployment.manifests:
        hooks = text(at(manifest.plain, "metadata", "annotations", _HOOK)).split(",")
        if not {hook.strip() for hook in hooks} <= _TESTS:
            found[manifest.release].append(manifest)
    return found


class _Uses:
    """Collects what the Applications of one project use, each thing once, in their order."""

    def __init__(self, scopes: dict[tuple[str, str], str]) -> None:
        self._scopes = scopes
        self.repositories: dict[str, None] = {}
        self.destinations: dict[tuple[str, str], None] = {}
        self.cluster_kinds: dict[tuple[str, str, str], AllowedKind] = {}
        self.kinds: dict[tuple[str, str], AllowedKind] = {}

    def note_application(self, release: Release, *, creates: bool) -> None:
        """Its repositories, its destination, and the namespace that ArgoCD may have to make."""
        for source in release.application.sources:
            if source.repo_url:
                self.repositories[source.repo_url] = None
        self.destinations[release.place] = None
        if creates:
            wanted = AllowedKind("", "Namespace", NAMESPACE_WHY, release.namespace)
            self.cluster_kinds["", "Namespace", release.namespace] = wanted

    def note(self, manifest: Manifest) -> None:
        """The kind of an object, and where it goes."""
        group, kind = manifest.api_version.rpartition("/")[0], manifest.kind
        why = f"{manifest.chart.part.chart_name if manifest.chart else manifest.release.name}."
        if of_cluster(group, kind, self._scopes):
            name = manifest.name if (group, kind) == ("", "Namespace") else ""
            self.cluster_kinds.setdefault((group, kind, name), AllowedKind(group, kind, why, name))
        elif kind:
            self.kinds.setdefault((group, kind), AllowedKind(group, kind, why))
            self.destinations[manifest.release.application.cluster, manifest.namespace] = None
