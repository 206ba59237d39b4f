"""Keeps `--set` integers int64, though all numbers reach the library as float64.

Values cross into the library as JSON, where Go makes every number a float64; Helm's own `--set`
gives an int64, which prints otherwise from a million on and is of another type to `eq` and
`kindIs`. A template that runs before all others puts the integers back in place: Helm executes
templates of the deepest folder first, and all of them share one `.Values`.

Each subchart has a `global` of its own, a copy. What is left over: an integer that
`import-values` carries to the parent stays float64 there.
"""

from __future__ import annotations

import json
from typing import Any

Route = list[str | int]

TEMPLATE = "templates/" + "0/" * 60 + "integers.yaml"
"""Path in the chart: deeper than any that a chart will have."""


_GLOBALS = """\
{{{{- define "plate-llm.globals" -}}}}
{assignments}
{{{{- range .Subcharts }}}}{{{{ template "plate-llm.globals" . }}}}{{{{ end -}}}}
{{{{- end -}}}}
{{{{- template "plate-llm.globals" . -}}}}
"""


def put_back(routes: list[Route], values: dict[str, Any]) -> str:
    """The text of a template that makes int64 of the numbers at `routes` in `values`."""
    marked = {tuple(route) for route in routes}
    entries = dict.fromkeys(_table_entry(route) for route in routes)
    own = [_assignment(entry, values, marked) for entry in entries if entry[0] != "global"]
    shared = [_assignment(entry, values, marked) for entry in entries if entry[0] == "global"]
    return "".join(own) + (_GLOBALS.format(assignments="".join(shared)) if shared else "")


def _assignment(
    entry: tuple[str | int, ...], values: dict[str, Any], marked: set[tuple[str | int, ...]]
) -> str:
    value = _expression(entry, _at(values, entry), marked)
    return f"{{{{- $_ := set ({_path(entry[:-1])}) {_quote(entry[-1])} {value} -}}}}\n"


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
