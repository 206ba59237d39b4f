"""The report for people: in colour on a terminal, plain everywhere else."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from plate_llm_cli.report.layout import Page
from plate_llm_cli.report.untrusted import encoding_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import TextIO

    from plate_llm_cli.report.base import Report
    from plate_llm_cli.report.layout import Line

WIDTH_OF_A_LOG = 100
"""Cells, where no terminal says how many there are."""
NARROWEST = 20

# No yellow or cyan, which vanish on a white background, and no blue, which does on a black one.
STYLES = {
    "error": "bold red",
    "warning": "bold magenta",
    "info": "bold",
    "path": "bold",
    "label": "dim",
    "help": "bold",
    "faint": "dim",
    "added": "green",
    "removed": "red",
    "": "",
}


class TextReporter:
    """What a person wants to read; `quiet` is one line a finding.

    `width` in cells and `color` are found out from the stream and its surroundings (COLUMNS,
    NO_COLOR, FORCE_COLOR, TERM) where they are None.
    """

    def __init__(
        self, *, quiet: bool = False, width: int | None = None, color: bool | None = None
    ) -> None:
        self._quiet = quiet
        self._width = width
        self._color = color

    def write(self, report: Report, stream: TextIO) -> None:
        """Write `report`; without a terminal there are no escape sequences in it."""
        width = max(self._width or width_of(stream), NARROWEST)
        page = Page(report, width, encoding_of(stream))
        lines = page.brief() if self._quiet else page.full()
        write_lines(lines, stream, color=self._color)


def write_lines(lines: Iterable[Line], stream: TextIO, *, color: bool | None = None) -> None:
    """Write lines of styled spans; in colour as `color` says, else where `stream` takes it."""
    colored = wants_color(stream) if color is None else color
    (_paint if colored else _print)(lines, stream)


def width_of(stream: TextIO) -> int:
    """The cells of a line: COLUMNS, else the terminal's, else those of a log."""
    columns = os.environ.get("COLUMNS", "")
    if columns.isdecimal() and int(columns) > 0:
        return int(columns)
    if not stream.isatty():
        return WIDTH_OF_A_LOG
    try:
        return os.get_terminal_size(stream.fileno()).columns or WIDTH_OF_A_LOG
    except OSError:
        return WIDTH_OF_A_LOG


def wants_color(stream: TextIO) -> bool:
    """Whether to send escape sequences: https://no-color.org, then FORCE_COLOR, then the stream."""
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return stream.isatty() and os.environ.get("TERM") != "dumb"


def _print(lines: Iterable[Line], stream: TextIO) -> None:
    stream.writelines("".join(text for text, _ in line).rstrip() + "\n" for line in lines)


def _paint(lines: Iterable[Line], stream: TextIO) -> None:
    # Rich takes 40 ms to import, which help texts and quiet, piped and CI runs need not pay.
    from rich.console import Console  # noqa: PLC0415 - see above
    from rich.text import Text  # noqa: PLC0415 - see above

    console = Console(file=stream, force_terminal=True, no_color=False)
    for line in lines:
        spans = [(text, STYLES[style]) for text, style in line]
        console.print(Text.assemble(*spans), soft_wrap=True)
