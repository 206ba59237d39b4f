"""What POST /v1/chat/completions answers: one object, or events.

Only what a client can count on from every provider is required.
"""

from __future__ import annotations

from typing import Any

from service.endpoints.schemas.vocabulary import Schema, listed, or_null, record, ref, text, word

COUNT = {"type": "integer", "minimum": 0}
FINISHES = ("stop", "length", "tool_calls", "content_filter", "function_call")


def chat_answer() -> dict[str, Schema]:
    """The completion, its pieces, the event that holds one, and the count of tokens."""
    delta = record(_said(), description="What is new. Pieces of one text follow each other.")
    return {
        "ChatCompletion": _completion(
            "chat.completion",
            message=record({"role": word("assistant"), **_said()}, ("role", "content")),
            finish_reason={"enum": list(FINISHES)},
        ),
        "ChatCompletionChunk": _completion(
            "chat.completion.chunk",
            delta=delta,
            finish_reason={"enum": [*FINISHES, None]},
        ),
        "ChatCompletionEvent": _event(),
        "Usage": record(
            {"prompt_tokens": COUNT, "completion_tokens": COUNT, "total_tokens": COUNT},
            ("prompt_tokens", "completion_tokens", "total_tokens"),
        ),
    }


def _completion(kind: str, **choice: Schema) -> Schema:
    properties = {"index": COUNT, **choice, "logprobs": or_null({"type": "object"})}
    return record(
        {
            "id": text(),
            "object": word(kind),
            "created": COUNT,
            "model": text(),
            "choices": listed(record(properties, ("index", *choice))),
            "usage": or_null(ref("Usage")),
        },
        ("id", "object", "created", "model", "choices"),
    )


def _said() -> dict[str, Schema]:
    return {
        "content": or_null(text()),
        "refusal": or_null(text()),
        "tool_calls": listed({"type": "object"}),
    }


def _event() -> Schema:
    """The data of an event is JSON, but for the last one's."""
    said: dict[str, Any] = {"anyOf": [ref("ChatCompletionChunk"), ref("Error")]}
    data = {
        "type": "string",
        "anyOf": [
            word("[DONE]"),
            {"contentMediaType": "application/json", "contentSchema": said},
        ],
    }
    return record(
        {"data": data},
        ("data",),
        description="One server-sent event. The last one's data is `[DONE]`; a stream that breaks "
        "off ends with an error instead.",
    )
