"""The tree as the git generator sees a repository: its folders and files."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from plate_llm_cli.gitops.application_sets.patterns import (
    doublestar_pattern,
    fixed_part,
    folder_pattern,
    git_pattern,
)
from plate_llm_cli.gitops.applications import (
    ApplicationSource,
    items_of,
    read_application,
    text_of,
)
from plate_llm_cli.source.nodes import Mapping, Scalar, find

if TYPE_CHECKING:
    from plate_llm_cli.gitops.repository import Home
    from plate_llm_cli.source.nodes import Node, SourceFile
    from plate_llm_cli.source.tree import Tree


class GitFiles:
    """Folders and files of `tree`; `home` tells which repository it is."""

    def __init__(self, tree: Tree, home: Home) -> None:
        self.tree = tree
        self.home = home

    @cached_property
    def files(self) -> list[str]:
        """Every file of the tree, sorted by path as ArgoCD sorts them."""
        return sorted(self.tree.walk("", ("",)))

    @cached_property
    def folders(self) -> list[str]:
        """Every folder that has a file somewhere below it, in the order of a walk."""
        found: set[str] = set()
        for path in self.files:
            folder = path.rpartition("/")[0]
            while folder and folder not in found:
                found.add(folder)
                folder = folder.rpartition("/")[0]
        return sorted(found, key=lambda path: path.split("/"))

    def matching_folders(self, pattern: str) -> list[str]:
        """The folders that `pattern` matches."""
        compiled = folder_pattern(pattern)
        return (
            [] if compiled is None else [path for path in self.folders if compiled.fullmatch(path)]
        )

    def matching_files(self, pattern: str) -> tuple[list[str], list[str]]:
        """The files that both of ArgoCD's ways match, and those that only one of them does."""
        git, new = git_pattern(pattern), doublestar_pattern(pattern)
        matches = [
            (path, bool(git and git.fullmatch(path)), bool(new and new.fullmatch(path)))
            for path in self.files
        ]
        return (
            [path for path, one, other in matches if one and other],
            [path for path, one, other in matches if one != other],
        )

    def is_home(self, generator: Mapping) -> bool:
        """Whether the git generator looks at this tree: a pattern fits many repositories."""
        if self.home.known:
            return self.home.is_named(text_of(generator.get("repoURL")))
        return self.matches_something(generator)

    def matches_something(self, generator: Mapping) -> bool:
        """Whether a pattern of the git generator matches a folder or file of the tree."""
        folders = patterns_of(generator, "directories")
        if folders:
            return any(
                self.matching_folders(text_of(item)) for item, excluded in folders if not excluded
            )
        files = patterns_of(generator, "files")
        return any(
            self.matching_files(text_of(item))[0] for item, excluded in files if not excluded
        )


def patterns_of(generator: Mapping, field: str) -> list[tuple[Scalar, bool]]:
    """The `directories` or `files` of a git generator, each with whether it excludes."""
    found = []
    for item in items_of(generator.get(field)):
        path = find(item, ("path",))
        if isinstance(path, Scalar):
            excluded = find(item, ("exclude",))
            found.append((path, isinstance(excluded, Scalar) and excluded.value is True))
    return found


def _git_source(generator: Mapping) -> ApplicationSource:
    """What a git generator reads, as the source of an Application."""
    patterns = patterns_of(generator, "directories") or patterns_of(generator, "files")
    path = fixed_part(text_of(patterns[0][0])) if patterns else ""
    url = text_of(generator.get("repoURL"))
    return ApplicationSource(
        generator, url, path or None, "", "", text_of(generator.get("revision"))
    )


def _git_generators(node: Node | None) -> list[Mapping]:
    """The git generators of an ApplicationSet's `generators`, those inside others included."""
    found = []
    for item in items_of(node):
        git = find(item, ("git",))
        if isinstance(git, Mapping):
            found.append(git)
        for kind in ("matrix", "merge"):
            found += _git_generators(find(item, (kind, "generators")))
    return found


def template_sources(file: SourceFile, node: Mapping) -> list[ApplicationSource]:
    """The sources of an ApplicationSet's template that are the same for every element."""
    template = find(node, ("spec", "template"))
    given = read_application(file, template).sources if isinstance(template, Mapping) else ()
    return [source for source in given if "{{" not in f"{source.repo_url}{source.path}"]


def generator_sources(node: Mapping) -> list[ApplicationSource]:
    """What the git generators of an ApplicationSet look at, as sources."""
    found = map(_git_source, _git_generators(find(node, ("spec", "generators"))))
    return [source for source in found if "{{" not in f"{source.repo_url}{source.path}"]
