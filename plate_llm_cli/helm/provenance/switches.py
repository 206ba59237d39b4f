"""Which values have to change so that a template gets to read another one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from plate_llm_cli.helm.provenance.probes import probes
from plate_llm_cli.helm.provenance.values import value_at
from plate_llm_cli.helm.references.conditions import Truthy, WantKind
from plate_llm_cli.helm.references.routes import bind, concrete

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plate_llm_cli.helm.references.conditions import Condition, Want, Wants
    from plate_llm_cli.helm.references.reads import Read
    from plate_llm_cli.source.nodes import Route

_MAX_SETTINGS: Final = 6

Values = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Switch:
    """A value that decides whether others are read; `needed` is one that makes it so."""

    route: Route
    present: Any
    needed: Any


Setting = tuple[Switch, ...]
"""Switches to set together."""


def bound_gate(read: Read, route: Route) -> Condition:
    """When `read` sees `route`: its gates, about the same items of lists as the route."""
    return read.gate.rewritten(lambda pattern: bind(pattern, read.pattern, route))


def settings_for(reads: list[Read], route: Route, values: Values) -> list[Setting]:
    """Ways to let one of `reads` happen, those with the fewest switches first."""
    found: dict[str, Setting] = {}
    for read in reads:
        for wants in bound_gate(read, route).solutions():
            setting = _setting(wants, route, values)
            if setting:
                found.setdefault(repr(setting), setting)
    return sorted(found.values(), key=len)[:_MAX_SETTINGS]


def _setting(wants: Wants, route: Route, values: Values) -> Setting:
    """The changes that are needed, or none when values cannot be what is wanted."""
    switches = []
    for pattern, want in wants.items():
        switch = concrete(pattern)
        if switch is None:
            return ()
        present = value_at(values, switch)
        if _is_met(want, present):
            continue
        if switch == route[: len(switch)]:
            return ()
        switches.append(Switch(switch, present, _needed(want, present)))
    return tuple(switches)


def _is_met(want: Want, present: Any) -> bool:
    if want.kind is WantKind.TRUTHY:
        return bool(present)
    if want.kind is WantKind.FALSY:
        return not present
    same = present == want.constant and type(present) is type(want.constant)
    return same if want.kind is WantKind.EQUAL else not same and want.kind is WantKind.DIFFERENT


def _needed(want: Want, present: Any) -> Any:
    if want.kind is WantKind.EQUAL:
        return want.constant
    if want.kind is WantKind.TRUTHY:
        return _truthy(present)
    if want.kind is WantKind.FALSY:
        return _falsy(present)
    return True if present is None else probes(present)[0]


def _truthy(present: Any) -> Any:
    """A value of the same type that is not empty."""
    if isinstance(present, str):
        return "probe-a"
    if isinstance(present, list):
        return ["probe-a"]
    if isinstance(present, dict):
        return {"probe-a": "probe-a"}
    return True if present is None or isinstance(present, bool) else 1


def _falsy(present: Any) -> Any:
    """An empty value of the same type; null for a map, which would only be merged."""
    if isinstance(present, bool):
        return False
    if isinstance(present, (int, float)):
        return 0
    return "" if isinstance(present, str) else [] if isinstance(present, list) else None


def all_switches_on(reads: tuple[Read, ...], values: Values) -> Setting:
    """Every switch of the chart that is off and can be turned on by a plain `true`."""
    found: dict[Route, Switch] = {}
    for pattern in _tested(reads):
        route = concrete(pattern)
        if route and value_at(values, route) is False:
            found[route] = Switch(route, present=False, needed=True)
    return tuple(found.values())


def _tested(reads: tuple[Read, ...]) -> Iterator[Any]:
    for read in reads:
        for gate in read.gates:
            yield from (Truthy(pattern).pattern for pattern in gate.patterns())
