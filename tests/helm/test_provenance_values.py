from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest

from plate_llm_cli.helm.provenance.probes import REMOVED
from plate_llm_cli.helm.provenance.values import changed, leaves_of, value_at, whole_parts


def test_leaves_are_scalars_and_empty_collections() -> None:
    values = {"a": {"b": 1, "c": []}, "d": [{"e": None}, "f"], "g": {}}
    assert list(leaves_of(values)) == [
        ("a", "b"),
        ("a", "c"),
        ("d", 0, "e"),
        ("d", 1),
        ("g",),
    ]


def test_no_values_have_no_leaves() -> None:
    assert list(leaves_of({})) == []


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ([(("a", "b"), 2)], {"a": {"b": 2}, "l": [1, 2, 3]}),
        ([(("a", "b"), REMOVED)], {"a": {}, "l": [1, 2, 3]}),
        ([(("a", "b"), None)], {"a": {"b": None}, "l": [1, 2, 3]}),
        ([(("a",), REMOVED)], {"l": [1, 2, 3]}),
        ([(("l", 0), REMOVED), (("l", 2), REMOVED)], {"a": {"b": 1}, "l": [2]}),
        ([(("l", 1), 9)], {"a": {"b": 1}, "l": [1, 9, 3]}),
        ([(("n", "m"), 1)], {"a": {"b": 1}, "l": [1, 2, 3], "n": {"m": 1}}),
        ([(("d", 0, "x"), 5)], {"a": {"b": 1}, "l": [1, 2, 3], "d": [{"x": 5, "y": 8}]}),
        ([(("d", 7), 5)], {"a": {"b": 1}, "l": [1, 2, 3], "d": [{"x": 7, "y": 8}]}),
    ],
)
def test_one_leaf_is_changed_and_the_rest_kept(
    changes: list[tuple[Any, Any]], expected: dict[str, Any]
) -> None:
    overrides: dict[str, Any] = {"a": {"b": 1}, "l": [1, 2, 3]}
    effective = {**overrides, "d": [{"x": 7, "y": 8}]}
    before = deepcopy((overrides, effective))
    assert changed(overrides, effective, changes) == expected
    assert (overrides, effective) == before


def test_a_value_that_is_not_there_is_none() -> None:
    assert value_at({"a": {"b": 1}}, ("a", "c")) is None


def test_the_topmost_parts_of_which_all_leaves_are_meant() -> None:
    values = {"a": {"b": [1, 2], "c": 3}, "d": [4, 5]}
    routes = [("a", "b", 0), ("a", "b", 1), ("d", 0), ("d", 1)]
    assert whole_parts(values, routes) == [("a", "b"), ("d",)]
