"""The lines of the table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

HEADINGS = ("case", "server", "measured", "pass-through", "ratio", "goal", "held", "beside it")


@dataclass(frozen=True, slots=True)
class Row:
    """One line. `held` is None where there is no goal."""

    case: str
    server: str
    measured: str
    yardstick: str = ""
    ratio: str = ""
    goal: str = ""
    held: bool | None = None
    beside: str = ""

    def cells(self) -> tuple[str, ...]:
        """In the order of `HEADINGS`."""
        held = {None: "", True: "yes", False: "**no**"}[self.held]
        measures = (self.case, self.server, self.measured, self.yardstick, self.ratio)
        return (*measures, self.goal, held, self.beside)


def table(rows: Sequence[Row]) -> str:
    """The rows in Markdown."""
    lines = [HEADINGS, tuple("---" for _ in HEADINGS), *(row.cells() for row in rows)]
    return "".join(f"| {' | '.join(cells)} |\n" for cells in lines)
