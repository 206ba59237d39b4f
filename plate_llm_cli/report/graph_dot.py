"""The linked deployment in the language of Graphviz."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from plate_llm_cli.graph.drawing.model import State
from plate_llm_cli.report.graph_shape import groups, label_of, lines_of, node_class, shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plate_llm_cli.graph.drawing.model import Drawing, Node

_RED: Final = 'color="#cf222e" penwidth=2'
_AMBER: Final = 'color="#bf8700" penwidth=2'
_NODES: Final = {
    "broken": _RED,
    "doubtful": _AMBER,
    "missing": f'{_RED} style="dashed"',
    "absent": 'style="dashed"',
}
_EDGES: Final = {State.BROKEN: f'{_RED} style="dashed"', State.DOUBTFUL: _AMBER}


def graph_dot(drawing: Drawing) -> str:
    """A directed graph from left to right, with a cluster for each release."""
    return "".join(f"{line}\n" for line in _lines(drawing))


def _lines(drawing: Drawing) -> Iterator[str]:
    yield f"digraph {quoted(shown(drawing.title))} {{"
    yield '  rankdir=LR; node [shape=box fontname="sans-serif"]; edge [fontname="sans-serif"];'
    for number, (release, nodes) in enumerate(groups(drawing), 1):
        boxes = [_box(drawing, node) for node in nodes]
        if release:
            yield f"  subgraph cluster_{number} {{ label={quoted(shown(release))};"
            yield from (f"    {box}" for box in boxes)
            yield "  }"
        else:
            yield from (f"  {box}" for box in boxes)
    numbers = drawing.numbers
    for edge in drawing.edges:
        label = f"label={quoted(label_of(edge))}" if edge.labels else ""
        traits = " ".join(filter(None, (label, _EDGES.get(edge.state, ""))))
        suffix = f" [{traits}]" if traits else ""
        yield f"  n{numbers[edge.source]} -> n{numbers[edge.target]}{suffix};"
    yield "}"


def _box(drawing: Drawing, node: Node) -> str:
    label = quoted("\n".join(lines_of(node)))
    traits = _NODES.get(node_class(node).split()[0], "")
    return f"n{drawing.numbers[node.key]} [label={label}{' ' + traits if traits else ''}];"


def quoted(text: str) -> str:
    """`text` as a quoted string: no escape of Graphviz is left in it but the line break."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'
