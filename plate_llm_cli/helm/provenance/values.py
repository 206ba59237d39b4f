"""Leaves of value maps, and maps with one leaf changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from plate_llm_cli.helm.provenance.probes import REMOVED
from plate_llm_cli.helm.references.routes import NOTHING, look_up

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from plate_llm_cli.source.nodes import Route

Values = dict[str, Any]


def leaves_of(values: Any, route: Route = ()) -> Iterator[Route]:
    """The routes of all scalars, empty maps and empty lists."""
    if isinstance(values, dict) and values:
        for key, value in values.items():
            yield from leaves_of(value, (*route, key))
    elif isinstance(values, list) and values:
        for index, value in enumerate(values):
            yield from leaves_of(value, (*route, index))
    elif route:
        yield route


def whole_parts(values: Values, routes: Iterable[Route]) -> list[Route]:
    """The topmost lists and maps in `values` of which all leaves are among `routes`."""
    given = set(routes)
    parts: dict[Route, None] = {}
    for route in given:
        for depth in range(1, len(route)):
            part = route[:depth]
            if part in parts or given.issuperset(leaves_of(value_at(values, part), part)):
                parts[part] = None
                break
    return sorted(parts, key=repr)


def value_at(values: Values, route: Route) -> Any:
    """The value at a route; None where there is none."""
    found = look_up(values, route)
    return None if found is NOTHING else found


def changed(overrides: Values, effective: Values, changes: Iterable[tuple[Route, Any]]) -> Values:
    """`overrides` with other values at some routes; nothing that was given is changed.

    A list that the overrides lack is first taken over from `effective`: Helm replaces lists whole.
    """
    ordered = sorted(changes, key=lambda change: _order(change[0]), reverse=True)
    for route, value in ordered:  # from the last item of a list to its first
        overrides = _put(overrides, effective, route, value)
    return overrides


def _order(route: Route) -> tuple[tuple[bool, int, str], ...]:
    return tuple(
        (isinstance(step, int), step if isinstance(step, int) else 0, str(step)) for step in route
    )


def _put(node: Any, fallback: Any, route: Route, value: Any) -> Any:
    if not route:
        return value
    step, rest = route[0], route[1:]
    if isinstance(step, int):
        return _put_in_list(node, fallback, route, value)
    copied = dict(node) if isinstance(node, dict) else {}
    below = fallback.get(step) if isinstance(fallback, dict) else None
    if rest or value is not REMOVED:
        copied[step] = _put(copied.get(step), below, rest, value)
    else:
        copied.pop(step, None)
    return copied


def _put_in_list(node: Any, fallback: Any, route: Route, value: Any) -> Any:
    index, rest = route[0], route[1:]
    source = node if isinstance(node, list) else fallback
    copied = list(source) if isinstance(source, list) else []
    if not isinstance(index, int) or index >= len(copied):
        return copied
    if rest or value is not REMOVED:
        copied[index] = _put(copied[index], copied[index], rest, value)
    else:
        del copied[index]
    return copied
