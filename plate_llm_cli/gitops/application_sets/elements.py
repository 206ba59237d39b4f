"""What a generator yields: parameters for one Application, and where they come from.

Sources: argo-cd `applicationset/generators/*.go` and `applicationset/utils/{utils,map}.go`, 3.x.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from plate_llm_cli.source.nodes import Mapping, Scalar, find

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plate_llm_cli.source.nodes import Node, SourceFile, Span

Origin = tuple["SourceFile", "Span", str]
"""A place that gave parameters, and what to say of it."""

_NOT_IN_NAMES: Final = re.compile(r"[^-a-z0-9.]")
_LONGEST_NAME: Final = 253
_SCIENTIFIC_POWER: Final = 6
"""From 1e6 on, Go's `%v` prints floats with an exponent."""
_LEAST_POWER: Final = -4


@dataclass(frozen=True, slots=True)
class Element:
    """Parameters of one Application; `origins` are the elements and files that they come from.

    `nodes` are what they are written in, the one that wins first.
    """

    parameters: dict[str, Any]
    origins: tuple[Origin, ...] = ()
    nodes: tuple[tuple[SourceFile, Node], ...] = ()

    def joined(self, other: Element, parameters: dict[str, Any], *, wins: bool) -> Element:
        """Both together, with `parameters`, in which one's own or the other's win."""
        origins = (*self.origins, *other.origins)
        first, second = (self, other) if wins else (other, self)
        return Element(parameters, origins, (*first.nodes, *second.nodes))

    def place_of(self, name: str) -> tuple[SourceFile, Span] | None:
        """Where the text of the parameter `name`, with dots, is written; None if nowhere."""
        for file, node in self.nodes:
            found = find(node, (name,)) or find(node, tuple(name.split(".")))
            if isinstance(found, Scalar):
                return file, found.span
        return None


def head_of(item: Node) -> Span:
    """The name that an element begins with: it may have many lines."""
    first = item.entries[0] if isinstance(item, Mapping) and item.entries else None
    return first.key.span if first else item.span


class NotExpandedError(Exception):
    """Something that is not run here, or not with certainty. `node` is the place of it."""

    def __init__(self, reason: str, node: Node, help_text: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.node = node
        self.help = help_text


class InvalidSetError(NotExpandedError):
    """Something that ArgoCD refuses: it then makes and changes no Application of the set."""


def normalized(text: str) -> str:
    """`text` as the template function `normalize` gives it: fit for a DNS name."""
    return _NOT_IN_NAMES.sub("-", text.lower())[:_LONGEST_NAME].strip("-.")


def flattened(values: dict[str, Any]) -> dict[str, str]:
    """Nested data as texts by dotted names: `{"a": [{"b": 1}]}` as `{"a.0.b": "1"}`."""
    return {name: go_text(value) for name, value in _leaves(values, "")}


def _leaves(value: Any, name: str) -> Iterator[tuple[str, Any]]:
    items = value.items() if isinstance(value, dict) else enumerate(value)
    for key, item in items:
        inner = f"{name}.{key}" if name else str(key)
        if isinstance(item, dict | list) and item:
            yield from _leaves(item, inner)
        else:
            yield inner, item


def go_text(value: Any) -> str:
    """A value of JSON as Go's `%v` prints it."""
    if value is None:
        return "<nil>"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return _number(value)
    if isinstance(value, dict):
        inner = " ".join(f"{key}:{go_text(value[key])}" for key in sorted(value))
        return f"map[{inner}]"
    if isinstance(value, list):
        return f"[{' '.join(map(go_text, value))}]"
    return str(value)


def _number(value: float) -> str:
    """JSON has floats only, and Go prints the shortest digits: 1000000 is `1e+06`."""
    sign, digits, exponent = Decimal(repr(float(value))).normalize().as_tuple()
    if not isinstance(exponent, int):
        return str(value)
    power = len(digits) - 1 + exponent
    if not any(digits) or _LEAST_POWER <= power < _SCIENTIFIC_POWER:
        return format(Decimal(repr(float(value))).normalize(), "f")
    tail = "".join(map(str, digits[1:]))
    shown = f"{digits[0]}.{tail}" if tail else str(digits[0])
    return f"{'-' if sign else ''}{shown}e{'-' if power < 0 else '+'}{abs(power):02}"
