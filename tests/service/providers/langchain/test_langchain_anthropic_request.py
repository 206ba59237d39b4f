"""What Anthropic cannot be asked is refused, with the name of the field, and never lost."""

from __future__ import annotations

from typing import Any

import pytest
from langchain_core.messages import AIMessage, HumanMessage, SystemMessage

from service.errors import UpstreamError
from service.providers.langchain_anthropic_request import arguments, conversation

TOOL = {"type": "function", "function": {"name": "f"}}


def refused(messages: list[dict[str, Any]]) -> UpstreamError:
    with pytest.raises(UpstreamError) as raised:
        conversation(messages, keeps_places=False, drop=False)
    return raised.value


@pytest.mark.parametrize(
    ("message", "param"),
    [
        ({"role": "function", "name": "f", "content": "x"}, "messages[0]"),
        ({"role": "user", "content": "x", "name": "ann"}, "messages[0].name"),
        (
            {"role": "user", "content": [{"type": "input_audio", "input_audio": {}}]},
            "messages[0].content[0]",
        ),
        (
            {"role": "user", "content": [{"type": "file", "file": {"file_id": "f"}}]},
            "messages[0].content[0]",
        ),
        (
            {"role": "user", "content": [{"type": "image_url", "image_url": {"url": "ftp://a"}}]},
            "messages[0].content[0]",
        ),
        (
            {"role": "system", "content": [{"type": "image_url", "image_url": {"url": "x"}}]},
            "messages[0].content[0]",
        ),
        ({"role": "assistant", "audio": {"id": "a"}}, "messages[0].audio"),
        ({"role": "assistant", "function_call": {"name": "f"}}, "messages[0].function_call"),
        (
            {
                "role": "assistant",
                "tool_calls": [{"id": "a", "function": {"name": "f", "arguments": "{broken"}}],
            },
            "messages[0].tool_calls",
        ),
        (
            {"role": "assistant", "tool_calls": [{"id": "a", "type": "custom", "custom": {}}]},
            "messages[0].tool_calls",
        ),
    ],
)
def test_a_message_that_cannot_be_sent_is_refused(message: dict[str, Any], param: str) -> None:
    error = refused([message])
    assert (error.status, error.param, error.code) == (400, param, "unsupported_parameter")
    assert error.type == "invalid_request_error"
    assert not error.retryable


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("reasoning_effort", "minimal"),
        ("response_format", {"type": "json_object"}),
        ("response_format", {"type": "json_schema", "json_schema": {"name": "a"}}),
    ],
)
def test_a_value_that_cannot_be_honoured_is_refused_or_left_out(field: str, value: Any) -> None:
    with pytest.raises(UpstreamError) as raised:
        arguments({field: value}, drop=False)
    assert (raised.value.status, raised.value.param) == (400, field)
    assert arguments({field: value}, drop=True) == (None, {})


@pytest.mark.parametrize(
    ("body", "param"),
    [
        ({"tools": [{"type": "custom", "custom": {"name": "f"}}]}, "tools[0]"),
        ({"tools": [TOOL], "tool_choice": {"type": "allowed_tools"}}, "tool_choice"),
    ],
)
def test_tools_that_are_no_functions_are_refused(body: dict[str, Any], param: str) -> None:
    with pytest.raises(UpstreamError) as raised:
        arguments(body, drop=True)
    assert (raised.value.status, raised.value.param) == (400, param)


def test_a_name_is_left_out_where_that_is_wanted() -> None:
    made = conversation(
        [{"role": "user", "content": "x", "name": "a"}], keeps_places=False, drop=True
    )
    assert made[0].content == "x"


def test_instructions_come_first_in_their_order() -> None:
    messages = [
        {"role": "user", "content": "1"},
        {"role": "system", "content": "2"},
        {"role": "assistant", "content": "3"},
        {"role": "developer", "content": "4"},
    ]
    made = conversation(messages, keeps_places=False, drop=False)
    assert [message.content for message in made] == ["2", "4", "1", "3"]
    assert [type(message) for message in made[:3]] == [SystemMessage, SystemMessage, HumanMessage]


def test_instructions_stay_where_a_model_takes_them() -> None:
    messages = [{"role": "user", "content": "1"}, {"role": "system", "content": "2"}]
    made = conversation(messages, keeps_places=True, drop=False)
    assert [message.content for message in made] == ["1", "2"]


def test_an_earlier_refusal_is_what_was_said() -> None:
    said: list[dict[str, Any]] = [
        {"role": "assistant", "content": None, "refusal": "no"},
        {"role": "assistant", "content": [{"type": "refusal", "refusal": "never"}]},
    ]
    made = conversation(said, keeps_places=False, drop=False)
    assert isinstance(made[0], AIMessage)
    assert [message.text for message in made] == ["no", "never"]


@pytest.mark.parametrize(
    ("choice", "parallel", "made"),
    [
        (None, None, None),
        (None, True, None),
        (None, False, {"type": "auto", "disable_parallel_tool_use": True}),
        ("auto", None, {"type": "auto"}),
        ("none", False, {"type": "none"}),
        ("required", None, {"type": "any"}),
        (
            {"type": "function", "function": {"name": "f"}},
            False,
            {"type": "tool", "name": "f", "disable_parallel_tool_use": True},
        ),
    ],
)
def test_the_choice_of_tools_is_in_anthropics_words(choice: Any, parallel: Any, made: Any) -> None:
    body = {"tools": [TOOL], "tool_choice": choice, "parallel_tool_calls": parallel}
    assert arguments(body, drop=False)[1].get("tool_choice") == made


def test_a_function_without_parameters_takes_none() -> None:
    made = arguments({"tools": [TOOL]}, drop=False)[1]["tools"]
    assert made == [{"name": "f", "input_schema": {"type": "object", "properties": {}}}]


def test_a_strict_function_stays_strict() -> None:
    tool = {"type": "function", "function": {"name": "f", "strict": True, "parameters": {"a": 1}}}
    made = arguments({"tools": [tool]}, drop=False)[1]["tools"]
    assert made == [{"name": "f", "input_schema": {"a": 1}, "strict": True}]


def test_a_text_as_format_is_what_comes_anyway() -> None:
    assert arguments({"response_format": {"type": "text"}}, drop=False) == (None, {})
