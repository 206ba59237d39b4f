"""Where the boxes and wires of a drawing go: columns from left to right, few crossings."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from itertools import pairwise
from statistics import fmean
from typing import TYPE_CHECKING, Final

from plate_llm_cli.graph.drawing.model import Column
from plate_llm_cli.report.excerpt import cell_width as cells
from plate_llm_cli.report.graph_shape import lines_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from plate_llm_cli.graph.drawing.model import Edge, Node

CELL: Final = 6.3
"""The width of a character of the figure's font, in its units."""
SMALL_CELL: Final = 5.5
"""As `CELL`, for kinds."""
WIDTH: Final = 130
LINE: Final = 14
TOP: Final = 26
"""Room for the headings of columns."""
PAD: Final = 7
_PAGE: Final = 1200
_LEAST_GAP: Final = 24
_MOST_GAP: Final = 64
_BETWEEN: Final = 14
_ROOM: Final = int((WIDTH - 2 * PAD) / CELL)
_ROOM_FOR_KIND: Final = int((WIDTH - 2 * PAD) / SMALL_CELL)
_WAY: Final = 8
"""The height that a wire takes on its way past a column."""
_SWEEPS: Final = 4
_MOST_LINES: Final = 4
_PIECES: Final = re.compile(r"[^-./_:@,=#\s]*[-./_:@,=#\s]?")


@dataclass(slots=True, eq=False)
class Slot:
    """A place in a column: a box, or a wire that passes by."""

    height: float
    rank: int
    x: float
    """Its left side."""
    node: Node | None = None
    text: tuple[str, ...] = ()
    """Kind, the lines of the name, and the notes."""
    name_lines: int = 0
    y: float = 0

    @property
    def middle(self) -> float:
        """Half its height."""
        return self.y + self.height / 2


_Neighbours = defaultdict[int, list[Slot]]
"""By the identity of a slot, those that wires lead to on one side of it."""


@dataclass(frozen=True, slots=True, eq=False)
class Wire:
    """An edge and the slots that it goes through."""

    edge: Edge
    slots: tuple[Slot, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Layout:
    """A figure: sizes are in units of about a pixel."""

    width: float
    height: float
    columns: tuple[Column, ...]
    boxes: tuple[Slot, ...]
    wires: tuple[Wire, ...]


def laid_out(nodes: Sequence[Node], edges: Iterable[Edge]) -> Layout:
    """Every node in the column of its kind; the same drawing always gives the same layout."""
    columns = [column for column in Column if any(node.column is column for node in nodes)]
    step = WIDTH + _gap(len(columns))
    boxes = {node.key: _box(node, columns.index(node.column), step) for node in nodes}
    ranks: list[list[Slot]] = [[] for _ in columns]
    for box in boxes.values():
        ranks[box.rank].append(box)
    wires = []
    for edge in edges:
        if edge.source in boxes and edge.target in boxes:
            first, last = boxes[edge.source], boxes[edge.target]
            between = [Slot(_WAY, rank, rank * step) for rank in range(first.rank + 1, last.rank)]
            for slot in between:
                ranks[slot.rank].append(slot)
            wires.append(Wire(edge, (first, *between, last)))
    _arrange(ranks, wires)
    bottom = max((slot.y + slot.height for rank in ranks for slot in rank), default=0)
    width = (len(columns) - 1) * step + WIDTH
    return Layout(width, bottom + PAD, tuple(columns), tuple(boxes.values()), tuple(wires))


def _gap(columns: int) -> float:
    """The room between columns: what a page leaves, within limits."""
    spare = (_PAGE - columns * WIDTH) / max(columns - 1, 1)
    return min(max(spare, _LEAST_GAP), _MOST_GAP)


def _box(node: Node, rank: int, step: float) -> Slot:
    kind, name, *notes = lines_of(node)
    wrapped = _wrapped(name)
    text = (_cut(kind, _ROOM_FOR_KIND), *wrapped, *(_cut(note) for note in notes))
    return Slot(len(text) * LINE + 2 * PAD, rank, rank * step, node, text, len(wrapped))


def _wrapped(name: str) -> list[str]:
    """A name in lines, broken behind what separates its parts where that is possible."""
    lines = [""]
    for piece in _PIECES.findall(name):
        rest = piece
        if cells(lines[-1] + piece) > _ROOM and lines[-1]:
            lines.append("")
        while cells(rest) > _ROOM:
            head = _fitting(rest, _ROOM)
            lines[-1] = head
            lines.append("")
            rest = rest[len(head) :]
        lines[-1] += rest
    if len(lines) <= _MOST_LINES:
        return lines
    return [*lines[: _MOST_LINES - 1], f"{_fitting(lines[_MOST_LINES - 1], _ROOM - 1)}…"]


def _cut(text: str, room: int = _ROOM) -> str:
    return text if cells(text) <= room else f"{_fitting(text, room - 1)}…"


def _fitting(text: str, room: int) -> str:
    end = len(text)
    while cells(text[:end]) > room:
        end -= 1
    return text[:end]


def _arrange(ranks: list[list[Slot]], wires: Sequence[Wire]) -> None:
    """Order the columns so that few wires cross, then let boxes stand beside their neighbours."""
    before: _Neighbours = defaultdict(list)
    behind: _Neighbours = defaultdict(list)
    for left, right in (pair for wire in wires for pair in pairwise(wire.slots)):
        if left.rank < right.rank:
            behind[id(left)].append(right)
            before[id(right)].append(left)
    ways = [(before, ranks), (behind, ranks[::-1])] * _SWEEPS
    for neighbours, order in ways:
        for rank in order:
            _sort(rank, neighbours, ranks)
    for rank in ranks:
        _stack(rank, {})
    for neighbours, order in reversed(ways):
        for rank in order:
            _stack(rank, _wanted(rank, neighbours))
    _close_up([slot for rank in ranks for slot in rank])


def _close_up(slots: list[Slot]) -> None:
    """Begin at the top, and leave no height that nothing is at."""
    bottom = float(TOP - _BETWEEN)
    lift: float | None = None
    for slot in sorted(slots, key=lambda it: it.y):
        if lift is None or slot.y - lift > bottom + _BETWEEN:
            lift = slot.y - bottom - _BETWEEN
        slot.y -= lift
        bottom = max(bottom, slot.y + slot.height)


def _wanted(rank: list[Slot], neighbours: _Neighbours) -> dict[int, float]:
    """The middle between the neighbours, for those that have some."""
    return {
        id(slot): fmean(item.middle for item in neighbours[id(slot)])
        for slot in rank
        if neighbours[id(slot)]
    }


def _sort(rank: list[Slot], neighbours: _Neighbours, ranks: list[list[Slot]]) -> None:
    """By the mean place of the neighbours; who has none keeps the place that it has."""
    share = {
        id(slot): (index + 0.5) / len(column)
        for column in ranks
        for index, slot in enumerate(column)
    }
    means = {
        id(slot): fmean(share[id(item)] for item in neighbours[id(slot)] or [slot]) for slot in rank
    }
    rank.sort(key=lambda slot: means[id(slot)])


def _stack(rank: list[Slot], wanted: dict[int, float]) -> None:
    """Put the slots of a column below each other, each as near as can be to where it should be."""
    bottom = float("-inf")
    moved = []
    for slot in rank:
        middle = wanted.get(id(slot), slot.middle)
        before = middle - slot.height / 2
        slot.y = max(before, bottom)
        bottom = slot.y + slot.height + _BETWEEN
        moved.append(slot.y - before)
    shift = fmean(moved) if moved else 0
    for slot in rank:
        slot.y -= shift
