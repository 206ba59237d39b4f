"""Where boxes go: nothing lies on something else, and names are whole where that is possible."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plate_llm_cli.graph.drawing.model import Column, Edge, Node
from plate_llm_cli.report.graph_layout import WIDTH, Slot, laid_out

COLUMNS = list(Column)
GRAPHS = st.integers(1, 14).flatmap(
    lambda size: st.tuples(
        st.lists(st.sampled_from(COLUMNS), min_size=size, max_size=size),
        st.lists(st.tuples(st.integers(0, size - 1), st.integers(0, size - 1)), max_size=20),
    )
)


def _node(number: int, column: Column) -> Node:
    return Node(("Pod", "", f"pod-{number}"), column, notes=("note",) * (number % 4))


def _apart(one: Slot, other: Slot) -> bool:
    beside = one.x + WIDTH < other.x or other.x + WIDTH < one.x
    below = one.y + one.height < other.y or other.y + other.height < one.y
    return beside or below


@given(GRAPHS)
def test_no_box_lies_on_another(graph: tuple[list[Column], list[tuple[int, int]]]) -> None:
    columns, ends = graph
    nodes = [_node(number, column) for number, column in enumerate(columns)]
    edges = [Edge(nodes[first].key, nodes[last].key) for first, last in ends]
    layout = laid_out(nodes, edges)
    assert all(_apart(*pair) for pair in combinations(layout.boxes, 2))
    assert all(box.x + WIDTH <= layout.width for box in layout.boxes)
    assert all(box.y > 0 and box.y + box.height <= layout.height for box in layout.boxes)


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        ("web", ("web",)),
        ("openbao-secrets-manager-stg", ("openbao-secrets-", "manager-stg")),
        ("a" * 40, ("a" * 18, "a" * 18, "aaaa")),
        ("a" * 90, ("a" * 18, "a" * 18, "a" * 18, "aaaaa…")),
        ("aaaaaaaaaaaa-" * 4 + "b", ("aaaaaaaaaaaa-",) * 3 + ("aaaaaaaaaaaa-b",)),
        ("aaaaaaaaaaaa-" * 4 + "b" * 7, ("aaaaaaaaaaaa-",) * 3 + ("aaaaaaaaaaaa-…",)),
        ("서비스" * 4, ("서비스" * 3, "서비스")),
        ("", ("",)),
    ],
)
def test_a_name_is_broken_where_its_parts_end(name: str, lines: tuple[str, ...]) -> None:
    (box,) = laid_out([Node(("Pod", "", name), Column.WORKLOAD)], []).boxes
    assert box.text == ("Pod", *lines)


def test_a_wire_that_passes_a_column_goes_between_its_boxes() -> None:
    nodes = [_node(number, column) for number, column in enumerate(COLUMNS[:3])]
    layout = laid_out(nodes, [Edge(nodes[0].key, nodes[2].key)])
    (wire,) = layout.wires
    way, box = wire.slots[1], layout.boxes[1]
    assert way.node is None
    assert _apart(way, box)
