"""Finds every Application and AppProject below a root."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from plate_llm_cli.gitops.application_sets.expansion import expand
from plate_llm_cli.gitops.application_sets.made import name_origins
from plate_llm_cli.gitops.application_sets.sources import (
    GitFiles,
    generator_sources,
    template_sources,
)
from plate_llm_cli.gitops.applications import argo_objects, read_application
from plate_llm_cli.gitops.kustomize import patch_files
from plate_llm_cli.gitops.releases import ProblemKind, Release, ReleaseProblem
from plate_llm_cli.gitops.repository import Home
from plate_llm_cli.gitops.resolve import resolve
from plate_llm_cli.gitops.value_files import value_file_refs
from plate_llm_cli.source.reader import parse_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from plate_llm_cli.gitops.applications import Application, ApplicationSource
    from plate_llm_cli.helm.engine import HelmEngine
    from plate_llm_cli.source.nodes import Mapping, SourceFile
    from plate_llm_cli.source.tree import Tree

_ARGO = b"argoproj.io/"
"""A file without these bytes holds no ArgoCD object: most of a tree is never parsed."""
_SET = b"ApplicationSet"
_TEMPLATED = re.compile(rb"^[ -]*(?:[\w./-]+:[ ]+)?\{[{%]", re.MULTILINE)
"""A value or a line that begins with the braces of Go, Jinja and their like."""
_CRD = b"CustomResourceDefinition"


@dataclass(slots=True)
class Discovery:
    """What the tree deploys.

    `others` are ArgoCD objects of other kinds, as (kind, file, root); `crds` are the files that
    hold CustomResourceDefinitions, charts' own ones included. `home` tells sources in this tree
    from others.
    """

    home: Home
    applications: list[Application] = field(default_factory=list)
    others: list[tuple[str, SourceFile, Mapping]] = field(default_factory=list)
    releases: list[Release] = field(default_factory=list)
    crds: list[str] = field(default_factory=list)
    set_problems: list[ReleaseProblem] = field(default_factory=list)
    """What keeps ApplicationSets from being expanded, or from making anything."""

    @property
    def application_sets(self) -> list[tuple[SourceFile, Mapping]]:
        """Every ApplicationSet of the tree."""
        return [(file, node) for kind, file, node in self.others if kind == "ApplicationSet"]


def discover(
    tree: Tree, repo_url: str = "", engine: Callable[[], HelmEngine] | None = None
) -> Discovery:
    """Every Application of the tree, resolved; sorted by name, then by file.

    Those that ApplicationSets make are among them; `engine` is asked for where a set has Go
    templates, and without it no set is expanded.

    Raises:
        EngineError: Helm is needed, and cannot be had.
    """
    found = Discovery(Home(tree, [], repo_url))
    paths = list(tree.walk())
    patches = patch_files(tree, paths)
    for path in paths:
        data = tree.data(path)
        if _CRD in data:
            found.crds.append(path)
        if _ARGO in data and path not in patches and not _is_template(data):
            _take_objects(found, tree.read(path))
    if engine is not None and found.application_sets:
        _expand_sets(found, tree, repo_url, engine)
    found.applications.sort(key=lambda item: (item.name, item.file.path))
    found.home = _home(tree, found.applications, repo_url)
    found.releases = [resolve(item, tree, found.home) for item in found.applications]
    _report_duplicates(found.releases)
    for release in found.releases:
        name_origins(release)
    return found


def _home(
    tree: Tree,
    applications: Iterable[Application],
    repo_url: str,
    hints: Iterable[ApplicationSource] = (),
) -> Home:
    known = list(applications)
    sources = [source for item in known for source in item.sources]
    refs = [ref for item in known for ref in value_file_refs(item)]
    return Home(tree, [*sources, *hints], repo_url, refs)


def _expand_sets(
    found: Discovery, tree: Tree, repo_url: str, engine: Callable[[], HelmEngine]
) -> None:
    sets = found.application_sets
    hints = [source for file, node in sets for source in template_sources(file, node)]
    home = _home(tree, found.applications, repo_url, hints)
    if not home.known:  # a pattern fits many repositories, and says less than a path
        hints = [source for _, node in sets for source in generator_sources(node)]
        home = _home(tree, found.applications, repo_url, hints)
    git = GitFiles(tree, home)
    known = {item.identity for item in found.applications}
    for file, node in sets:
        expansion = expand(file, node, git, engine)
        found.set_problems += expansion.problems
        for application in expansion.applications:
            if application.identity in known:
                found.set_problems.append(_made_twice(application, found.applications))
            else:
                found.applications.append(application)


def _made_twice(application: Application, known: Iterable[Application]) -> ReleaseProblem:
    file = next(item for item in known if item.identity == application.identity)
    return ReleaseProblem(
        ProblemKind.NAMESAKE,
        f"the ApplicationSet makes an Application named {application.name}, which exists already",
        "remove the file, unless it belongs to an ArgoCD of its own: the set takes it over",
        application.file,
        application.name_node.span,
        ((file.file, file.name_node.span, "the file that has it"), *application.origins),
    )


def _take_objects(found: Discovery, file: SourceFile) -> None:
    for kind, node in argo_objects(file):
        if kind == "Application":
            found.applications.append(read_application(file, node))
        else:
            found.others.append((kind, file, node))


def _is_template(data: bytes) -> bool:
    """True for what another tool makes Applications of, such as a skeleton for new services.

    In an ApplicationSet, braces without quotes are a mistake that is worth a finding.
    """
    if _SET in data or not _TEMPLATED.search(data):
        return False
    # In a text block, such as an alert's wording, such lines are as good as any other.
    return parse_text(data.decode(errors="replace"), "").broken


def _report_duplicates(releases: list[Release]) -> None:
    """Two of one name in one folder, or in what one Application applies, are one object."""
    together = [set(part.files) for release in releases for part in release.manifests]
    first: dict[tuple[str, str], list[Application]] = {}
    for release in releases:
        application = release.application
        known = first.setdefault(application.identity, [])
        paths = [before.file.path for before in known]
        sure = [_meet(path, application.file.path, together) for path in paths]
        if known:
            before = known[sure.index(True)] if any(sure) else known[0]
            release.problems.append(_duplicate(application, before, sure=any(sure)))
        known.append(application)


def _meet(one: str, other: str, together: list[set[str]]) -> bool:
    """Whether the same ArgoCD is sure to see both files: many teams have a folder for each one."""
    if one.rpartition("/")[0] == other.rpartition("/")[0]:
        return True
    return any(one in files and other in files for files in together)


def _duplicate(application: Application, before: Application, *, sure: bool) -> ReleaseProblem:
    help_text = "ArgoCD keeps one of them: rename or remove the other"
    first = before.origins[-1][:2] if before.is_made else (before.file, before.name_node.span)
    return ReleaseProblem(
        ProblemKind.DUPLICATE_NAME if sure else ProblemKind.NAMESAKE,
        f"an Application named {application.name} exists already",
        help_text if sure else "rename one, unless each folder belongs to an ArgoCD of its own",
        application.file,
        application.name_node.span,
        ((*first, "the first one"),),
    )
