"""Where in a file an ArgoCD object stands: its document, and the way to it in a `List`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plate_llm_cli.errors import EditError
from plate_llm_cli.gitops.applications import API_GROUP, items_of, text_of
from plate_llm_cli.source.nodes import Mapping, find
from plate_llm_cli.source.reader import parse_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plate_llm_cli.source.nodes import Node, Route, SourceFile

Place = tuple[int, "Route"]
"""The number of a document, from 0, and the way from its root to the object."""


def place_of(text: str, kind: str, name: str) -> Place:
    """Where `text` holds the object `name` of `kind`.

    Raises:
        EditError: the text is no sound YAML, or holds no such object.
    """
    source = parse_text(text, "")
    if source.problems:
        problem = source.problems[0]
        raise EditError(f"line {problem.span.line}: {problem.message}", problem.help)
    for place, node in places(source):
        if text_of(node.get("kind")) == kind and text_of(find(node, ("metadata", "name"))) == name:
            return place
    raise EditError(f"there is no {kind} {name} in it", "Edit the file by hand.")


def places(source: SourceFile) -> Iterator[tuple[Place, Mapping]]:
    """Every ArgoCD object of a file, with its place."""
    for number, document in enumerate(source.documents):
        for route, node in _objects(document.root, ()):
            yield (number, route), node


def _objects(node: Node | None, route: Route) -> Iterator[tuple[Route, Mapping]]:
    if not isinstance(node, Mapping):
        return
    if text_of(node.get("kind")) == "List":
        for index, item in enumerate(items_of(node.get("items"))):
            yield from _objects(item, (*route, "items", index))
    elif text_of(node.get("apiVersion")).startswith(API_GROUP):
        yield route, node
