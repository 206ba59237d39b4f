"""Keeps `--set` integers int64, though all numbers reach the library as float64.

Values cross into the library as JSON, where Go makes every number a float64; Helm's own `--set`
gives an int64, which prints otherwise from a million on and is of another type to `eq` and
`kindIs`. A template that runs before all others puts the integers back in place: Helm executes
templates of the deepest folder first, and all of them share one `.Values`.

What is left over: integers under `global` stay float64 in subcharts, which get a copy of their
own, and so do those that `import-values` carries to the parent.
"""

from __future__ import annotations

import json
from typing import Any

Route = list[str | int]

TEMPLATE = "templates/" + "0/" * 60 + "integers.yaml"
"""Path in the chart: deeper than any that a chart will have."""


def put_back(routes: list[Route], values: dict[str, Any]) -> str:
    """The text of a template that makes int64 of the numbers at `routes` in `values`."""
    marked = {tuple(route) for route in routes}
    targets = dict.fromkeys(_table_entry(route) for route in routes)
    return "".join(
        f"{{{{- $_ := set ({_path(entry[:-1])}) {_quote(entry[-1])} "
        f"{_expression(entry, _at(values, entry), marked)} -}}}}\n"
        for entry in targets
    )


def _table_entry(route: Route) -> tuple[str | int, ...]:
    """The entry of a mapping that can be set: `route` without the list indexes at its end."""
    end = len(route)
    while isinstance(route[end - 1], int):
        end -= 1
    return tuple(route[:end])


def _expression(
    route: tuple[str | int, ...], value: Any, marked: set[tuple[str | int, ...]]
) -> str:
    """Go template code for what shall stand at `route`."""
    if route in marked:
        return f"(int64 {value})"
    if isinstance(value, list) and any(mark[: len(route)] == route for mark in marked):
        items = (_expression((*route, i), item, marked) for i, item in enumerate(value))
        return f"(list {' '.join(items)})"
    return f"({_path(route)})"


def _path(route: tuple[str | int, ...]) -> str:
    if not route:
        return ".Values"
    return f"index .Values {' '.join(map(_quote, route))}"


def _quote(step: str | int) -> str:
    return str(step) if isinstance(step, int) else json.dumps(step, ensure_ascii=False)


def _at(values: Any, route: tuple[str | int, ...]) -> Any:
    for step in route:
        values = values[step]
    return values
