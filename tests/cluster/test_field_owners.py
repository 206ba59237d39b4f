"""Who owns which fields, and what is left when some of them go."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from plate_llm_cli.cluster.field_owners import (
    LAST_APPLIED,
    last_applied,
    left_over,
    places,
    without,
)

if TYPE_CHECKING:
    from plate_llm_cli.cluster.jq_paths import Place

PORTS = {"spec": {"ports": [{"port": 80}, {"port": 81, "protocol": "UDP", "name": "b"}]}}
OBJ = {"a": {"b": [{"name": "x", "c": 1}, {"name": "y"}], "d": 1}, "e": 2}


@pytest.mark.parametrize(
    ("gone", "left"),
    [
        ([], OBJ),
        ([()], OBJ),
        ([("e",)], {"a": OBJ["a"]}),
        ([("a", "b", 0, "c")], {"a": {"b": [{"name": "x"}, {"name": "y"}], "d": 1}, "e": 2}),
        ([("a", "b", 0), ("a", "b", 1)], {"a": {"d": 1}, "e": 2}),
        ([("a", "b", 0, "c"), ("a", "b")], {"a": {"d": 1}, "e": 2}),
        ([("a", "d"), ("a", "b")], {"e": 2}),
        ([("e", "nothing"), ("x",), ("a", "b", 7)], OBJ),
    ],
)
def test_what_is_left(gone: list[Place], left: dict[str, Any]) -> None:
    assert without(OBJ, gone) == left


@pytest.mark.parametrize(
    ("fields", "found"),
    [
        ({"f:spec": {"f:ports": {}}}, [("spec", "ports")]),
        (
            {"f:spec": {"f:ports": {'k:{"port":80,"protocol":"TCP"}': {".": {}, "f:port": {}}}}},
            [("spec", "ports", 0)],
        ),
        (
            {"f:spec": {"f:ports": {'k:{"port":81,"protocol":"UDP"}': {"f:name": {}}}}},
            [("spec", "ports", 1, "name")],
        ),
        ({"f:spec": {"f:ports": {"i:1": {}}}}, [("spec", "ports", 1)]),
        ({"f:spec": {"f:gone": {}, "f:ports": {"k:{broken": {}, "x:1": {}}}}, []),
    ],
)
def test_where_the_fields_are(fields: dict[str, Any], found: list[Place]) -> None:
    assert places(fields, PORTS) == found


def test_an_item_by_its_value() -> None:
    fields: Any = {"f:finalizers": {'v:"a"': {}, 'v:"b"': {}}}
    obj, wanted = {"finalizers": ["x", "a", "b"]}, {"finalizers": ["b"]}
    assert left_over([fields], [], obj, wanted) == [("finalizers", 1)]


def test_what_others_own_as_well_stays() -> None:
    fields: Any = {"f:spec": {"f:replicas": {}, "f:paused": {}}}
    obj = {"spec": {"replicas": 2, "paused": True}}
    others: Any = [{"f:spec": {"f:replicas": {}}}]
    assert left_over([fields], others, obj, {"spec": {}}) == [("spec", "paused")]


def test_an_item_of_which_others_own_a_part_stays() -> None:
    item = 'k:{"port":81,"protocol":"UDP"}'
    mine: Any = {"f:spec": {"f:ports": {item: {".": {}, "f:port": {}}}}}
    others: Any = [{"f:spec": {"f:ports": {item: {"f:name": {}}}}}]
    assert left_over([mine], others, PORTS, {"spec": {"ports": [{"port": 80}]}}) == []


@pytest.mark.parametrize("note", ["", "no JSON", "[]", "null"])
def test_a_note_of_the_last_apply_that_is_none(note: str) -> None:
    notes = {"kubectl.kubernetes.io/last-applied-configuration": note}
    assert last_applied({"metadata": {"annotations": notes}}) == {}


@pytest.mark.parametrize(
    "metadata", [None, [], {"annotations": []}, {"annotations": {LAST_APPLIED: {"a": 1}}}]
)
def test_what_was_applied_last_may_be_anything(metadata: Any) -> None:
    assert last_applied({"metadata": metadata}) == {}


@pytest.mark.parametrize("below", [None, "text", [], 1])
def test_fields_that_are_none_are_nobody_s(below: Any) -> None:
    assert places({"f:spec": {"f:a": below}}, {"spec": {"a": {"b": 1}}}) == []
