"""What the pictures of a deployment have in common: groups, classes and words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plate_llm_cli.graph.drawing.model import State
from plate_llm_cli.report.untrusted import one_line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plate_llm_cli.graph.drawing.model import Drawing, Edge, Node

MOST_NOTES = 8
"""Notes that a node shows; the others are counted."""
_LONGEST = 60


def groups(drawing: Drawing) -> Iterator[tuple[str, list[Node]]]:
    """The releases, that of the drawing first, and behind them ('') what none brings."""
    names = {node.release for node in drawing.nodes}
    for name in sorted(names, key=lambda it: (it == "", it != drawing.title, it)):
        yield name, [node for node in drawing.nodes if node.release == name]


def node_class(node: Node) -> str:
    """How a node looks: its state, or that it is not in the tree."""
    if node.missing:
        return "missing" if node.state is State.BROKEN else f"absent {node.state}"
    return node.state.value


def lines_of(node: Node) -> list[str]:
    """Kind, name, notes and what is wrong, each on one line and harmless."""
    notes = list(node.notes[:MOST_NOTES])
    if len(node.notes) > MOST_NOTES:
        notes.append(f"and {len(node.notes) - MOST_NOTES} more")
    if node.missing:
        notes.append("missing" if node.state is State.BROKEN else "not in the tree")
    elif node.state in (State.BROKEN, State.DOUBTFUL):
        notes.append(node.state.value)
    return [shown(text) for text in (node.kind, node.name, *notes)]


def label_of(edge: Edge) -> str:
    """What stands at an edge."""
    return shown(", ".join(edge.labels))


def shown(text: str) -> str:
    """A text from the tree on one line, and not longer than a line."""
    line = one_line(text)
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1]}…"
