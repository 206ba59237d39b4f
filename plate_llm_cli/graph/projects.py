"""AppProjects as ArgoCD reads them: which sources, destinations and kinds they allow.

Facts are from argo-cd's `pkg/apis/application/v1alpha1/app_project_types.go` (3.x) and
`util/git/git.go`. An answer of None says that it cannot be told from the tree.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from plate_llm_cli.gitops.applications import ARGO_NAMESPACE, IN_CLUSTER
from plate_llm_cli.graph.places import FilePlace, ManifestPlace
from plate_llm_cli.graph.scopes import known_scope
from plate_llm_cli.graph.secret_fields import at, mappings, text, texts
from plate_llm_cli.source.nodes import nearest
from plate_llm_cli.source.plain import to_plain

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from plate_llm_cli.graph.deployment import Deployment
    from plate_llm_cli.graph.manifests import Manifest
    from plate_llm_cli.graph.places import Place
    from plate_llm_cli.source.nodes import Mapping as Node
    from plate_llm_cli.source.nodes import Route, SourceFile

_SSH: Final = re.compile(r"^(?:ssh://)?[^/:]*@[^@]+$")
_PIECES: Final = re.compile(r"\*\*|\[[^\[\]]+\]|.", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a project does not allow something; `route` leads to what says so in the project."""

    route: Route
    listed: bool
    """Whether an entry forbids it; else no entry allows it."""


@dataclass(frozen=True, slots=True, eq=False)
class Project:
    """An AppProject of the tree: in a file, or rendered by a chart."""

    plain: dict[str, Any]
    home: Manifest | tuple[SourceFile, Node]

    @property
    def name(self) -> str:
        """Its name."""
        return text(at(self.plain, "metadata", "name"))

    @property
    def namespace(self) -> str:
        """Its namespace, which is that of its ArgoCD."""
        return text(at(self.plain, "metadata", "namespace")) or ARGO_NAMESPACE

    def place(self, route: Route) -> Place:
        """Where `route` of it stands, or the part of it that is there."""
        if isinstance(self.home, tuple):
            file, node = self.home
            return FilePlace(file, nearest(node, route)[0])
        return ManifestPlace(self.home, nearest(self.home.node, route)[1])

    def names_in(self, field: str) -> tuple[str, ...]:
        """The repositories of `sourceRepos`, or the namespaces of `destinations`, without globs."""
        listed = at(self.plain, "spec", field)
        spaces = (text(item.get("namespace")) for _, item in mappings(listed))
        return tuple(name for name in (*texts(listed), *spaces) if not set(name) & set("*!?[{"))

    def refuses_source(self, repository: str) -> Refusal | None:
        """Why Applications may not use `repository`, or None where they may."""
        route, url = ("spec", "sourceRepos"), _normalised(repository)
        allowed = False
        for index, pattern in enumerate(texts(at(self.plain, *route))):
            denies = pattern.startswith("!")
            hit = glob_matches(_normalised(pattern.removeprefix("!")), url, "/")
            if denies and hit:
                return Refusal((*route, index), listed=True)
            allowed = allowed or hit != denies
        return None if allowed else Refusal(route, listed=False)

    def refuses_destination(self, cluster: str, namespace: str) -> Refusal | None:
        """Why nothing may go to `namespace` of `cluster`, or None where it may or might.

        `cluster` is its address or its name; the other one is known of ArgoCD's own alone.
        """
        route, allowed = ("spec", "destinations"), False
        server = cluster if "://" in cluster else ""
        name = "in-cluster" if cluster == IN_CLUSTER else "" if server else cluster
        for index, item in mappings(at(self.plain, *route)):
            pairs = ((text(item.get("server")), server), (text(item.get("name")), name))
            there = [_deny_or_match(pattern, value) for pattern, value in pairs]
            inside = _deny_or_match(text(item.get("namespace")), namespace)
            if any(answer is None for answer in there) and True not in there and inside:
                return None
            if True in there and inside:
                allowed = True
            elif _denies(item, there, inside=bool(inside)):
                return Refusal((*route, index), listed=True)
        return None if allowed else Refusal(route, listed=False)

    def refuses_kind(
        self, group: str, kind: str, name: str, scopes: Mapping[tuple[str, str], str]
    ) -> Refusal | None:
        """Why no object of that kind and name may be deployed, or None where it may or might."""
        scope = known_scope(group, kind, scopes)
        if scope == "Cluster":
            return self._refused("cluster", group, kind, name, needs_list=True)
        if scope == "Namespaced":
            return self._refused("namespace", group, kind, name, needs_list=False)
        in_cluster = self._refused("cluster", group, kind, name, needs_list=True)
        return in_cluster and self._refused("namespace", group, kind, name, needs_list=False)

    def _refused(
        self, scope: str, group: str, kind: str, name: str, *, needs_list: bool
    ) -> Refusal | None:
        """What the two lists of a scope have against a kind; without one, all may be allowed."""
        black, white = f"{scope}ResourceBlacklist", f"{scope}ResourceWhitelist"
        for index, item in mappings(at(self.plain, "spec", black)):
            if _is_kind(item, group, kind, name):
                return Refusal(("spec", black, index), listed=True)
        listed = list(mappings(at(self.plain, "spec", white)))
        if not listed and not needs_list:
            return None
        if any(_is_kind(item, group, kind, name) for _, item in listed):
            return None
        return Refusal(("spec", white), listed=False)


