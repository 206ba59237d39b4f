"""One read of a value by a template: what is read, how, where, and under which conditions."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from plate_llm_cli.helm.references.conditions import every
from plate_llm_cli.helm.references.routes import Wild, meets

if TYPE_CHECKING:
    from plate_llm_cli.helm.references.conditions import Condition
    from plate_llm_cli.helm.references.routes import Concrete, Pattern
    from plate_llm_cli.helm.references.values import Origin, Value


class ReadKind(StrEnum):
    """What a template does with a value."""

    VALUE = "value"
    """Prints it, or hands it to a function; a map or list with all that is in it."""

    WHOLE = "whole"
    """Turns it to YAML or JSON."""

    PRESENCE = "presence"
    """Asks only whether it is there, or empty, or how long it is."""

    DIGEST = "digest"
    """Makes a checksum of it."""


@dataclass(frozen=True, slots=True)
class Position:
    """A place in a template file (or Chart.yaml), with Helm's name for the file; from 1."""

    template: str
    line: int
    column: int


class RawRead(NamedTuple):
    """A read as the evaluator notes it; `gates` are the conditions around it, outermost first."""

    pattern: Pattern
    kind: ReadKind
    gates: tuple[Condition, ...]
    origin: Origin | None


class Site(NamedTuple):
    """A place where text from values is rendered as a template with `dot`."""

    sources: frozenset[Pattern]
    dot: Value
    gates: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Read:
    """A read of `pattern` while `template` is rendered ('' for Chart.yaml's conditions)."""

    pattern: Pattern
    kind: ReadKind
    gates: tuple[Condition, ...]
    template: str
    position: Position

    @property
    def gate(self) -> Condition:
        """When the read happens at all."""
        return every(self.gates)

    @property
    def gate_routes(self) -> frozenset[Pattern]:
        """The routes that decide whether the read happens."""
        return frozenset(pattern for gate in self.gates for pattern in gate.patterns())

    @property
    def dynamic(self) -> bool:
        """True when the template computes a key on the way."""
        return Wild.ANY in self.pattern

    @property
    def notes_only(self) -> bool:
        """True for NOTES.txt, which is printed and never applied."""
        return self.template.endswith("NOTES.txt")

    def covers(self, route: Concrete) -> bool:
        """Whether this read sees the value at `route`, or a part of it."""
        if not meets(self.pattern, route):
            return False
        return len(self.pattern) >= len(route) or self.kind is not ReadKind.PRESENCE
