"""Edits a YAML text and leaves every line alone that the edit is not about.

The positions of the nodes say what to replace; ruamel.yaml writes what is new. The result is read
again: an edit that would change anything else is refused.
"""

from __future__ import annotations

import copy
import json
from typing import TYPE_CHECKING

from plate_llm_cli.errors import EditError
from plate_llm_cli.source.nodes import format_route
from plate_llm_cli.source.reader import parse_text, to_plain
from plate_llm_cli.source.slots import UnchangeableError
from plate_llm_cli.source.surgery import Surgery

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from plate_llm_cli.source.nodes import Plain, Route, SourceFile


def set_value(text: str, route: Route, value: Plain, *, document: int = 0) -> str:
    """`text` with `value` at `route`; keys of mappings are made where they are missing.

    Comments, quotes, indentation, line ends, byte order mark and document markers stay. `document`
    counts the documents of the stream from 0.

    Raises:
        EditError: the text is no sound YAML, the route leads through a list that is too short or
            through a scalar, or the value is shared by an alias.
    """
    return _edit(text, document, route, lambda s: s.set(route, value), _setting(route, value))


def delete(text: str, route: Route, *, document: int = 0) -> str:
    """`text` without the entry or item at `route`. A collection that becomes empty stays as such.

    Raises:
        EditError: as for `set_value`, or nothing is there.
    """
    return _edit(text, document, route, lambda s: s.delete(route), _deleting(route))


def append(text: str, route: Route, value: Plain, *, document: int = 0) -> str:
    """`text` with `value` as a new last item of the list at `route`, which is made if missing.

    Raises:
        EditError: as for `set_value`, or there is something else than a list.
    """
    return _edit(text, document, route, lambda s: s.append(route, value), _appending(route, value))


def _edit(
    text: str,
    document: int,
    route: Route,
    cut: Callable[[Surgery], str],
    change: Callable[[Any], Any],
) -> str:
    mark = "\ufeff" if text.startswith("\ufeff") else ""
    before = _sound(text, route)
    expected = [to_plain(each.root) for each in before.documents] or [None]
    if not 0 <= document < len(expected):
        raise _error(route, f"there is no document {document}")
    try:
        expected[document] = change(copy.deepcopy(expected[document]))
        edited = mark + cut(Surgery(before, document))
    except (KeyError, IndexError, TypeError) as error:
        raise _error(route, "there is nothing, or a value that has no such part") from error
    except UnchangeableError as error:
        raise _error(route, str(error)) from error
    # A block of text at the very end needs a line break, be there one so far or not.
    for result in (edited, edited + "\n"):
        after = parse_text(result, before.path)
        found = [to_plain(each.root) for each in after.documents] or [None]
        if not after.broken and _canonical(found) == _canonical(expected):
            return result
    raise _error(route, "anchors, aliases or its form tie it to other values")


def _sound(text: str, route: Route) -> SourceFile:
    source = parse_text(text, "")
    if source.problems:
        problem = source.problems[0]
        raise _error(route, f"line {problem.span.line}: {problem.message}")
    return source


def _error(route: Route, reason: str) -> EditError:
    where = format_route(route) or "the document"
    return EditError(f"{where} cannot be edited: {reason}", "Edit the file by hand.")


def _canonical(data: object) -> str:
    """Numbers are float64 for Helm: 1 and 1.0 are the same."""
    return json.dumps(json.loads(json.dumps(data), parse_int=float), sort_keys=True)


def _setting(route: Route, value: Plain) -> Callable[[Any], Any]:
    def change(root: Any) -> Any:
        if not route:
            return value
        node: Any = {} if root is None else root
        root = node
        for step in route[:-1]:
            if isinstance(node, dict) and node.get(str(step)) is None:
                node[str(step)] = {}
            node = node[step]
        if isinstance(node, list):
            node[int(route[-1])]
        elif not isinstance(route[-1], str):
            raise TypeError(route[-1])
        node[route[-1]] = value
        return root

    return change


def _deleting(route: Route) -> Callable[[Any], Any]:
    def change(root: Any) -> Any:
        node = root
        for step in route[:-1]:
            node = node[step]
        del node[route[-1]]
        return root

    return change


def _appending(route: Route, value: Plain) -> Callable[[Any], Any]:
    def change(root: Any) -> Any:
        node = root
        for step in route:
            node = node.get(step) if isinstance(node, dict) else node and node[step]
        if not isinstance(node, list | None):
            raise TypeError(node)
        return _setting(route, [*(node or []), value])(root)

    return change