def projects_of(deployment: Deployment) -> Iterator[Project]:
    """Every AppProject of the tree, those that charts render included."""
    for kind, file, node in deployment.discovery.others:
        plain = to_plain(node)
        if kind == "AppProject" and isinstance(plain, dict):
            yield Project(plain, (file, node))
    for manifest in deployment.manifests:
        ours = manifest.api_version.startswith("argoproj.io/")
        if manifest.chart is not None and ours and manifest.kind == "AppProject":
            yield Project(manifest.plain, manifest)


def glob_matches(pattern: str, value: str, separator: str = "") -> bool:
    """Whether a glob of ArgoCD's matches; `*` stops at `separator`, `**` does not."""
    return pattern == "*" or _compiled(pattern, separator).fullmatch(value) is not None


@lru_cache(maxsize=4096)
def _compiled(pattern: str, separator: str) -> re.Pattern[str]:
    inside = f"[^{re.escape(separator)}]" if separator else "."
    meanings = {"**": ".*", "*": f"{inside}*", "?": inside, "{": "(?:", "}": ")"}
    found, depth = "", 0
    for piece in _PIECES.findall(pattern):
        depth += {"{": 1, "}": -1}.get(piece, 0)
        if piece.startswith("[") and len(piece) > 1:
            found += f"[^{piece[2:]}" if piece[1] == "!" else piece
        elif piece == "," and depth:
            found += "|"
        else:
            found += meanings.get(piece, re.escape(piece))
    try:
        return re.compile(found, re.DOTALL)
    except re.error:
        return re.compile(".*", re.DOTALL)  # nothing is said of a pattern that nobody can read


def _deny_or_match(pattern: str, value: str) -> bool | None:
    """As ArgoCD has it, `!x` matches all but x; None where the value is not known."""
    if not value:
        return None if pattern else False
    if pattern.startswith("!"):
        return not glob_matches(pattern[1:], value)
    return glob_matches(pattern, value)


def _denies(item: Mapping[str, Any], there: list[bool | None], *, inside: bool) -> bool:
    """Whether one of the patterns that begin with `!` is the reason not to match."""
    answers = (*zip(("server", "name"), there, strict=True), ("namespace", inside))
    return any(
        answer is False and text(item.get(field)).startswith("!") for field, answer in answers
    )


def _is_kind(item: Mapping[str, Any], group: str, kind: str, name: str) -> bool:
    named = text(item.get("name"))
    return (
        fnmatchcase(group, text(item.get("group")))
        and fnmatchcase(kind, text(item.get("kind")))
        and (not named or fnmatchcase(name, named))
    )


def _normalised(url: str) -> str:
    """A URL as ArgoCD compares it: the same repository by SSH and by HTTPS are two."""
    found = url.strip().lower()
    if _SSH.match(found) and not found.startswith("ssh://"):
        found = found.replace(":", "/", 1)
    return found.removesuffix(".git").removeprefix("ssh://")
