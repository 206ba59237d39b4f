"""The fields of a request beside its messages: what is wrong is named."""

from __future__ import annotations

from typing import Any

import pytest

from tests.service.chat.sent import TOOL, body, refused

PAIRS = "an object of strings, names up to 64 and values up to 512"


@pytest.mark.parametrize(
    ("document", "param", "message", "code"),
    [
        (
            {},
            "messages",
            "messages must be a list of at least one message, got nothing.",
            "missing_required_parameter",
        ),
        (
            {"messages": {}},
            "messages",
            "messages must be a list of at least one message, got an object.",
            "invalid_type",
        ),
        (
            {"messages": []},
            "messages",
            "messages must hold at least 1, got none.",
            "empty_array",
        ),
        (
            body({"role": "user", "content": []}),
            "messages[0].content",
            "messages[0].content must hold at least 1, got none.",
            "empty_array",
        ),
        (
            body(stop=[]),
            "stop",
            "stop must hold at least 1, got none.",
            "empty_array",
        ),
        (
            body(tools=[TOOL] * 129),
            "tools",
            "tools must hold at most 128, got 129.",
            "array_above_max_length",
        ),
        (
            body(temperature=2.5),
            "temperature",
            "temperature must be a number from 0 to 2, got a larger one.",
            "invalid_value",
        ),
    ],
)
def test_an_error_says_what_is_wrong_in_openais_words(
    document: Any, param: str, message: str, code: str
) -> None:
    error = refused(document)

    assert (error.param, error.message, error.code) == (param, message, code)


FIELD_ERRORS: list[tuple[str, Any, str]] = [
    ("model", 4, "a string, got a number."),
    ("temperature", True, "a number from 0 to 2, got a boolean."),
    ("temperature", "1", "a number from 0 to 2, got a string."),
    ("temperature", -0.1, "a number from 0 to 2, got a smaller one."),
    ("top_p", 1.01, "a number from 0 to 1, got a larger one."),
    ("n", 0, "a whole number from 1 to 128, got a smaller one."),
    ("n", 129, "a whole number from 1 to 128, got a larger one."),
    ("n", 1.5, "a whole number from 1 to 128, got a fraction or one of more than 64 bits."),
    ("max_tokens", 0, "a whole number, at least 1, got a smaller one."),
    ("max_completion_tokens", "5", "a whole number, at least 1, got a string."),
    ("presence_penalty", 3, "a number from -2 to 2, got a larger one."),
    ("frequency_penalty", [], "a number from -2 to 2, got a list."),
    ("seed", 10**30, "a whole number, got a fraction or one of more than 64 bits."),
    ("stop", 3, "a string or a list of 1 to 4 strings, got a number."),
    ("stream", "true", "true or false, got a string."),
    ("parallel_tool_calls", 1, "true or false, got a number."),
    ("tools", {}, "a list, got an object."),
    (
        "tool_choice",
        "any",
        "one of none, auto, required or an object that names one, got another string.",
    ),
    ("tool_choice", 1, "one of none, auto, required or an object that names one, got a number."),
    (
        "function_call",
        "required",
        "one of none, auto or an object that names one, got another string.",
    ),
    ("response_format", "json", "an object, got a string."),
    ("logprobs", 1, "true or false, got a number."),
    ("top_logprobs", 21, "a whole number from 0 to 20, got a larger one."),
    ("logit_bias", [], "an object, got a list."),
    ("logit_bias", {"5": 101}, "an object of numbers from -100 to 100, got a number in it."),
    ("logit_bias", {"5": True}, "an object of numbers from -100 to 100, got a boolean in it."),
    ("metadata", {str(key): "" for key in range(17)}, "an object of at most 16 pairs, got 17."),
    ("metadata", {"a": 1}, f"{PAIRS}, got a number."),
    ("metadata", {"a": "b" * 513}, f"{PAIRS} characters long, got a longer one."),
    ("reasoning_effort", 1, "a string, got a number."),
    ("user", {}, "a string, got an object."),
    ("service_tier", False, "a string, got a boolean."),
    ("store", "yes", "true or false, got a string."),
]


@pytest.mark.parametrize(("field", "value", "expected"), FIELD_ERRORS)
def test_a_field_of_the_wrong_kind_is_refused(field: str, value: Any, expected: str) -> None:
    error = refused(body(**{field: value}))

    assert (error.param, error.message) == (field, f"{field} must be {expected}")


NESTED_ERRORS: list[tuple[dict[str, Any], str, str]] = [
    ({"stop": ["a", 1]}, "stop[1]", "a string, got a number."),
    ({"tools": [{}]}, "tools[0].type", "a string, got nothing."),
    ({"tools": [{"type": "function"}]}, "tools[0].function", "an object, got nothing."),
    (
        {"tools": [TOOL, {"type": "function", "function": {"name": "a b"}}]},
        "tools[1].function.name",
        "1 to 64 letters, digits, `_`, `-` or `.`, got a string of 3 characters.",
    ),
    (
        {"tools": [{"type": "function", "function": {"name": "f", "parameters": []}}]},
        "tools[0].function.parameters",
        "an object, got a list.",
    ),
    (
        {"tools": [{"type": "function", "function": {"name": "f", "strict": 1}}]},
        "tools[0].function.strict",
        "true or false, got a number.",
    ),
    (
        {"tools": [TOOL], "tool_choice": {"type": "function"}},
        "tool_choice.function",
        "an object, got nothing.",
    ),
    (
        {"tools": [TOOL], "tool_choice": {"type": "function", "function": {"name": "g"}}},
        "tool_choice.function.name",
        "the name of one of tools, got another one.",
    ),
    ({"functions": [{}]}, "functions[0].name", "a string, got nothing."),
    ({"function_call": {}}, "function_call.name", "a string, got nothing."),
    (
        {"response_format": {"type": "xml"}},
        "response_format.type",
        "one of text, json_object, json_schema, got another string.",
    ),
    (
        {"response_format": {"type": "json_schema"}},
        "response_format.json_schema",
        "an object, got nothing.",
    ),
    (
        {"response_format": {"type": "json_schema", "json_schema": {"name": "a", "schema": 1}}},
        "response_format.json_schema.schema",
        "an object, got a number.",
    ),
    (
        {"stream": True, "stream_options": {"include_usage": 1}},
        "stream_options.include_usage",
        "true or false, got a number.",
    ),
]


@pytest.mark.parametrize(("fields", "param", "expected"), NESTED_ERRORS)
def test_a_nested_field_is_refused_by_its_place(
    fields: dict[str, Any], param: str, expected: str
) -> None:
    error = refused(body(**fields))

    assert (error.param, error.message) == (param, f"{param} must be {expected}")


@pytest.mark.parametrize(
    ("fields", "param", "condition"),
    [
        ({"stream_options": {}}, "stream_options", "stream is true"),
        ({"stream": False, "stream_options": {}}, "stream_options", "stream is true"),
        ({"top_logprobs": 2}, "top_logprobs", "logprobs is true"),
        ({"tool_choice": "required"}, "tool_choice", "there are tools"),
        ({"tools": [], "tool_choice": {"type": "custom"}}, "tool_choice", "there are tools"),
    ],
)
def test_a_field_that_needs_another_is_refused_without_it(
    fields: dict[str, Any], param: str, condition: str
) -> None:
    error = refused(body(**fields))

    assert (error.param, error.message) == (param, f"{param} is only allowed when {condition}.")


def test_the_name_of_a_field_reaches_a_message_only_where_it_is_ours() -> None:
    error = refused(body(logit_bias={"a secret": "b secret"}))

    assert "secret" not in error.message
