"""Puts the result of `--set` arguments into values, in place as Helm does it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from plate_llm_cli.gitops.parameters import parse_route
from plate_llm_cli.source.nodes import format_route

if TYPE_CHECKING:
    from plate_llm_cli.source.nodes import Route


def split_arguments(text: str) -> list[str]:
    r"""`a=1,b={x,y},c=d\,e` as its three assignments."""
    parts, start, depth, escaped = [], 0, 0, False
    for position, char in enumerate(text):
        if escaped:
            escaped = False
        elif char == "\\":
            escaped = True
        elif char in "{}":
            depth += 1 if char == "{" else -1
        elif char == "," and depth == 0:
            parts.append(text[start:position])
            start = position + 1
    return [part for part in [*parts, text[start:]] if part]


def route_of(assignment: str) -> Route:
    """The route that `a.b[0]=value` sets."""
    return parse_route(assignment.partition("=")[0])


def conflict(values: dict[str, Any], route: Route) -> str:
    """Why Helm cannot set `route` in `values`: on the way is something of another kind; or ''."""
    node: Any = values
    for depth, step in enumerate(route):
        if node is None or (depth == 0 and isinstance(step, int)):  # Helm drops `[0]=x`
            return ""
        if not isinstance(node, list if isinstance(step, int) else dict):
            wanted = "list" if isinstance(step, int) else "map"
            return f"{format_route(route[:depth])} is no {wanted} in the values before it"
        node = _inner(node, step)
    return ""


def _inner(node: Any, step: str | int) -> Any:
    if isinstance(node, list) and isinstance(step, int):
        return node[step] if step < len(node) else None
    return node.get(step) if isinstance(node, dict) else None


def put_parsed(values: dict[str, Any], route: Route, parsed: dict[str, Any]) -> dict[str, Any]:
    """`values` with what Helm parsed for `route` at `route`; neither argument is changed.

    The value has to be taken out of `parsed` by its route, because there `a[1]=x` is
    `[null, x]` and `a[0]=x` cannot be told from `a={x}`.
    """
    value: Any = parsed
    for step in route:
        value = _inner(value, step)
    result = _put(values, route, value)
    return result if isinstance(result, dict) else values


def _put(old: Any, route: Route, value: Any) -> Any:
    if not route:
        return value
    step, *rest = route
    if isinstance(step, int):
        items = list(old) if isinstance(old, list) else []
        items += [None] * (step + 1 - len(items))
        items[step] = _put(items[step], tuple(rest), value)
        return items
    table = dict(old) if isinstance(old, dict) else {}
    table[step] = _put(table.get(step), tuple(rest), value)
    return table
