"""The few forms that the schemas are made of."""

from __future__ import annotations

from typing import Any

Schema = dict[str, Any]


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
    return {"const": words[0]} if len(words) == 1 else {"enum": list(words)}


def number(minimum: float, maximum: float, description: str = "") -> Schema:
    """A number in a range, or null, which is as good as leaving it out."""
    schema = {"type": ["number", "null"], "minimum": minimum, "maximum": maximum}
    return described(schema, description)


def integer(description: str = "", **more: Any) -> Schema:
    """A whole number, or null, which is as good as leaving it out."""
    return described({"type": ["integer", "null"], **more}, description)


def switch(description: str = "") -> Schema:
    """True, false, or null, which is as good as leaving it out."""
    return described({"type": ["boolean", "null"]}, description)


def or_null(schema: Schema) -> Schema:
    """What `schema` says, or null."""
    return {"anyOf": [schema, {"type": "null"}]}


def described(schema: Schema, description: str) -> Schema:
    """The schema with what a person has to know."""
    return {**schema, "description": description} if description else schema
