"""The body of POST /v1/chat/completions."""

from __future__ import annotations

from service.endpoints.schemas.vocabulary import (
    Schema,
    described,
    integer,
    listed,
    number,
    or_null,
    record,
    ref,
    switch,
    text,
    word,
)

EFFORTS = ("none", "minimal", "low", "medium", "high", "xhigh")
TIERS = ("auto", "default", "flex", "scale", "priority")


def chat_request() -> dict[str, Schema]:
    """The request, and what it holds beside messages."""
    fields = {
        "model": or_null(text("One of /v1/models. Without it, the first of them answers.")),
        "messages": listed(ref("Message"), minItems=1),
        **_sampling(),
        **_lengths(),
        **_tools(),
        **_answer(),
        **_account(),
    }
    return {
        "ChatCompletionRequest": record(
            fields,
            ("messages",),
            description="Fields that are not listed go on to a provider that takes them; "
            "for one that does not, they are refused with a 400 that names the field.",
        ),
        "Tool": _tool(),
        "ToolChoice": _tool_choice(),
        "ResponseFormat": _response_format(),
        "Function": record(
            {
                "name": text(),
                "description": text(),
                "parameters": described({"type": "object"}, "A JSON Schema."),
                "strict": switch(),
            },
            ("name",),
        ),
    }


def _sampling() -> dict[str, Schema]:
    return {
        "temperature": number(0, 2),
        "top_p": number(0, 1),
        "presence_penalty": number(-2, 2),
        "frequency_penalty": number(-2, 2),
        "seed": integer(),
        "logit_bias": or_null(
            {
                "type": "object",
                "additionalProperties": {"type": "number", "minimum": -100, "maximum": 100},
            }
        ),
        "logprobs": switch(),
        "top_logprobs": integer(minimum=0, maximum=20),
    }


def _lengths() -> dict[str, Schema]:
    return {
        "n": integer(minimum=1, maximum=128),
        "max_completion_tokens": integer(minimum=1),
        "max_tokens": integer("Older name of max_completion_tokens.", minimum=1),
        "stop": or_null({"anyOf": [text(), listed(text(), minItems=1, maxItems=4)]}),
    }


def _tools() -> dict[str, Schema]:
    called = {"anyOf": [word("none", "auto"), record({"name": text()}, ("name",))]}
    return {
        "tools": listed(ref("Tool")),
        "tool_choice": ref("ToolChoice"),
        "parallel_tool_calls": {"type": "boolean"},
        "functions": listed(ref("Function"), deprecated=True),
        "function_call": {**called, "deprecated": True},
    }


def _answer() -> dict[str, Schema]:
    options = record({"include_usage": {"type": "boolean"}})
    prediction = {"anyOf": [text(), listed(ref("TextPart"), minItems=1)]}
    return {
        "stream": switch("The answer comes as server-sent events."),
        "stream_options": or_null(options),
        "response_format": ref("ResponseFormat"),
        "modalities": or_null(listed(word("text", "audio"))),
        "audio": or_null(record({"voice": {}, "format": text()}, ("voice", "format"))),
        "prediction": or_null(
            record({"type": word("content"), "content": prediction}, ("type", "content"))
        ),
        "reasoning_effort": {"enum": [*EFFORTS, None]},
    }


def _account() -> dict[str, Schema]:
    return {
        "user": text(),
        "metadata": or_null({"type": "object", "additionalProperties": text()}),
        "store": switch(),
        "service_tier": {"enum": [*TIERS, None]},
    }


def _tool() -> Schema:
    function = record({"type": word("function"), "function": ref("Function")}, ("type", "function"))
    custom = record(
        {"name": text(), "description": text(), "format": {"type": "object"}}, ("name",)
    )
    return {
        "oneOf": [function, record({"type": word("custom"), "custom": custom}, ("type", "custom"))]
    }


def _tool_choice() -> Schema:
    named = record({"name": text()}, ("name",))
    return {
        "anyOf": [
            word("none", "auto", "required"),
            record({"type": word("function"), "function": named}, ("type", "function")),
            record({"type": word("custom"), "custom": named}, ("type", "custom")),
        ]
    }


def _response_format() -> Schema:
    schema = record(
        {
            "name": text(),
            "description": text(),
            "schema": described({"type": "object"}, "A JSON Schema."),
            "strict": switch(),
        },
        ("name",),
    )
    return {
        "oneOf": [
            record({"type": word("text", "json_object")}, ("type",)),
            record({"type": word("json_schema"), "json_schema": schema}, ("type", "json_schema")),
        ]
    }
