"""The Applications of a new environment: its sibling's, with other names and another place."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from plate_llm_cli.errors import EditError, UsageError
from plate_llm_cli.gitops.applications import argo_objects
from plate_llm_cli.gitops.generation.places import place_of
from plate_llm_cli.gitops.scaffolding.rewriting import rewritten
from plate_llm_cli.gitops.scaffolding.sibling import is_image
from plate_llm_cli.source.edit import append, delete, set_value
from plate_llm_cli.source.nodes import find
from plate_llm_cli.source.reader import parse_text, to_plain

if TYPE_CHECKING:
    from collections.abc import Callable

    from plate_llm_cli.gitops.releases import Release
    from plate_llm_cli.gitops.scaffolding.sibling import Scaffold
    from plate_llm_cli.source.nodes import Node, Route

_MARKER: Final = re.compile(r"^---(?=\s|$)[^\n]*\n?", re.MULTILINE)
_NOT_OURS: Final = frozenset(("repoURL", "targetRevision", "chart", "project"))


def add_applications(scaffold: Scaffold) -> None:
    """Plan an Application for each of the sibling's, in the files that hold those or beside them.

    Raises:
        UsageError: a file is there already, or nothing would tell two Applications apart.
        EditError: a file's form does not let it be done.
    """
    by_file: dict[str, list[Release]] = {}
    for release in scaffold.releases:
        scaffold.applications[release.name] = new_name(scaffold, release)
        by_file.setdefault(release.application.file.path, []).append(release)
    for path, releases in by_file.items():
        text = scaffold.changes.text(path) or ""
        target = application_path(scaffold, path, releases)
        others = len(list(argo_objects(parse_text(text, "")))) > len(releases)
        if target != path and not others:
            scaffold.put_new(target, _copied(scaffold, text, path, releases))
            continue
        for release in releases:
            _append(scaffold, path, release)


def application_path(scaffold: Scaffold, path: str, releases: list[Release]) -> str:
    """Where the Applications go: a file named like the sibling's, or like the only one in it."""
    renamed = scaffold.renaming(path)
    if renamed != path or len(releases) > 1:
        return renamed
    folder = path.rpartition("/")[0]
    name = f"{scaffold.applications[releases[0].name]}.yaml"
    return f"{folder}/{name}" if folder else name


def new_name(scaffold: Scaffold, release: Release) -> str:
    """What the Application is called that is to the new environment what `release` is to its own.

    Raises:
        UsageError: nothing would tell the two apart.
    """
    application = release.application
    name = scaffold.renaming(application.name)
    if name == application.name and scaffold.renaming(application.file.path) == (
        application.file.path
    ):
        message = f"the Application {name} has no word that tells its environment"
        raise UsageError(message, "--label WORD=NEW says what stands for what")
    return name


def _copied(scaffold: Scaffold, text: str, path: str, releases: list[Release]) -> str:
    """The whole file for the new environment."""
    new = rewritten(text, path, scaffold.renaming, _protection(releases))
    for release in releases:
        document, base = place_of(text, "Application", release.name)
        new = _moved(scaffold, new, release, document, base)
    return new


def _append(scaffold: Scaffold, path: str, release: Release) -> None:
    """Put the Application into the file that holds its sibling."""
    text = scaffold.changes.text(path) or ""
    document, base = place_of(text, "Application", release.name)
    moved = _copied(scaffold, text, path, [release]).removeprefix("\ufeff")  # only a file has one
    if base:
        item = to_plain(_root(moved, document, base))
        scaffold.changes.put(path, append(text, base[:-1], item, document=document))
        return
    filled = [
        number
        for number, item in enumerate(parse_text(text, "").documents)
        if item.root is not None
    ]
    pieces = [piece for piece in _MARKER.split(moved) if _holds_data(piece)]
    if len(pieces) != len(filled):
        message = f"{path} holds several Applications in a form that cannot be added to"
        raise EditError(message, "give each Application a file of its own")
    between = "---\n" if text.endswith("\n") else "\n---\n"
    scaffold.changes.put(path, text + between + pieces[filled.index(document)])


def _root(text: str, document: int, base: Route) -> Node | None:
    return find(parse_text(text, "").documents[document].root, base)


def _holds_data(piece: str) -> bool:
    return any(document.root is not None for document in parse_text(piece, "").documents)


def _protection(releases: list[Release]) -> Callable[[Route], bool]:
    """What every environment takes from the same place, the folder of a chart among it."""
    charts = {part.source.path for release in releases for part in release.charts}

    def protected(route: Route) -> bool:
        if is_image(route) or route[-1] in _NOT_OURS:
            return True
        return route[-1] == "path" and bool(charts) and "spec" in route[:-1]

    return protected


def _moved(scaffold: Scaffold, text: str, release: Release, document: int, base: Route) -> str:
    """With its own name, in its own namespace."""
    target, destination = scaffold.target, (*base, "spec", "destination")
    name = scaffold.applications[release.name]
    text = set_value(text, (*base, "metadata", "name"), name, document=document)
    if release.place != (scaffold.cluster, scaffold.namespace):
        return text  # it applies the others, and goes where ArgoCD is
    text = set_value(text, (*destination, "namespace"), target.namespace, document=document)
    if not target.server:
        return text
    if _root(text, document, (*destination, "name")) is not None:
        text = delete(text, (*destination, "name"), document=document)
    return set_value(text, (*destination, "server"), target.server, document=document)
