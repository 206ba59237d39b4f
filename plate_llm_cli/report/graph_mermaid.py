"""The linked deployment as a Mermaid flowchart, for Markdown."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from plate_llm_cli.graph.drawing.model import State
from plate_llm_cli.report.graph_shape import groups, label_of, lines_of, node_class

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plate_llm_cli.graph.drawing.model import Drawing, Node

_UNSAFE: Final = re.compile(r"[^\w ./:,=@*()+-]")
"""What Mermaid, or Markdown in its labels, may read as more than text."""
_CLASSES: Final = (
    "classDef broken stroke:#cf222e,stroke-width:3px",
    "classDef doubtful stroke:#bf8700,stroke-width:3px",
    "classDef missing stroke:#cf222e,stroke-width:3px,stroke-dasharray:5 4",
    "classDef absent stroke-dasharray:5 4",
)
_LINES: Final = {
    State.BROKEN: "stroke:#cf222e,stroke-width:3px",
    State.DOUBTFUL: "stroke:#bf8700,stroke-width:3px",
}


def graph_mermaid(drawing: Drawing) -> str:
    """A flowchart from left to right, with a subgraph for each release."""
    return "".join(f"{line}\n" for line in _lines(drawing))


def _lines(drawing: Drawing) -> Iterator[str]:
    yield "flowchart LR"
    for number, (release, nodes) in enumerate(groups(drawing), 1):
        boxes = [_box(drawing, node) for node in nodes]
        if release:
            yield f'  subgraph r{number}["{escaped(release)}"]'
            yield from (f"    {box}" for box in boxes)
            yield "  end"
        else:
            yield from (f"  {box}" for box in boxes)
    numbers = drawing.numbers
    for edge in drawing.edges:
        label = f'|"{escaped(label_of(edge))}"|' if edge.labels else ""
        arrow = "-.->" if edge.state is State.BROKEN else "-->"
        yield f"  n{numbers[edge.source]} {arrow}{label} n{numbers[edge.target]}"
    yield from _styles(drawing)


def _box(drawing: Drawing, node: Node) -> str:
    text = "<br/>".join(escaped(line) for line in lines_of(node))
    return f'n{drawing.numbers[node.key]}["{text}"]'


def _styles(drawing: Drawing) -> Iterator[str]:
    yield from (f"  {line}" for line in _CLASSES)
    for node in drawing.nodes:
        name = node_class(node).split()[0]
        if name not in (State.SOUND, State.NOTED):
            yield f"  class n{drawing.numbers[node.key]} {name}"
    for index, edge in enumerate(drawing.edges):
        if edge.state in _LINES:
            yield f"  linkStyle {index} {_LINES[edge.state]}"


def escaped(text: str) -> str:
    """`text` within quotes, as Mermaid writes characters by their number."""
    return _UNSAFE.sub(lambda match: f"#{ord(match[0])};", text)
