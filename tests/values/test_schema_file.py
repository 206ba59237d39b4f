from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plate_llm_cli.source.violations import ModelViolation, ViolationKind
from plate_llm_cli.values.schema_file import check_against_schema, remote_references

SCHEMA: dict[str, Any] = {
    "$schema": "http://json-schema.org/draft-07/schema#",
    "type": "object",
    "required": ["image"],
    "additionalProperties": False,
    "properties": {
        "replicaCount": {"type": "integer", "minimum": 1},
        "image": {"$ref": "#/definitions/image"},
        "mode": {"enum": ["a", "b"]},
        "either": {"oneOf": [{"type": "string"}, {"type": "integer"}]},
        "password": {"type": "string", "pattern": "^[a-z]+$"},
        "far": {"$ref": "https://schemas.example.invalid/far.json"},
        "near": {"$ref": "near.json#/x"},
        "env": {"items": {"required": ["name"]}},
        "address": {"format": "ipv4"},
    },
    "definitions": {
        "image": {"type": "object", "properties": {"tag": {"type": ["string", "null"]}}}
    },
}
GOOD: dict[str, Any] = {"image": {"tag": "1"}}


def check(**values: Any) -> list[ModelViolation]:
    return check_against_schema(SCHEMA, {**GOOD, **values})


def test_what_fits_is_clean() -> None:
    assert check(replicaCount=2, mode="a", either="x", env=[{"name": "A"}]) == []


@pytest.mark.parametrize(
    ("values", "kind", "route", "message"),
    [
        (
            {"replicaCont": 1},
            ViolationKind.UNKNOWN_FIELD,
            ("replicaCont",),
            "the chart's schema knows no `replicaCont`",
        ),
        (
            {"replicaCount": "1"},
            ViolationKind.WRONG_TYPE,
            ("replicaCount",),
            "`replicaCount` must be a whole number, not text",
        ),
        (
            {"replicaCount": 0},
            ViolationKind.BAD_VALUE,
            ("replicaCount",),
            "`replicaCount` does not fit the chart's schema: "
            "the value is less than the minimum of 1",
        ),
        (
            {"image": {"tag": 1.1}},
            ViolationKind.WRONG_TYPE,
            ("image", "tag"),
            "`tag` must be null or text, not a number",
        ),
        ({"mode": "c"}, ViolationKind.BAD_VALUE, ("mode",), "`mode` must be one of 'a', 'b'"),
        (
            {"either": []},
            ViolationKind.BAD_VALUE,
            ("either",),
            "`either` fits none of the forms that the chart's schema allows",
        ),
        (
            {"env": [{"name": "A"}, {}]},
            ViolationKind.MISSING_FIELD,
            ("env", 1, "name"),
            "`name` is missing, which the chart's schema requires",
        ),
        (
            {"address": "x"},
            ViolationKind.BAD_VALUE,
            ("address",),
            '`address` does not fit the chart\'s schema: the value is not a "ipv4"',
        ),
    ],
)
def test_what_does_not_fit(
    values: dict[str, Any], kind: ViolationKind, route: tuple[str | int, ...], message: str
) -> None:
    [found] = check(**values)
    assert (found.kind, found.route, found.message) == (kind, route, message)


def test_a_slip_gets_the_name_that_was_meant() -> None:
    [found] = check(replicaCont=1)
    assert found.help == "Did you mean `replicaCount`?"


def test_a_message_never_holds_the_value() -> None:
    [found] = check(password="HUNTER2")  # noqa: S106 - nobody's password
    assert "HUNTER2" not in found.message


def test_nothing_is_fetched_and_what_is_elsewhere_allows_everything() -> None:
    assert check(far={"anything": 1}, near=[1]) == []


def test_references_to_elsewhere_are_listed() -> None:
    assert remote_references(SCHEMA) == [
        "https://schemas.example.invalid/far.json",
        "near.json#/x",
    ]


@pytest.mark.parametrize(
    "schema", [3, [], {"type": "nonsense"}, {"pattern": "("}, {"$ref": "#/nowhere"}]
)
def test_a_schema_that_is_none(schema: Any) -> None:
    [found] = check_against_schema(schema, {})
    assert found.route == ()
    assert found.message.startswith("values.schema.json cannot be used: ")


def test_a_schema_that_says_yes_or_no() -> None:
    assert check_against_schema(True, {"a": 1}) == []
    assert len(check_against_schema(False, {"a": 1})) == 1


_TREES: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["type", "properties", "$ref", "items", "enum", "image", "pattern"])
            | st.text(max_size=3),
            inner,
            max_size=3,
        )
    ),
    max_leaves=12,
)


@settings(max_examples=150, deadline=None)
@given(_TREES, _TREES)
def test_no_schema_and_no_values_bring_it_down(schema: Any, values: Any) -> None:
    check_against_schema(schema, values)
    check_against_schema(SCHEMA, values)
