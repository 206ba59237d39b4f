"""Values made from JSON Schemas, judged by a validator."""

from __future__ import annotations

from typing import Any, Literal

import jsonschema_rs
import orjson
import pytest
from pydantic import BaseModel, Field

from service.providers.echo_schema import MOST_VALUES, instance

TREE = {
    "$defs": {
        "node": {
            "type": "object",
            "properties": {
                "value": {"type": "integer"},
                "next": {"anyOf": [{"$ref": "#/$defs/node"}, {"type": "null"}]},
                "children": {"type": "array", "items": {"$ref": "#/$defs/node"}},
            },
            "required": ["value", "next", "children"],
        }
    },
    "$ref": "#/$defs/node",
}


class Address(BaseModel):
    street: str = Field(min_length=40)
    codes: list[int] = Field(min_length=3, max_length=3)
    pair: tuple[str, int]


class Person(BaseModel):
    name: str = Field(max_length=2)
    kind: Literal["cat", "dog"]
    one: Literal["only"]
    age: int = Field(ge=18, lt=20)
    share: float = Field(gt=0, lt=1)
    home: Address
    work: Address | None
    scores: dict[str, float]
    nickname: str | None = None


@pytest.mark.parametrize(
    "schema",
    [
        {},
        True,
        {"const": {"a": 1}},
        {"enum": [None, 1]},
        {"type": ["null", "integer"]},
        {"type": "integer", "minimum": 5},
        {"type": "integer", "maximum": -5},
        {"type": "integer", "exclusiveMinimum": 5, "exclusiveMaximum": 7},
        {"type": "integer", "multipleOf": 7},
        {"type": "integer", "multipleOf": 7, "minimum": 15, "maximum": 21},
        {"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 0.5},
        {"type": "number", "minimum": 0.2, "maximum": 0.25},
        {"type": "number", "maximum": -0.5},
        {"type": "string", "minLength": 30, "maxLength": 31},
        {"type": "string", "maxLength": 0},
        *({"type": "string", "format": name} for name in ["date", "date-time", "email", "uuid"]),
        *({"type": "string", "format": name} for name in ["time", "duration", "ipv4", "ipv6"]),
        *({"type": "string", "format": name} for name in ["uri", "hostname"]),
        {"type": "array", "items": {"type": "integer"}, "minItems": 3, "uniqueItems": True},
        {"type": "array", "items": {"enum": [1, 2]}, "minItems": 2, "uniqueItems": True},
        {"type": "array", "items": {"type": "string"}, "minItems": 2, "uniqueItems": True},
        {"type": "array", "maxItems": 0},
        {"prefixItems": [{"type": "string"}, {"type": "integer"}], "items": False},
        {"type": "object", "minProperties": 2, "additionalProperties": {"type": "integer"}},
        {"properties": {"a": {"type": "integer"}, "b": {"type": "null"}}},
        {"properties": {"a": False, "b": {"type": "null"}}, "required": ["b"]},
        {"required": ["x"]},
        {"oneOf": [{"type": "null"}, {"type": "string"}]},
        {"type": "object", "anyOf": [{"required": ["a"]}, {"required": ["b"]}]},
        {
            "allOf": [
                {"properties": {"a": {"type": "integer"}}, "required": ["a"]},
                {"properties": {"b": {"type": "boolean"}}, "required": ["b"]},
            ]
        },
        {"anyOf": [{"$ref": "#/$defs/a~1b"}], "$defs": {"a/b": {"type": "boolean"}}},
        {"items": {"$ref": "#/prefixItems/0"}, "prefixItems": [{"type": "integer"}], "minItems": 3},
        TREE,
        Person.model_json_schema(),
        {"type": "array", "items": Person.model_json_schema(), "$defs": {}},
    ],
    ids=lambda schema: orjson.dumps(schema).decode()[:60],
)
def test_a_value_fits_its_schema(schema: Any) -> None:
    if "$defs" in str(schema) and schema.get("type") == "array":
        schema = {**schema, "$defs": schema["items"]["$defs"]}

    value = instance(schema)

    jsonschema_rs.Draft202012Validator(schema, validate_formats=True).validate(value)
    assert instance(schema) == value


def test_numbers_are_used_up_in_order_where_they_fit() -> None:
    schema = {
        "properties": {
            "small": {"type": "integer", "maximum": 5},
            "any": {"type": "number"},
            "other": {"type": "integer"},
        }
    }

    assert instance(schema, [9.5, 10, 4]) == {"small": 4, "any": 9.5, "other": 10}


def test_a_structure_that_must_hold_itself_comes_to_an_end() -> None:
    schema = {"properties": {"self": {"$ref": "#"}}, "required": ["self"]}

    assert str(instance(schema)).count("self") < 20


def test_a_structure_that_holds_itself_twice_stays_small() -> None:
    schema = {"properties": {"a": {"$ref": "#"}, "b": {"$ref": "#"}}, "required": ["a", "b"]}

    assert str(instance(schema)).count("'a'") <= MOST_VALUES


@pytest.mark.parametrize(
    "schema",
    [
        {"$ref": "#"},
        {"$ref": "#/nowhere"},
        {"$ref": "https://example.com/schema"},
        {"$ref": 5},
        {"type": "unheard-of"},
        {"type": []},
        {"enum": []},
        {"anyOf": []},
        {"anyOf": [5]},
        {"properties": [], "required": [5]},
        {"type": "string", "minLength": 10**12},
        {"type": "array", "minItems": 10**12},
        {"type": "integer", "minimum": 1e300, "multipleOf": 1e-300},
        {"type": "integer", "minimum": "a"},
        {"type": "object", "minProperties": 10**9},
        {"format": []},
    ],
    ids=str,
)
def test_a_schema_that_makes_no_sense_still_gives_something_small(schema: Any) -> None:
    assert len(orjson.dumps(instance(schema))) < 20_000


def test_a_schema_of_which_it_is_a_part_comes_to_an_end() -> None:
    assert instance({"type": "object", "allOf": [{"$ref": "#"}]}) == {}


def test_parts_that_double_at_each_level_are_not_all_looked_at() -> None:
    parts: dict[str, Any] = {"0": {"type": "string"}}
    for level in range(1, 60):
        parts[str(level)] = {"allOf": [{"$ref": f"#/$defs/{level - 1}"}] * 2}

    assert instance({"$ref": "#/$defs/59", "$defs": parts}) == "echo"
