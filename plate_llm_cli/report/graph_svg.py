"""A figure of a drawing: boxes in columns, wires between them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from plate_llm_cli.graph.drawing.model import State
from plate_llm_cli.report.graph_layout import LINE, PAD, WIDTH, laid_out
from plate_llm_cli.report.graph_shape import label_of, node_class
from plate_llm_cli.report.untrusted import one_line, xml_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from plate_llm_cli.graph.drawing.model import Drawing, EdgeKey, Node, NodeKey
    from plate_llm_cli.report.graph_layout import Layout, Slot, Wire

_LEFT: Final = 8
_BASE: Final = 17
"""The first line of text in a box."""
_BEND: Final = 0.5
_LOOP: Final = 26
_SMALLEST: Final = 0.88
"""A figure shrinks to this much of its size; then it scrolls."""


@dataclass(frozen=True, slots=True)
class Figure:
    """An SVG in a figure, and the rule of CSS that says how wide it is."""

    text: str
    rule: str


def figure(drawing: Drawing, nodes: Sequence[Node], name: str, about: str) -> Figure:
    """`nodes` and the edges among them as an SVG in a figure that scrolls where it must."""
    layout = laid_out(nodes, drawing.edges)
    ident = name.lower().replace(" ", "-")
    width = layout.width + 2 * _LEFT
    parts = [
        f'<h2>{xml_text(name)} <span class="hint">scrolls sideways</span></h2>',
        f'<figure tabindex="0" aria-label="{xml_text(name)}, scrolls sideways">',
        f'<svg xmlns="http://www.w3.org/2000/svg" id="{ident}" role="group"'
        f' viewBox="0 0 {width:.0f} {layout.height:.0f}"'
        f' aria-labelledby="{ident}-t {ident}-d">',
        f'<title id="{ident}-t">{xml_text(name)}</title>',
        f'<desc id="{ident}-d">{xml_text(about)}</desc>',
        f'<g transform="translate({_LEFT} 0)">',
        *_headings(layout),
        *_wires(drawing, layout),
        *(_box(drawing, slot) for slot in layout.boxes),
        "</g></svg></figure>",
    ]
    least = width * _SMALLEST
    rule = f"#{ident} {{ width: 100%; min-width: {least:.0f}px; max-width: {width:.0f}px; }}"
    return Figure("\n".join(parts), rule)


def _headings(layout: Layout) -> Iterator[str]:
    for slot in {box.rank: box for box in layout.boxes}.values():
        title = xml_text(layout.columns[slot.rank].value)
        yield f'<text class="column" x="{slot.x:.0f}" y="12">{title}</text>'


def _wires(drawing: Drawing, layout: Layout) -> Iterator[str]:
    """Sound wires first, so that broken ones lie above them."""
    for wire in sorted(layout.wires, key=lambda it: it.edge.state.rank):
        yield _wire(drawing, wire)


def _wire(drawing: Drawing, wire: Wire) -> str:
    edge, nodes = wire.edge, drawing.node
    first, last = wire.slots[0], wire.slots[-1]
    loops = first.rank >= last.rank
    path, middle = _loop(first, last) if loops else _curve(wire.slots)
    state = edge.state.value
    title = f"{nodes[edge.source].label} to {nodes[edge.target].label}"
    labels = f": {label_of(edge)}" if edge.labels else ""
    end_x, end_y = (last.x + WIDTH, last.middle) if loops else (last.x, last.middle)
    back = 6 if loops else -6
    parts = [
        f"<g><title>{xml_text(one_line(title) + labels)}</title>",
        f'<path class="wire {state}" d="{path}"/>',
        f'<path class="head {state}" d="M{end_x:.1f} {end_y:.1f}l{back} -3.5v7z"/>',
    ]
    if edge.state is State.BROKEN:
        parts.append(_mark(*middle))
    return _linked("".join(parts) + "</g>", _trouble_of(drawing, edge.key))


def _curve(slots: Sequence[Slot]) -> tuple[str, tuple[float, float]]:
    """A line from the right of the first slot to the left of the last, and its middle."""
    x, y = slots[0].x + WIDTH, slots[0].middle
    path = f"M{x:.1f} {y:.1f}"
    middle = (x, y)
    for slot in slots[1:]:
        to_x, to_y = slot.x, slot.middle
        bend = (to_x - x) * _BEND
        path += f"C{x + bend:.1f} {y:.1f} {to_x - bend:.1f} {to_y:.1f} {to_x:.1f} {to_y:.1f}"
        middle = ((x + to_x) / 2, (y + to_y) / 2)
        x, y = to_x, to_y
        if slot.node is None:
            x += WIDTH
            path += f"H{x:.1f}"
    return path, middle


def _loop(first: Slot, last: Slot) -> tuple[str, tuple[float, float]]:
    """A line within a column, out at the right and in again."""
    x, y, to_x, to_y = first.x + WIDTH, first.middle, last.x + WIDTH, last.middle
    out = max(x, to_x) + _LOOP
    path = f"M{x:.1f} {y:.1f}C{out:.1f} {y:.1f} {out:.1f} {to_y:.1f} {to_x:.1f} {to_y:.1f}"
    return path, (out - _LOOP / 4, (y + to_y) / 2)


def _mark(x: float, y: float) -> str:
    return (
        f'<g class="mark"><circle cx="{x:.1f}" cy="{y:.1f}" r="7"/>'
        f'<path d="M{x - 3:.1f} {y - 3:.1f}l6 6m0 -6l-6 6"/></g>'
    )


def _box(drawing: Drawing, slot: Slot) -> str:
    node = slot.node
    if node is None:
        return ""
    where = f" in {node.namespace}" if node.namespace else ""
    brought = f", from {node.release}" if node.release else ""
    lines = [
        f'<g class="{node_class(node)}"><title>{xml_text(one_line(node.label + where + brought))}'
        f"{''.join(f'&#10;{xml_text(one_line(note))}' for note in node.notes)}</title>",
        f'<rect x="{slot.x:.1f}" y="{slot.y:.1f}" width="{WIDTH}" height="{slot.height:.1f}"'
        ' rx="5"/>',
    ]
    if node.release not in ("", drawing.title):
        lines.append(f'<path class="other" d="M{slot.x:.1f} {slot.y + 5:.1f}v{slot.height - 10}"/>')
    for index, text in enumerate(slot.text):
        name = "kind" if index == 0 else "name" if index <= slot.name_lines else "note"
        y = slot.y + _BASE + index * LINE
        lines.append(
            f'<text class="{name}" x="{slot.x + PAD:.1f}" y="{y:.1f}">{xml_text(text)}</text>'
        )
    return _linked("".join(lines) + "</g>", _trouble_of(drawing, node.key))


def _trouble_of(drawing: Drawing, key: NodeKey | EdgeKey) -> int:
    """The number of the first trouble with a node or an edge; 0 for none."""
    found = (
        number
        for number, trouble in enumerate(drawing.troubles, 1)
        if key in trouble.nodes
        or key in trouble.edges
        or any(target == key for _, target in trouble.edges if drawing.node[target].missing)
    )
    return next(found, 0)


def _linked(text: str, trouble: int) -> str:
    return f'<a href="#t{trouble}">{text}</a>' if trouble else text
