"""What a person gives: a value, the name it goes by, and the place where both stand."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from plate_llm_cli.secrets.values.secret import Secret


@dataclass(frozen=True, slots=True, eq=False)
class Given:
    """One line of an input file; `where` is the place, `secrets.env line 3`.

    The name is as it was written. It is shown only once it is known to name a key: until then it
    may be a piece of a value that a quote too few has torn off.
    """

    name: str = field(repr=False)
    value: Secret
    where: str


def place_of(label: str, line: int) -> str:
    """A line of an input, as messages name it."""
    return f"{label} line {line}"
