from __future__ import annotations

from typing import Any

import pytest

from plate_llm_cli.helm.references.conditions import (
    Condition,
    Depends,
    Enabled,
    Equals,
    Every,
    Fixed,
    Not,
    Some,
    Truthy,
    Want,
    WantKind,
    every,
    some,
)
from plate_llm_cli.helm.references.routes import Wild

A, B = Truthy(("a",)), Truthy(("b",))
SET, EMPTY = Want(WantKind.TRUTHY), Want(WantKind.FALSY)
OTHER = Want(WantKind.OTHER)


@pytest.mark.parametrize(
    ("condition", "values", "expected"),
    [
        (A, {"a": "x"}, True),
        (A, {"a": ""}, False),
        (A, {"a": []}, False),
        (A, {"a": 0}, False),
        (A, {}, False),
        (Truthy(("a", "b")), {"a": "text"}, False),
        (Truthy(("a", Wild.EACH)), {"a": [1]}, None),
        (Truthy(("a", 1)), {"a": [1, 2]}, True),
        (Equals(("a",), ("x", "y")), {"a": "y"}, True),
        (Equals(("a",), (1,)), {"a": "1"}, False),
        (Equals(("a",), (1,)), {"a": True}, False),
        (Not(A), {}, True),
        (Not(Depends(frozenset())), {}, None),
        (Every((A, B)), {"a": 1}, False),
        (Every((A, Depends(frozenset()))), {"a": 1}, None),
        (Every((A, Depends(frozenset()))), {}, False),
        (Some((A, B)), {"b": 1}, True),
        (Some((A, Depends(frozenset()))), {}, None),
        (Fixed(value=True), {}, True),
        (Enabled((("a",), ("b",)), ()), {"a": "text", "b": False}, False),
        (Enabled((("a",),), (("tags", "x"), ("tags", "y"))), {"tags": {"x": False}}, False),
        (
            Enabled((), (("tags", "x"), ("tags", "y"))),
            {"tags": {"x": False, "y": True}},
            True,
        ),
        (Enabled((("a",),), ()), {}, True),
    ],
)
def test_whether_a_condition_holds(
    condition: Condition, values: dict[str, Any], expected: bool | None
) -> None:
    assert condition.holds(values) is expected


@pytest.mark.parametrize(
    ("condition", "ways"),
    [
        (A, [{("a",): SET}]),
        (Not(A), [{("a",): EMPTY}]),
        (Every((A, B)), [{("a",): SET, ("b",): SET}]),
        (Some((A, B)), [{("a",): SET}, {("b",): SET}]),
        (Not(Some((A, B))), [{("a",): EMPTY, ("b",): EMPTY}]),
        (Not(Every((A, B))), [{("a",): EMPTY}, {("b",): EMPTY}]),
        (Every((A, Not(A))), []),
        (
            Equals(("a",), ("x", "y")),
            [{("a",): Want(WantKind.EQUAL, "x")}, {("a",): Want(WantKind.EQUAL, "y")}],
        ),
        (Not(Equals(("a",), ("x",))), [{("a",): Want(WantKind.DIFFERENT, "x")}]),
        (
            Depends(frozenset({("a",), ("b",)})),
            [{("a",): OTHER}, {("b",): OTHER}, {("a",): OTHER, ("b",): OTHER}],
        ),
        (Depends(frozenset()), []),
        (Fixed(value=False), []),
        (Fixed(value=True), [{}]),
        (Enabled((("a",),), ()), [{("a",): Want(WantKind.EQUAL, constant=True)}]),
    ],
)
def test_what_would_make_a_condition_hold(condition: Condition, ways: list[Any]) -> None:
    assert condition.solutions() == ways


def test_joining_leaves_out_what_decides_nothing() -> None:
    always, never = Fixed(value=True), Fixed(value=False)
    assert every([A, always, A]) == A
    assert every([A, never]) == never
    assert every([]) == always
    assert some([A, never, B]) == Some((A, B))
    assert some([A, always]) == always
    assert some([]) == never


def test_a_long_list_of_conditions_is_only_known_by_its_routes() -> None:
    parts = [Truthy((str(number),)) for number in range(20)]
    assert every(parts) == Depends(frozenset(part.pattern for part in parts))


def test_the_opposite_of_an_opposite_is_the_thing_itself() -> None:
    assert A.negated().negated() == A


def test_a_condition_over_other_routes() -> None:
    condition = Every((A, Not(Equals(("b",), (1,))), Depends(frozenset({("c",)}))))
    assert list(condition.rewritten(lambda pattern: ("x", *pattern)).patterns()) == [
        ("x", "a"),
        ("x", "b"),
        ("x", "c"),
    ]


def test_only_what_no_value_decides_is_told_by_its_text() -> None:
    condition = Every((Depends(frozenset(), "one"), Not(Depends(frozenset({("a",)}), "two"))))
    assert list(condition.texts()) == ["one"]
