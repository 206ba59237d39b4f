"""Reads what Helm says when values do not meet a values.schema.json: one violation a value."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from plate_llm_cli.helm.engine import Violation
from plate_llm_cli.source.nodes import Scalar, find, format_route
from plate_llm_cli.source.reader import read_file

if TYPE_CHECKING:
    from pathlib import Path

    from plate_llm_cli.source.nodes import Route

HEADING = "values don't meet the specifications of the schema(s) in the following chart(s):"

_LIST = "- at '"
_CHART = re.compile(r"(?P<chart>(?:[^\s:-][^:\n]*)?):")
_ITEM = re.compile(r"(?P<indent> *)- at '(?P<pointer>(?:\\.|[^'\\])*)': (?P<message>.*)")
_ESCAPE = re.compile(r"\\(.)")
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r"}
_BAD_SCHEMA = "is not valid against metaschema"
_ALTERNATIVES = ("'anyOf' failed", "'oneOf' failed")
_GROUPS = ("validation failed", "'allOf' failed", "'$ref' failed")


@dataclass(slots=True)
class _Item:
    """One line of the list, and the lines below it that are further in."""

    indent: int
    pointer: str
    message: str
    parts: list[_Item] = field(default_factory=list)


def read(text: str) -> list[Violation]:
    """The violations that `text` lists; none when it complains of something else, or of a schema.

    `helm lint` leaves out the heading and the name of the chart, which is then ''.
    """
    violations: list[Violation] = []
    if _BAD_SCHEMA in text or not text.startswith((HEADING, _LIST)):
        return violations
    if text.startswith(_LIST):
        text = f":\n{text}"
    for chart, items in _charts(text):
        found = [violation for item in items for violation in _violations(chart, item)]
        violations += sorted(found, key=_order)  # Helm's order is another one each time
    return violations


def describe(violation: Violation, chart: Path) -> str:
    """`sub.port: got string, want integer`, as seen from the values of the chart in `chart`."""
    own = violation.chart in ("", _chart_name(chart))
    route = violation.route if own else (violation.chart, *violation.route)
    return f"{format_route(route) or 'the values'}: {violation.message}"


def _chart_name(chart: Path) -> str:
    node = find(read_file(chart, "Chart.yaml").root, ("name",))
    return node.text if isinstance(node, Scalar) else ""


def _order(violation: Violation) -> tuple[list[str], str]:
    return [str(step) for step in violation.route], violation.message


def _charts(text: str) -> list[tuple[str, list[_Item]]]:
    charts: list[tuple[str, list[_Item]]] = []
    stack: list[_Item] = []
    for line in text.removeprefix(HEADING).splitlines():
        header = _CHART.fullmatch(line)
        match = _ITEM.match(line)
        if header:
            charts.append((header["chart"], []))
            stack = []
        elif match and charts:
            item = _Item(len(match["indent"]), match["pointer"], match["message"])
            while stack and stack[-1].indent >= item.indent:
                stack.pop()
            (stack[-1].parts if stack else charts[-1][1]).append(item)
            stack.append(item)
    return charts


def _violations(chart: str, item: _Item) -> list[Violation]:
    if item.message.startswith(_ALTERNATIVES) and item.parts:
        leaves = dict.fromkeys(leaf.message for part in item.parts for leaf in _leaves(part))
        return [Violation(chart, _route(item.pointer), f"none fits: {'; '.join(leaves)}")]
    if item.parts:
        return [found for part in item.parts for found in _violations(chart, part)]
    return [Violation(chart, _route(item.pointer), item.message)]


def _leaves(item: _Item) -> list[_Item]:
    return [leaf for part in item.parts for leaf in _leaves(part)] if item.parts else [item]


def _route(pointer: str) -> Route:
    """A JSON pointer as a route. A key of digits alone cannot be told from an index."""
    plain = _ESCAPE.sub(lambda match: _ESCAPES.get(match[1], match[1]), pointer)
    steps = (step.replace("~1", "/").replace("~0", "~") for step in plain.split("/")[1:])
    return tuple(int(step) if step.isdecimal() else step for step in steps)
