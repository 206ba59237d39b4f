"""An AppProject that allows what its Applications deploy.

Entries are added and never taken away: what else a project allows is a person's decision.
"""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any, Final

from plate_llm_cli.gitops.applications import IN_CLUSTER
from plate_llm_cli.gitops.repository import normalise_url

if TYPE_CHECKING:
    from collections.abc import Mapping

    from plate_llm_cli.gitops.generation.draft import Draft
    from plate_llm_cli.source.nodes import Plain

_DESTINATIONS: Final = ("spec", "destinations")
_REPOSITORIES: Final = ("spec", "sourceRepos")
_CLUSTER_KINDS: Final = ("spec", "clusterResourceWhitelist")
_KINDS: Final = ("spec", "namespaceResourceWhitelist")
NAMESPACE_WHY: Final = "CreateNamespace=true counts as a resource of the Application."


@dataclass(frozen=True, slots=True)
class AllowedKind:
    """A kind that is deployed; `name` is the one object of it that has to be allowed, or ''."""

    group: str
    kind: str
    why: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class ProjectFacts:
    """What the Applications of the project `name` take and deploy.

    `destinations` are (cluster, namespace); the cluster is its address, else its name.
    """

    name: str
    repositories: tuple[str, ...] = ()
    destinations: tuple[tuple[str, str], ...] = ()
    cluster_kinds: tuple[AllowedKind, ...] = ()
    kinds: tuple[AllowedKind, ...] = ()


def extend_project(draft: Draft, facts: ProjectFacts) -> None:
    """Allow what is not allowed yet in the AppProject that `draft` holds."""
    for repository in facts.repositories:
        if not any(_same_repository(item, repository) for item in draft.items(_REPOSITORIES)):
            draft.add(_REPOSITORIES, repository)
    for cluster, namespace in facts.destinations:
        if not any(_reaches(item, cluster, namespace) for item in draft.items(_DESTINATIONS)):
            field = "server" if "://" in cluster else "name"
            draft.add(_DESTINATIONS, {field: cluster, "namespace": namespace})
    for kind in facts.cluster_kinds:
        _allow(draft, _CLUSTER_KINDS, kind)
    # Without a list every kind is allowed; to begin one would forbid all others.
    if draft.has(_KINDS):
        for kind in facts.kinds:
            _allow(draft, _KINDS, kind)


def _same_repository(item: Plain, repository: str) -> bool:
    text = str(item)
    return fnmatchcase(repository, text) or normalise_url(text) == normalise_url(repository)


def _reaches(item: Plain, cluster: str, namespace: str) -> bool:
    entry = _mapping(item)
    named = IN_CLUSTER if entry.get("name") == "in-cluster" else entry.get("name")
    pattern = str(entry.get("server") or named or "")
    return fnmatchcase(cluster, pattern) and fnmatchcase(
        namespace, str(entry.get("namespace") or "")
    )


def _allow(draft: Draft, route: tuple[str, str], wanted: AllowedKind) -> None:
    if any(_allows(item, wanted) for item in draft.items(route)):
        return
    fields: dict[str, Plain] = {"group": wanted.group, "kind": wanted.kind}
    if wanted.name:
        fields["name"] = wanted.name
    why = (wanted.why,)
    draft.add(route, fields, () if _last_comment(draft, route) == why else why)


def _last_comment(draft: Draft, route: tuple[str, str]) -> tuple[str, ...]:
    """What is said above the last entries of a list."""
    indexes = reversed(range(len(draft.items(route))))
    return next(filter(None, (draft.comment((*route, index)) for index in indexes)), ())


def _allows(item: Plain, wanted: AllowedKind) -> bool:
    entry = _mapping(item)
    name = str(entry.get("name") or "*")
    return (
        fnmatchcase(wanted.group, str(entry.get("group") or ""))
        and fnmatchcase(wanted.kind, str(entry.get("kind") or ""))
        and (name == "*" or (bool(wanted.name) and fnmatchcase(wanted.name, name)))
    )


def _mapping(item: Plain) -> Mapping[str, Any]:
    return item if isinstance(item, dict) else {}
