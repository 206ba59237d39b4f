"""The messages of a conversation, as a request holds them."""

from __future__ import annotations

from typing import Any

from service.endpoints.schemas.vocabulary import (
    ANY_OBJECT,
    Schema,
    another,
    listed,
    optional,
    or_null,
    record,
    ref,
    text,
    word,
)

ROLES = {
    "system": "InstructionMessage",
    "developer": "InstructionMessage",
    "user": "UserMessage",
    "assistant": "AssistantMessage",
    "tool": "ToolMessage",
    "function": "FunctionMessage",
}
PARTS = listed(ref("ContentPart"), minItems=1)
CONTENT: Schema = {"anyOf": [text(), PARTS]}
NAME = text("Tells participants of one role apart.")
CALLED = record({"name": text(), "arguments": text("JSON, as text.")}, ("name", "arguments"))


def messages() -> dict[str, Schema]:
    """A schema for each kind of message, and for what they are made of."""
    return {
        "Message": {"oneOf": [ref(name) for name in dict.fromkeys(ROLES.values())]},
        "InstructionMessage": _message(
            "What the application wants of the model.", "system", "developer"
        ),
        "UserMessage": _message("What a person says.", "user"),
        "AssistantMessage": _assistant(),
        "ToolMessage": record(
            {"role": word("tool"), "content": CONTENT, "tool_call_id": text()},
            ("role", "content", "tool_call_id"),
            description="What a tool gave back.",
        ),
        "FunctionMessage": record(
            {"role": word("function"), "content": or_null(CONTENT), "name": text()},
            ("role", "content", "name"),
            deprecated=True,
            description="What a function gave back. `tool` has taken its place.",
        ),
        "ContentPart": _part(),
        "ToolCall": _tool_call(),
    }


def _message(description: str, *roles: str) -> Schema:
    properties = {"role": word(*roles), "content": CONTENT, **optional({"name": NAME})}
    return record(properties, ("role", "content"), description=description)


def _assistant() -> Schema:
    instead = {
        "tool_calls": listed(ref("ToolCall"), minItems=1),
        "function_call": CALLED,
        "refusal": text(),
        "audio": ANY_OBJECT,
    }
    optionals = optional({"content": CONTENT, "name": NAME, **instead})
    return record(
        {"role": word("assistant"), **optionals},
        ("role",),
        description="What the model said. Without content, it holds one of the other things.",
        anyOf=[_has("content", "string", "array"), *(_has(field) for field in instead)],
    )


def _has(field: str, *types: str) -> Schema:
    """The field is there, and not null."""
    held: Any = {"type": list(types)} if types else {"not": {"type": "null"}}
    return {"properties": {field: held}, "required": [field]}


def _tool_call() -> Schema:
    function = {"type": word("function"), "id": text(), "function": CALLED}
    return {"anyOf": [record(function, ("type", "id", "function")), another("type", "function")]}


def _part() -> Schema:
    image = record(
        {
            "url": text("Its address, or a data URL.", pattern="^(https?://|data:image/)"),
            **optional({"detail": text(examples=["auto", "low", "high"])}),
        },
        ("url",),
    )
    audio = record({"data": text("Base64."), "format": text()}, ("data", "format"))
    known = {
        "text": text(),
        "refusal": text(),
        "image_url": image,
        "input_audio": audio,
        "file": ANY_OBJECT,
    }
    parts = [
        record({"type": word(kind), kind: held}, ("type", kind)) for kind, held in known.items()
    ]
    return {"anyOf": [*parts, another("type", *known)]}
