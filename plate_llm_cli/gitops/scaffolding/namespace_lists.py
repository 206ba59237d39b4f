"""Lists of namespaces: what an AppProject allows, and what cluster-wide objects serve.

An item names a namespace when it is its name, or a mapping with it as one of its values.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from plate_llm_cli.gitops.applications import text_of
from plate_llm_cli.gitops.releases import LayerKind
from plate_llm_cli.source.edit import append, delete
from plate_llm_cli.source.nodes import Mapping, Scalar, Sequence, find
from plate_llm_cli.source.reader import parse_text, to_plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from plate_llm_cli.gitops.discovery import Discovery
    from plate_llm_cli.gitops.releases import Release
    from plate_llm_cli.source.nodes import Node, Plain, Route


@dataclass(frozen=True, slots=True)
class Namespace:
    """A namespace of a cluster, which is an address or a name."""

    cluster: str
    name: str


def listing_files(
    discovery: Discovery, releases: Iterable[Release], reaching: Iterable[Release]
) -> list[str]:
    """The files whose lists may name the namespace of `releases`.

    These are the AppProjects that they belong to, and what makes up the releases `reaching`.
    """
    projects = {release.application.project for release in releases}
    found = [
        file.path
        for kind, file, node in discovery.others
        if kind == "AppProject" and text_of(find(node, ("metadata", "name"))) in projects
    ]
    for release in reaching:
        found += [file.path for part in release.charts for file in part.value_files]
        found += [path for part in release.manifests for path in part.files]
        layers = [layer for part in release.charts for layer in part.layers]
        if any(layer.kind is LayerKind.OBJECT for layer in layers):
            found.append(release.application.file.path)
    return list(dict.fromkeys(found))


def with_namespace(text: str, old: Namespace, new: Namespace) -> str:
    """`text` with `new` in every list that names `old`.

    Raises:
        EditError: a list is shared by an alias, or of another form that cannot be edited.
    """
    for document, route, items in _lists(text):
        known = [to_plain(item) for item in items]
        for item in items:
            if _names(item, old):
                added = _renamed(to_plain(item), old, new)
                if added not in known:
                    known.append(added)
                    text = append(text, route, added, document=document)
    return text


def without_namespace(text: str, gone: Namespace) -> str:
    """`text` without the items that name `gone`.

    Raises:
        EditError: as for `with_namespace`.
    """
    for document, route, items in _lists(text):
        indexes = [index for index, item in enumerate(items) if _names(item, gone)]
        for index in reversed(indexes):
            text = delete(text, (*route, index), document=document)
    return text


def lists_only(text: str, namespace: Namespace) -> bool:
    """Whether a list of `text` would be empty without `namespace`."""
    return any(
        items and all(_names(item, namespace) for item in items) for *_, items in _lists(text)
    )


def _lists(text: str) -> list[tuple[int, Route, list[Node]]]:
    """Every list, the deepest first: an edit of one moves none that is still to come."""
    documents = parse_text(text, "").documents
    found = [
        (number, route, node.items)
        for number, document in enumerate(documents)
        for route, node in _sequences(document.root, ())
    ]
    return sorted(found, key=lambda each: -len(each[1]))


def _sequences(node: Node | None, route: Route) -> Iterator[tuple[Route, Sequence]]:
    if isinstance(node, Sequence):
        yield route, node
        for index, item in enumerate(node.items):
            yield from _sequences(item, (*route, index))
    elif isinstance(node, Mapping):
        for entry in node.entries:
            yield from _sequences(entry.value, (*route, entry.name))


def _names(item: Node, namespace: Namespace) -> bool:
    """Whether the item is about `namespace`; one that names a cluster must name that, too."""
    if isinstance(item, Scalar):
        return item.value == namespace.name
    if not isinstance(item, Mapping):
        return False
    server = text_of(item.get("server"))
    if server and server != namespace.cluster:
        return False
    return any(_leads_to(entry.value, namespace.name) for entry in item.entries)


def _leads_to(node: Node, name: str) -> bool:
    if isinstance(node, Mapping):
        return any(_leads_to(entry.value, name) for entry in node.entries)
    return isinstance(node, Scalar) and node.value == name


def _renamed(item: Plain, old: Namespace, new: Namespace) -> Plain:
    if isinstance(item, dict):
        return {key: _renamed(value, old, new) for key, value in item.items()}
    places = {old.cluster: new.cluster, old.name: new.name}
    return places.get(item, item) if isinstance(item, str) else item
