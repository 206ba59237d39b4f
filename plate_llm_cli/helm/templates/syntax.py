"""The syntax tree of a Go template, as far as it matters for what the template reads."""

from __future__ import annotations

from dataclasses import dataclass, field, fields, is_dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

Constant = None | bool | int | float | str


@dataclass(slots=True, eq=False)
class Dot:
    """`.`"""

    offset: int


@dataclass(slots=True, eq=False)
class Variable:
    """`$` or `$name`; the name includes the dollar sign."""

    name: str
    offset: int


@dataclass(slots=True, eq=False)
class Literal:
    """A literal: number, string, character, `true`, `false` or `nil`."""

    value: Constant
    offset: int


@dataclass(slots=True, eq=False)
class Function:
    """The name of a function."""

    name: str
    offset: int


@dataclass(slots=True, eq=False)
class Access:
    """Fields of a value: `.a.b`, `$x.a`, `(pipeline).a`."""

    base: Operand
    names: tuple[str, ...]
    offset: int


@dataclass(slots=True, eq=False)
class Command:
    """One part of a pipeline: an operand, or a function or method with its arguments."""

    operands: tuple[Operand, ...]
    offset: int


@dataclass(slots=True, eq=False)
class Pipeline:
    """`$x := a | b`. `text` is the source of it."""

    commands: tuple[Command, ...]
    variables: tuple[str, ...]
    declares: bool
    offset: int
    text: str = ""


Operand = Dot | Variable | Literal | Function | Access | Pipeline


@dataclass(slots=True, eq=False)
class Output:
    """`{{ pipeline }}`"""

    pipeline: Pipeline


@dataclass(slots=True, eq=False)
class Branch:
    """`if`, `with` or `range` with its two bodies."""

    keyword: str
    pipeline: Pipeline
    body: Block
    alternative: Block


@dataclass(slots=True, eq=False)
class Invocation:
    """`{{ template "name" pipeline }}`"""

    name: str
    argument: Pipeline | None
    offset: int


Statement = Output | Branch | Invocation
Block = tuple[Statement, ...]


@dataclass(slots=True)
class Parsed:
    """A template file: its own body, and the templates that it defines."""

    body: Block = ()
    defines: dict[str, Block] = field(default_factory=dict)


def nodes_of(node: object) -> Iterator[object]:
    """`node` and all below it; of tuples each item."""
    if isinstance(node, tuple):
        for item in node:
            yield from nodes_of(item)
    elif is_dataclass(node):
        yield node
        for each in fields(node):
            yield from nodes_of(getattr(node, each.name))
