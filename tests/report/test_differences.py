"""Differences as people and programs read them."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest

from plate_llm_cli.graph.differences import compare
from plate_llm_cli.report.differences import Differences, differences_json, differences_lines
from plate_llm_cli.report.excerpt import cell_width
from plate_llm_cli.report.text import write_lines


def _thing(**spec: Any) -> dict[str, Any]:
    return {"apiVersion": "x.io/v1", "kind": "Thing", "metadata": {"name": "t"}, "spec": spec}


def _found(old: list[dict[str, Any]], new: list[dict[str, Any]]) -> Differences:
    return Differences("a", "b", (("r", "r"),), tuple(compare(old, new)))


def _text(found: Differences, width: int = 80, *, everything: bool = False) -> str:
    lines = differences_lines(found, width, everything=everything)
    return "".join("".join(span for span, _ in line).rstrip() + "\n" for line in lines)


def _block(before: dict[str, Any], after: dict[str, Any], width: int = 80) -> str:
    text = _text(_found([_thing(**before)], [_thing(**after)]), width)
    return text.partition("~ Thing t\n")[2].partition("\n\n")[0]


@pytest.mark.parametrize(
    ("before", "after", "block"),
    [
        ({"x": 1}, {"x": "1"}, '    spec.x: 1 -> "1"'),
        ({"x": ""}, {"x": "a b"}, '    spec.x: "" -> a b'),
        ({"x": 1}, {"x": 1, "y": True}, "    + spec.y: true"),
        ({"x": 1, "y": None, "z": "s"}, {"x": 1}, "    - spec.z: s"),
        ({"x": "l1\nl2\n"}, {"x": "l1\nl3\n"}, "    spec.x:\n        l1\n      - l2\n      + l3"),
        (
            {"x": [{"name": "a"}]},
            {"x": [{"name": "a"}, {"name": "b", "to": ["c"]}]},
            "    spec.x[name=b]:\n      + name: b\n      + to:\n      + - c",
        ),
        (
            {"x": [{"name": "a"}, {"name": "b"}]},
            {"x": [{"name": "b"}, {"name": "a"}]},
            "    spec.x: in another order: name=b, name=a",
        ),
        ({"password": "one"}, {"password": "two"}, "    spec.password: changed (hidden)"),
        ({"x": 1}, {"x": 1, "password": "two"}, "    + spec.password: (hidden)"),
        ({"x": "\x1b[31m"}, {"x": "b"}, r"    spec.x: \x1b[31m -> b"),
    ],
)
def test_a_field(before: dict[str, Any], after: dict[str, Any], block: str) -> None:
    assert _block(before, after) == block


def test_values_too_long_for_a_line_stand_below_each_other() -> None:
    block = _block({"x": "a" * 30}, {"x": "b" * 80}, 40)
    assert block == f"    spec.x:\n      - {'a' * 30}\n      + {'b' * 29}..."


def test_no_line_is_wider_than_the_screen() -> None:
    found = _found([], [_thing(text="漢" * 60, short="x")])
    text = _text(found, 60)
    assert f"text: {'漢' * 20}..." in text
    assert max(map(cell_width, text.splitlines())) <= 60


def test_of_a_long_object_the_rest_is_counted() -> None:
    found = _found([], [_thing(**{f"k{number:02}": number for number in range(40)})])
    assert "\n      and 21 more lines (--all shows them)\n" in _text(found)
    assert "k39: 39" in _text(found, everything=True)


def test_the_summary() -> None:
    other = {**_thing(), "metadata": {"name": "u"}}
    third = {**_thing(), "metadata": {"name": "v"}}
    found = _found([_thing(x=1), other], [_thing(x=2), third])
    assert found.summary == "1 object changed, 1 added, 1 removed"
    assert _found([], []).summary == "no difference"


def test_colours_where_they_are_wanted() -> None:
    found = _found([_thing(x=1)], [_thing(x=2)])
    plain, colored = io.StringIO(), io.StringIO()
    write_lines(differences_lines(found, 80, everything=False), plain)
    write_lines(differences_lines(found, 80, everything=False), colored, color=True)
    assert "\x1b" not in plain.getvalue()
    assert "\x1b[31m1\x1b[0m" in colored.getvalue()


def test_json() -> None:
    sides = ({"x": 1, "password": "one"}, {"x": 2, "password": "two"})
    found = _found(*([_thing(**side)] for side in sides))
    assert json.loads(differences_json(found)) == {
        "version": 1,
        "before": "a",
        "after": "b",
        "releases": [{"before": "r", "after": "r"}],
        "objects": [
            {
                "change": "changed",
                "kind": "Thing",
                "group": "x.io",
                "namespace": "",
                "name": "t",
                "was": None,
                "fields": [
                    {
                        "path": "spec.password",
                        "change": "changed",
                        "before": "(hidden)",
                        "after": "(hidden)",
                        "hidden": True,
                        "carried": False,
                    },
                    {
                        "path": "spec.x",
                        "change": "changed",
                        "before": 1,
                        "after": 2,
                        "hidden": False,
                        "carried": False,
                    },
                ],
            }
        ],
        "summary": {"changed": 1, "added": 0, "removed": 0, "carried": 0},
    }
