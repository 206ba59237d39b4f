"""The few forms that the schemas are made of.

In requests, null is as good as leaving a field out: fields that may be left out may be null.
"""

from __future__ import annotations

from typing import Any

Schema = dict[str, Any]

LARGEST = 2**64 - 1
"""The largest whole number that is read as one."""

NAME_PATTERN = "^[A-Za-z0-9_.-]{1,64}$"
"""What functions and schemas may be called."""


def ref(name: str) -> Schema:
    """The schema of this name."""
    return {"$ref": f"#/components/schemas/{name}"}


def record(properties: dict[str, Schema], required: tuple[str, ...] = (), **more: Any) -> Schema:
    """An object. Fields beyond `properties` are allowed, as everywhere in OpenAI's API."""
    schema: Schema = {"type": "object", "properties": properties, **more}
    return {**schema, "required": list(required)} if required else schema


def listed(items: Schema, **more: Any) -> Schema:
    """An array of `items`."""
    return {"type": "array", "items": items, **more}


def text(description: str = "", **more: Any) -> Schema:
    """A string."""
    return described({"type": "string", **more}, description)


def word(*words: str) -> Schema:
    """One of a few strings."""
    return {"type": "string", "enum": list(words)}


def number(minimum: float, maximum: float) -> Schema:
    """A number in a range."""
    return {"type": "number", "minimum": minimum, "maximum": maximum}


def whole(minimum: int, maximum: int = LARGEST) -> Schema:
    """A whole number in a range."""
    return {"type": "integer", "minimum": minimum, "maximum": maximum}


SWITCH: Schema = {"type": "boolean"}
ANY_OBJECT: Schema = {"type": "object"}


def or_null(schema: Schema) -> Schema:
    """What `schema` says, or null."""
    if isinstance(schema.get("type"), str) and "enum" not in schema:
        return {**schema, "type": [schema["type"], "null"]}
    return {"anyOf": [schema, {"type": "null"}]}


def optional(properties: dict[str, Schema]) -> dict[str, Schema]:
    """Fields of a request that may be left out, or be null."""
    return {name: or_null(schema) for name, schema in properties.items()}


def another(field: str, *known: str) -> Schema:
    """An object of a kind that is not known here; it goes on to the provider as it is."""
    return record({field: {"type": "string", "not": {"enum": list(known)}}}, (field,))


def described(schema: Schema, description: str) -> Schema:
    """The schema with what a person has to know."""
    return {**schema, "description": description} if description else schema
