"""The body of POST /v1/chat/completions: what `service.chat.parse` lets through."""

from __future__ import annotations

from service.endpoints.schemas.vocabulary import (
    ANY_OBJECT,
    NAME_PATTERN,
    SWITCH,
    Schema,
    another,
    described,
    listed,
    number,
    optional,
    record,
    ref,
    text,
    whole,
    word,
)

EFFORTS = ["none", "minimal", "low", "medium", "high"]
TIERS = ["auto", "default", "flex", "priority"]
NAMED = record({"name": text(pattern=NAME_PATTERN)}, ("name",))
MODEL = text("One of /v1/models. Without it, the first of them answers.")


def chat_request() -> dict[str, Schema]:
    """The request, and what it holds beside messages."""
    optionals = {**_sampling(), **_lengths(), **_tools(), **_answer(), **_account()}
    return {
        "ChatCompletionRequest": record(
            {"messages": listed(ref("Message"), minItems=1), **optional(optionals)},
            ("messages",),
            description="A field that is not listed goes on to a provider that takes it; for one "
            "that does not, it is refused with a 400 that names it.",
            allOf=[_only_with_stream(), _only_with_logprobs(), _only_with_tools()],
        ),
        "Tool": {
            "anyOf": [
                record(
                    {"type": word("function"), "function": ref("Function")}, ("type", "function")
                ),
                another("type", "function"),
            ]
        },
        "ToolChoice": {
            "anyOf": [
                word("none", "auto", "required"),
                record({"type": word("function"), "function": NAMED}, ("type", "function")),
                another("type", "function"),
            ]
        },
        "Function": _named(parameters=described(ANY_OBJECT, "A JSON Schema.")),
        "ResponseFormat": _response_format(),
    }


def _sampling() -> dict[str, Schema]:
    bias = number(-100, 100)
    return {
        "model": MODEL,
        "temperature": number(0, 2),
        "top_p": number(0, 1),
        "presence_penalty": number(-2, 2),
        "frequency_penalty": number(-2, 2),
        "seed": whole(-(2**63)),
        "logit_bias": {"type": "object", "additionalProperties": bias},
        "logprobs": SWITCH,
        "top_logprobs": whole(0, 20),
    }


def _lengths() -> dict[str, Schema]:
    return {
        "n": whole(1, 128),
        "max_completion_tokens": whole(1),
        "max_tokens": described(whole(1), "Older name of max_completion_tokens."),
        "stop": {"anyOf": [text(), listed(text(), minItems=1, maxItems=4)]},
    }


def _tools() -> dict[str, Schema]:
    return {
        "tools": listed(ref("Tool"), maxItems=128),
        "tool_choice": ref("ToolChoice"),
        "parallel_tool_calls": SWITCH,
        "functions": listed(ref("Function"), maxItems=128, deprecated=True),
        "function_call": {"anyOf": [word("none", "auto"), NAMED], "deprecated": True},
    }


def _answer() -> dict[str, Schema]:
    return {
        "stream": described(SWITCH, "The answer comes as server-sent events."),
        "stream_options": record(optional({"include_usage": SWITCH})),
        "response_format": ref("ResponseFormat"),
        "reasoning_effort": text(examples=EFFORTS),
        "modalities": listed(text()),
        "audio": ANY_OBJECT,
        "prediction": ANY_OBJECT,
    }


def _account() -> dict[str, Schema]:
    return {
        "user": text(),
        "metadata": {
            "type": "object",
            "maxProperties": 16,
            "propertyNames": {"maxLength": 64},
            "additionalProperties": text(maxLength=512),
        },
        "store": SWITCH,
        "service_tier": text(examples=TIERS),
    }


def _named(**more: Schema) -> Schema:
    optionals = optional({"description": text(), "strict": SWITCH, **more})
    return record({**NAMED["properties"], **optionals}, ("name",))


def _response_format() -> Schema:
    schema = _named(schema=described(ANY_OBJECT, "A JSON Schema."))
    structured = {"type": word("json_schema"), "json_schema": schema}
    return {
        "anyOf": [
            record({"type": word("text", "json_object")}, ("type",)),
            record(structured, ("type", "json_schema")),
        ]
    }


def _only_with_stream() -> Schema:
    """Options of a stream need one."""
    streams = {"properties": {"stream": {"const": True}}, "required": ["stream"]}
    return {"anyOf": [_absent("stream_options"), streams]}


def _only_with_logprobs() -> Schema:
    """Probabilities of other tokens come with those of the tokens that were taken."""
    asked = {"properties": {"logprobs": {"const": True}}, "required": ["logprobs"]}
    return {"anyOf": [_absent("top_logprobs"), asked]}


def _only_with_tools() -> Schema:
    """A tool that has to be called is one of `tools`."""
    free = {"properties": {"tool_choice": {"enum": ["none", "auto", None]}}}
    tools = listed({}, minItems=1)
    return {"anyOf": [free, {"properties": {"tools": tools}, "required": ["tools"]}]}


def _absent(field: str) -> Schema:
    return {"properties": {field: {"type": "null"}}}
