"""What one look gives: a line that says ok, or what to do."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from plate_llm_cli.errors import PlateError

if TYPE_CHECKING:
    from collections.abc import Iterator


class State(StrEnum):
    """How a thing stands."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"
    SKIP = "skip"
    """It was not looked at; the line says why."""


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that was looked at."""

    area: str
    name: str
    state: State
    said: str
    advice: str = ""


@dataclass(slots=True, eq=False)
class Findings:
    """The lines of one area, as they come."""

    area: str
    lines: list[Line] = field(default_factory=list)

    def ok(self, name: str, said: str) -> None:
        """`name` is well."""
        self.lines.append(Line(self.area, name, State.OK, said))

    def warn(self, name: str, said: str, advice: str = "") -> None:
        """`name` works, but not as somebody may think."""
        self.lines.append(Line(self.area, name, State.WARN, said, advice))

    def fail(self, name: str, said: str, advice: str = "") -> None:
        """`name` does not work."""
        self.lines.append(Line(self.area, name, State.FAIL, said, advice))

    def skip(self, name: str, said: str) -> None:
        """`name` was not looked at."""
        self.lines.append(Line(self.area, name, State.SKIP, said))

    @contextmanager
    def failing(self, name: str) -> Iterator[None]:
        """An error that ends a command elsewhere is a line here."""
        try:
            yield
        except PlateError as error:
            said = "; ".join([error.message, *error.details])
            self.fail(name, said, error.hint)
