"""One source line with a mark under a range of it, cut to the width of the reader's screen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from unicodedata import category, east_asian_width

from plate_llm_cli.report.untrusted import UTF8, displayed, encodable

if TYPE_CHECKING:
    from plate_llm_cli.findings import Location

TAB = 4
"""Cells between tab stops: YAML allows no tab in indentation, so that any distance would do."""

NARROWEST = 12
"""Fewer cells than these are used as these, so that there is something left to see."""


@dataclass(frozen=True, slots=True)
class Excerpt:
    """`text` is safe to print; the mark covers `length` cells (at least 1) from cell `start`."""

    text: str
    start: int
    length: int


def cell_width(text: str) -> int:
    """How many columns of a terminal `text` takes: Hangul and emoji take two, accents none."""
    return len(text) if text.isascii() else sum(_width(char) for char in text)


def cut(line: str, location: Location, width: int, encoding: str = UTF8) -> Excerpt:
    """The part of `line` around `location` that fits into `width` cells.

    Of a range that goes on in the lines below, the part in this line is marked.
    """
    width = max(width, NARROWEST)
    first = min(location.column - 1, len(line))
    last = location.end_column - 1 if location.end_line == location.line else len(line)
    last = min(max(first, last), len(line))
    # A line may be megabytes long: only what could be shown is looked at.
    begin, end = max(0, first - width), min(len(line), min(last, first + width) + width)
    cells = _tabs_expanded(displayed(line[begin:end], encoding), line[begin:end])
    dots = "…" if encodable("…", encoding) else "..."
    window = _Window(cells, first - begin, min(last, end) - begin, dots)
    return window.fit(width, begin > 0, end < len(line))


@dataclass(frozen=True, slots=True)
class _Window:
    """What is shown for each code point of a stretch of a line, `first:last` being marked."""

    cells: list[str]
    first: int
    last: int
    dots: str

    def fit(self, width: int, more_left: bool, more_right: bool) -> Excerpt:
        start = self._start(width, more_left, more_right)
        left = self.dots if more_left or start > 0 else ""
        end = self._end(start, width - len(left), more_right)
        right = self.dots if more_right or end < len(self.cells) else ""
        before = left + "".join(self.cells[start : self.first])
        marked = "".join(self.cells[self.first : min(self.last, end)])
        after = "".join(self.cells[max(self.first, min(self.last, end)) : end])
        return Excerpt(before + marked + after + right, cell_width(before), cell_width(marked) or 1)

    def _start(self, width: int, more_left: bool, more_right: bool) -> int:
        """Where to begin: at the start if the mark can be seen from there, else a bit before it."""
        lead, marked = self._cells(0, self.first), self._cells(self.first, self.last)
        tail = len(self.dots) if more_right or self.last < len(self.cells) else 0
        if not more_left and lead + max(marked, 1) + tail <= width:
            return 0
        room = max(width - marked - 2 * len(self.dots), width // 4)
        after = room if more_right else self._cells(self.last, len(self.cells))
        start, taken, most = self.first, 0, room - min(after, room // 2)
        while start > 0 and (taken := taken + cell_width(self.cells[start - 1])) <= most:
            start -= 1
        return start

    def _end(self, start: int, width: int, more_right: bool) -> int:
        """Where to stop, so that what is shown and the dots for what is not fit into `width`."""
        if not more_right and self._cells(start, len(self.cells)) <= width:
            return len(self.cells)
        end, taken = start, len(self.dots)
        while end < len(self.cells) and (taken := taken + cell_width(self.cells[end])) <= width:
            end += 1
        return end

    def _cells(self, start: int, end: int) -> int:
        return cell_width("".join(self.cells[start:end]))


def _tabs_expanded(cells: list[str], raw: str) -> list[str]:
    if "\t" not in raw:
        return cells
    column = 0
    for index, char in enumerate(raw):
        if char == "\t":
            cells[index] = " " * (TAB - column % TAB)
        column += cell_width(cells[index])
    return cells


def _width(char: str) -> int:
    """0 for marks that combine with what precedes them, 2 for wide characters (UAX #11), else 1."""
    if category(char) in {"Mn", "Mc", "Me"} or "\u1160" <= char <= "\u11ff":
        return 0
    return 2 if east_asian_width(char) in "WF" else 1
