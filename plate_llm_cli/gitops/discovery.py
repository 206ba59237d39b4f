"""Finds every Application and AppProject below a root."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from plate_llm_cli.gitops.applications import argo_objects, read_application
from plate_llm_cli.gitops.releases import ProblemKind, Release, ReleaseProblem
from plate_llm_cli.gitops.repository import Home
from plate_llm_cli.gitops.resolve import resolve

if TYPE_CHECKING:
    from plate_llm_cli.gitops.applications import Application
    from plate_llm_cli.source.nodes import Mapping, SourceFile
    from plate_llm_cli.source.tree import Tree

_ARGO = b"argoproj.io/"
"""A file without these bytes holds no ArgoCD object: most of a tree is never parsed."""
_CRD = b"CustomResourceDefinition"


@dataclass(slots=True)
class Discovery:
    """What the tree deploys.

    `others` are ArgoCD objects of other kinds, as (kind, file, root); `crds` are the files that
    hold CustomResourceDefinitions, charts' own ones included.
    """

    applications: list[Application] = field(default_factory=list)
    others: list[tuple[str, SourceFile, Mapping]] = field(default_factory=list)
    releases: list[Release] = field(default_factory=list)
    crds: list[str] = field(default_factory=list)


def discover(tree: Tree, repo_url: str = "") -> Discovery:
    """Every Application of the tree, resolved; sorted by name, then by file."""
    found = Discovery()
    for path in tree.walk():
        data = _bytes(tree, path)
        if _CRD in data:
            found.crds.append(path)
        if _ARGO not in data:
            continue
        file = tree.read(path)
        for kind, node in argo_objects(file):
            if kind == "Application":
                found.applications.append(read_application(file, node))
            else:
                found.others.append((kind, file, node))
    found.applications.sort(key=lambda item: (item.name, item.file.path))
    sources = [source for item in found.applications for source in item.sources]
    home = Home(tree, sources, repo_url)
    found.releases = [resolve(item, tree, home) for item in found.applications]
    _report_duplicates(found.releases)
    return found


def _bytes(tree: Tree, path: str) -> bytes:
    try:
        return (tree.root / path).read_bytes()
    except OSError:
        # Unreadable or a dangling link: a file that nobody names is not our concern, and one that
        # is named is read again by its name, which turns the reason into a problem.
        return b""


def _report_duplicates(releases: list[Release]) -> None:
    first: dict[tuple[str, str], Release] = {}
    for release in releases:
        application = release.application
        key = (application.text("metadata", "namespace"), application.name)
        earlier = first.setdefault(key, release)
        if earlier is release:
            continue
        before = earlier.application
        release.problems.append(
            ReleaseProblem(
                ProblemKind.DUPLICATE_NAME,
                f"an Application named {application.name} exists already",
                "ArgoCD keeps one of them: rename or remove the other",
                application.file,
                application.name_node.span,
                ((before.file, before.name_node.span, "the first one"),),
            )
        )
