"""The messages of a conversation, as a request holds them."""

from __future__ import annotations

from service.endpoints.schemas.vocabulary import (
    Schema,
    listed,
    or_null,
    record,
    ref,
    text,
    word,
)

NAME = text("Tells participants of the same role apart.")
TEXTS = {"anyOf": [text(), listed(ref("TextPart"), minItems=1)]}
"""What all roles but the user's may say: a string, or parts that are text."""


def messages() -> dict[str, Schema]:
    """A schema for each kind of message, and for what they are made of."""
    return {
        "Message": {
            "oneOf": [
                ref("InstructionMessage"),
                ref("UserMessage"),
                ref("AssistantMessage"),
                ref("ToolMessage"),
                ref("FunctionMessage"),
            ]
        },
        "InstructionMessage": record(
            {"role": word("system", "developer"), "content": TEXTS, "name": NAME},
            ("role", "content"),
            description="What the application wants of the model.",
        ),
        "UserMessage": record(
            {
                "role": word("user"),
                "content": {"anyOf": [text(), listed(ref("ContentPart"), minItems=1)]},
                "name": NAME,
            },
            ("role", "content"),
        ),
        "AssistantMessage": _assistant(),
        "ToolMessage": record(
            {"role": word("tool"), "content": TEXTS, "tool_call_id": text()},
            ("role", "content", "tool_call_id"),
            description="What a tool gave back.",
        ),
        "FunctionMessage": record(
            {"role": word("function"), "content": or_null(text()), "name": text()},
            ("role", "content", "name"),
            deprecated=True,
            description="What a function gave back. `tool` has taken its place.",
        ),
        **_parts(),
        "ToolCall": _tool_call(),
    }


def _assistant() -> Schema:
    said = listed({"anyOf": [ref("TextPart"), ref("RefusalPart")]}, minItems=1)
    return record(
        {
            "role": word("assistant"),
            "content": or_null({"anyOf": [text(), said]}),
            "refusal": or_null(text()),
            "name": NAME,
            "audio": or_null(record({"id": text()}, ("id",))),
            "tool_calls": listed(ref("ToolCall"), minItems=1),
            "function_call": or_null(
                record({"name": text(), "arguments": text()}, ("name", "arguments"))
            ),
        },
        ("role",),
        # Without any of these, the message would say nothing.
        anyOf=[{"required": [field]} for field in ("content", "tool_calls", "function_call")],
    )


def _tool_call() -> Schema:
    function = record({"name": text(), "arguments": text()}, ("name", "arguments"))
    custom = record({"name": text(), "input": text()}, ("name", "input"))
    of_function = {"type": word("function"), "id": text(), "function": function}
    of_custom = {"type": word("custom"), "id": text(), "custom": custom}
    return {
        "oneOf": [
            record(of_function, ("type", "id", "function")),
            record(of_custom, ("type", "id", "custom")),
        ]
    }


def _parts() -> dict[str, Schema]:
    image = record({"url": text(), "detail": word("auto", "low", "high")}, ("url",))
    audio = record({"data": text(), "format": word("wav", "mp3")}, ("data", "format"))
    file = record({"file_id": text(), "filename": text(), "file_data": text()})
    return {
        "ContentPart": {
            "oneOf": [
                ref("TextPart"),
                record(
                    {"type": word("image_url"), "image_url": image},
                    ("type", "image_url"),
                    description="An image, by its address or as a data URL.",
                ),
                record(
                    {"type": word("input_audio"), "input_audio": audio}, ("type", "input_audio")
                ),
                record({"type": word("file"), "file": file}, ("type", "file")),
            ]
        },
        "TextPart": record({"type": word("text"), "text": text()}, ("type", "text")),
        "RefusalPart": record({"type": word("refusal"), "refusal": text()}, ("type", "refusal")),
    }
