"""What goes from the tree when an environment goes."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from plate_llm_cli.errors import EditError, UsageError
from plate_llm_cli.gitops.applications import argo_objects, items_of, text_of
from plate_llm_cli.gitops.generation.places import place_of
from plate_llm_cli.gitops.scaffolding.namespace_lists import (
    Namespace,
    listing_files,
    lists_only,
    without_namespace,
)
from plate_llm_cli.source.edit import delete
from plate_llm_cli.source.nodes import Mapping, find
from plate_llm_cli.source.reader import parse_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plate_llm_cli.gitops.discovery import Discovery
    from plate_llm_cli.gitops.releases import Release
    from plate_llm_cli.source.changes import Changes
    from plate_llm_cli.source.nodes import Node

_MARKER: Final = re.compile(r"^---(?=\s|$)", re.MULTILINE)
_EVERY_FILE: Final = ("",)


def applying_only(releases: list[Release], everything: list[Release]) -> list[Release]:
    """The other releases that are there to apply the Applications of `releases`, and no others.

    None where nothing else would stay: what applies all Applications is there for the next ones.
    """
    own = {release.application.file.path for release in releases}
    everywhere = {release.application.file.path for release in everything}
    others = [release for release in everything if release not in releases]
    found = [
        other
        for other in others
        if (applied := everywhere & {path for part in other.manifests for path in part.files})
        and applied <= own
    ]
    return found if len(found) < len(others) else []


def remove_files(
    changes: Changes, discovery: Discovery, releases: list[Release], reaching: list[Release]
) -> None:
    """Plan that the Applications of `releases` go, with the files that nothing else reads.

    `reaching` are the other releases that serve their namespace; it goes from their lists, and
    from those of the AppProjects, unless another release is there under that name.

    Raises:
        UsageError: what serves it would serve every namespace without it.
        EditError: a file's form does not let it be done.
    """
    staying = [item for item in discovery.releases if item not in releases]
    kept = {path for release in staying for path in _files_of(changes, release)}
    kept |= {release.application.file.path for release in staying}
    for release in releases:
        for path in _files_of(changes, release):
            if path not in kept:
                changes.put(path, None)
        _remove_application(changes, release)
    place = Namespace(*releases[0].place)
    if any(release.namespace == place.name for release in staying):
        return
    projects = listing_files(discovery, releases, [])
    for path in listing_files(discovery, releases, reaching):
        text = changes.text(path)
        if text is None:
            continue
        if path not in projects and lists_only(text, place):
            message = f"{path} serves {place.name} alone: an empty list would serve everybody"
            raise UsageError(message, f"take {place.name} out there by hand, with what it serves")
        changes.put(path, without_namespace(text, place))


def _files_of(changes: Changes, release: Release) -> Iterator[str]:
    """The value files and manifests of a release; a chart, with its own values, always stays."""
    for part in release.charts:
        own = f"{part.chart}/values.yaml" if part.chart else "values.yaml"
        yield from (file.path for file in part.value_files if file.path != own)
    yield from (file.path for file in release.files)
    for folder in release.manifests:
        if folder.path:
            yield from changes.tree.walk(folder.path, _EVERY_FILE)


def _remove_application(changes: Changes, release: Release) -> None:
    """Plan that the file goes, or the Application from among the others in it."""
    path = release.application.file.path
    text = changes.text(path)
    if text is None:
        return
    documents = parse_text(text, "").documents
    filled = [item.root for item in documents if item.root is not None]
    if len(filled) == 1 and _is_one_object(filled[0]):
        changes.put(path, None)
        return
    document, base = place_of(text, "Application", release.name)
    if not _is_one_object(documents[document].root):
        changes.put(path, delete(text, base, document=document))
        return
    changes.put(path, _without_document(text, path, release.name))


def _is_one_object(root: Node | None) -> bool:
    """Whether a document holds one object, which may be in a `List`, and nothing beside it."""
    if not isinstance(root, Mapping) or text_of(root.get("kind")) != "List":
        return True
    items = items_of(root.get("items"))
    return len(items) == 1 and _is_one_object(items[0])


def _without_document(text: str, path: str, name: str) -> str:
    """`text` without the document of the Application `name`, and the marker in front of it."""
    starts = [0, *(found.start() for found in _MARKER.finditer(text)), len(text)]
    pieces = [text[at:end] for at, end in pairwise(starts)]
    kept = [piece for piece in pieces if not _is_application(piece, name)]
    if len(kept) != len(pieces) - 1:
        message = f"{path} holds several Applications in a form that cannot be taken apart"
        raise EditError(message, f"remove {name} by hand")
    return "".join(kept)


def _is_application(piece: str, name: str) -> bool:
    objects = argo_objects(parse_text(piece, ""))
    return any(
        kind == "Application" and text_of(find(node, ("metadata", "name"))) == name
        for kind, node in objects
    )
