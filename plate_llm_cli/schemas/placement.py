"""Says of an unknown field what was meant: another name, or another place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from plate_llm_cli.schemas.violations import Violation, ViolationKind
from plate_llm_cli.schemas.wording import near, show, type_of
from plate_llm_cli.source.nodes import format_route

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plate_llm_cli.schemas.schema import Schema
    from plate_llm_cli.source.nodes import Route

_SURE = 0.88
_MAX_STEPS = 4
_MAX_NODES = 1500
_MAX_ADVISED = 20
_FEW = 12
_ROOT_NAMES = frozenset({"apiVersion", "kind", "metadata", "status"})


@dataclass(frozen=True, slots=True)
class _Spot:
    """A schema, the value that stands there (None if none does), and the route to both."""

    schema: Schema
    value: Any
    route: Route


def explain_unknown(root: Schema, obj: dict[str, Any], unknown: list[Route]) -> list[Violation]:
    """A violation for each route in `unknown`; past the first ones without a search."""
    return [
        _explain(root, obj, route, search=number < _MAX_ADVISED)
        for number, route in enumerate(unknown)
    ]


def _explain(root: Schema, obj: dict[str, Any], route: Route, *, search: bool) -> Violation:
    name = str(route[-1])
    parent = _parent(root, obj, route)
    message = f"unknown field {show(name)}"
    known = parent.schema.properties if parent else ()
    meant = near(name, known, cutoff=_SURE)
    place = _place(root, obj, route) if search and not meant else None
    if place is None:
        meant = meant or near(name, known)
    if meant:
        text = f'Did you mean "{meant}"?'
        return Violation(route, message, text, ViolationKind.UNKNOWN_FIELD, meant)
    if place is not None:
        text = _move(place, taken=_value_at(obj, place) is not None)
        return Violation(route, message, text, ViolationKind.MISPLACED_FIELD)
    return Violation(route, message, _choices(parent), ViolationKind.UNKNOWN_FIELD)


def _move(place: Route, *, taken: bool) -> str:
    where = format_route(place)
    if taken:
        return f"It belongs to {where}, which is set already: merge the two."
    return f"Move it to {where}, where Kubernetes reads it."


def _choices(parent: _Spot | None) -> str:
    names = sorted(parent.schema.properties) if parent else []
    if parent is not None and not parent.route:
        names = [name for name in names if name not in _ROOT_NAMES]
    if 0 < len(names) <= _FEW:
        return f"Known here: {', '.join(names)}."
    return "Kubernetes would drop or refuse it."


def _parent(root: Schema, obj: dict[str, Any], route: Route) -> _Spot | None:
    spots = list(_ancestors(root, obj, route))
    return spots[-1] if len(spots) == len(route) else None


def _ancestors(root: Schema, obj: Any, route: Route) -> Iterator[_Spot]:
    """The places on the way, from the root to the unknown field's parent."""
    schema: Schema | None = root
    value = obj
    for depth, step in enumerate(route):
        if schema is None:
            return
        yield _Spot(schema, value, route[:depth])
        schema = schema.items if isinstance(step, int) else schema.child(step)
        value = _descend(value, step)


def _descend(value: Any, step: str | int) -> Any:
    if isinstance(value, dict):
        return value.get(step)
    if isinstance(value, list) and isinstance(step, int) and step < len(value):
        return value[step]
    return None


def _place(root: Schema, obj: dict[str, Any], route: Route) -> Route | None:
    """The nearest place that takes the field, in steps up and down; None if two are as near.

    A mapping that exists comes before one that does not, and an empty place before a taken one.
    """
    name, kind = str(route[-1]), type_of(_value_at(obj, route))
    homes: list[tuple[tuple[int, bool, bool, int], Route]] = []
    for up, spot in enumerate(reversed(list(_ancestors(root, obj, route)))):
        for down, home in _homes(spot, name, kind):
            taken = isinstance(home.value, dict) and name in home.value
            rank = (up + down, home.value is None, taken, len(home.route))
            if home.route != route[:-1]:
                homes.append((rank, home.route))
    homes.sort(key=lambda home: home[0])
    rivals = {home for rank, home in homes if rank == homes[0][0]}
    return (*homes[0][1], name) if len(rivals) == 1 else None


def _homes(start: _Spot, name: str, kind: str) -> Iterator[tuple[int, _Spot]]:
    """The nearest places below `start` where `name` is a field that takes a `kind`."""
    level, seen = [start], 0
    for steps in range(_MAX_STEPS + 1):
        found = [spot for spot in level if _takes(spot.schema, name, kind)]
        yield from ((steps, spot) for spot in found)
        if found:
            return
        level = [below for spot in level for below in _below(spot)][:_MAX_NODES]
        seen += len(level)
        if seen > _MAX_NODES:
            return


def _below(spot: _Spot) -> Iterator[_Spot]:
    """The mappings one step down; a list counts as its first item."""
    for name in spot.schema.properties:
        child = spot.schema.child(name)
        if child is None or (not spot.route and name in _ROOT_NAMES - {"metadata"}):
            continue
        value = _descend(spot.value, name)
        route: Route = (*spot.route, name)
        if child.items is not None:
            child, value, route = child.items, _descend(value, 0), (*route, 0)
        if child.properties:
            yield _Spot(child, value, route)


def _takes(schema: Schema, name: str, kind: str) -> bool:
    if name not in schema.properties:
        return False
    child = schema.child(name)
    return child is None or not child.types or kind in child.types or kind == "null"


def _value_at(obj: Any, route: Route) -> Any:
    for step in route:
        obj = _descend(obj, step)
    return obj
