"""Lists for people: a line an item where the screen is wide enough, else a block an item."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plate_llm_cli.report.excerpt import cell_width
from plate_llm_cli.report.untrusted import one_line

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_GAP = "  "
_LEAST_PROSE = 32
"""Cells: prose in a narrower column is hard to read."""


def table(headings: Sequence[str], rows: Sequence[Sequence[str]], width: int | None) -> str:
    """`rows` under `headings`; `width` is that of the screen in cells, None where it is no screen.

    On a screen that is too narrow each row becomes a block under its first cell.
    """
    cleaned = [[one_line(cell) for cell in row] for row in rows]
    lines = list(_aligned([headings, *cleaned]))
    if width is None or all(cell_width(line) <= width for line in lines):
        return "".join(f"{line}\n" for line in lines)
    indent = max(len(heading) for heading in headings[1:]) + 2
    return "\n".join(_block(headings, row, indent, width) for row in cleaned)


def described(rows: Sequence[Sequence[str]], width: int | None) -> str:
    """`rows` whose last cell is prose, which goes on below itself where it does not fit."""
    heads = list(_aligned([row[:-1] for row in rows]))
    start = max((cell_width(head) for head in heads), default=0) + len(_GAP)
    texts = [row[-1] for row in rows]
    if width is not None and width - start < _LEAST_PROSE:
        heads, start = [f"{head}\n" for head in heads], 4
    else:
        heads = [f"{head}{' ' * (start - cell_width(head))}" for head in heads]
    return "".join(
        hanging(head, start, text, width) for head, text in zip(heads, texts, strict=True)
    )


def _aligned(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    widths = [max(map(cell_width, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = (
            cell + " " * (size - cell_width(cell)) for cell, size in zip(row, widths, strict=True)
        )
        yield _GAP.join(cells).rstrip()


def _block(headings: Sequence[str], row: Sequence[str], indent: int, width: int) -> str:
    text = f"{row[0]}\n"
    for heading, cell in zip(headings[1:], row[1:], strict=True):
        if cell:
            head = f"  {heading.lower():{indent}}"
            text += hanging(head, len(head), cell, width)
    return text


def hanging(head: str, indent: int, text: str, width: int | None) -> str:
    """`head` and `text` behind it, in lines of `width` that begin after `indent` cells."""
    lines = [""]
    for word in text.split(" "):
        room = indent + cell_width(lines[-1]) + 1 + cell_width(word)
        if not lines[-1] or width is None or room <= width:
            lines[-1] = f"{lines[-1]} {word}".lstrip()
        else:
            lines.append(word)
    begin = " " * indent if head.endswith("\n") else ""
    return head + begin + f"\n{' ' * indent}".join(lines) + "\n"
