"""Just enough of a model to call tools and to fill in a JSON schema, always the same way."""

from __future__ import annotations

import re
from typing import Any

import orjson

Json = dict[str, Any]

TEXT = (
    "the quick brown fox jumps over the lazy dog while seven clever gateways quietly proxy every "
    "token to its patient client and nobody notices"
)
WORDS = TEXT.split()
JOKE = b'{"setup": "Why do cats sit on keyboards?", "punchline": "They like the warm type."}'


def words(count: int) -> str:
    """So many words."""
    return " ".join(WORDS[number % len(WORDS)] for number in range(count))


def tool_calls(body: Json, count: int) -> list[Json]:
    """The calls that answer `body`: none where it offers no tools or holds their results."""
    messages = body.get("messages") or [{}]
    choice = body.get("tool_choice", "auto")
    functions = [tool["function"] for tool in body.get("tools") or [] if "function" in tool]
    if not functions or choice == "none" or messages[-1].get("role") == "tool":
        return []
    prompt = last_prompt(messages)
    function = chosen(functions, choice, prompt)
    arguments = orjson.dumps(from_schema(function.get("parameters") or {}, prompt)).decode()
    return [
        {
            "id": f"call_fake{number:04}",
            "type": "function",
            "function": {"name": function["name"], "arguments": arguments},
        }
        for number in range(1, count + 1)
    ]


def chosen(functions: list[Json], choice: Any, prompt: str) -> Json:
    """The function that is forced, else one that the prompt names, else the first."""
    forced = choice["function"]["name"] if isinstance(choice, dict) else None
    for function in functions:
        if function["name"] == forced or (forced is None and function["name"] in prompt):
            return function
    return functions[0]


def formatted(body: Json) -> str | None:
    """The JSON that `response_format` asks for, or None where it asks for none."""
    wanted = body.get("response_format") or {}
    if wanted.get("type") == "json_schema":
        schema = wanted["json_schema"].get("schema") or {}
        return orjson.dumps(from_schema(schema, last_prompt(body["messages"]))).decode()
    return JOKE.decode() if wanted.get("type") == "json_object" else None


def last_prompt(messages: list[Json]) -> str:
    """The text of the last message of a user."""
    for message in reversed(messages):
        if message.get("role") == "user":
            return text_of(message.get("content"))
    return ""


def text_of(content: Any) -> str:
    """The text of a message's content, of its text parts where it has parts."""
    if isinstance(content, list):
        return " ".join(str(part.get("text", "")) for part in content)
    return str(content or "")


def from_schema(schema: Json, prompt: str, root: Json | None = None) -> Any:
    """A value that `schema` allows; numbers and quoted words are taken from `prompt`."""
    root = root or schema
    if "$ref" in schema:
        return from_schema(resolved(schema["$ref"], root), prompt, root)
    if "const" in schema or "enum" in schema:
        return schema["const"] if "const" in schema else schema["enum"][0]
    for union in ("anyOf", "oneOf", "allOf"):
        if union in schema:
            return from_schema(first_not_null(schema[union]), prompt, root)
    return of_type(type_of(schema), schema, prompt, root)


def resolved(reference: str, root: Json) -> Json:
    """What `#/$defs/Name` means."""
    found: Json = root
    for key in reference.removeprefix("#/").split("/"):
        found = found[key]
    return found


def first_not_null(options: list[Json]) -> Json:
    """The first option that is more than null."""
    return next((option for option in options if option.get("type") != "null"), options[0])


def type_of(schema: Json) -> str:
    """The schema's type, of several the first that is not null."""
    named = schema.get("type", "object" if "properties" in schema else "string")
    if isinstance(named, list):
        return next((name for name in named if name != "null"), "null")
    return str(named)


def of_type(name: str, schema: Json, prompt: str, root: Json) -> Any:
    """A value of the JSON type `name`."""
    if name == "object":
        properties = schema.get("properties", {})
        return {key: from_schema(value, prompt, root) for key, value in properties.items()}
    if name == "array":
        return [from_schema(schema.get("items", {}), prompt, root)]
    numbers = re.findall(r"-?\d+(?:\.\d+)?", prompt) or ["3"]
    quoted = re.search(r"'([^']+)'", prompt)
    values: dict[str, Any] = {
        "integer": int(float(numbers[0])),
        "number": float(numbers[0]),
        "boolean": True,
        "string": quoted.group(1) if quoted else "cats",
    }
    return values.get(name)
