"""OpenAI's messages as LangChain has them."""

from __future__ import annotations

from typing import Any

import pytest
from langchain_core.messages import (
    AIMessage,
    ChatMessage,
    FunctionMessage,
    HumanMessage,
    SystemMessage,
    ToolMessage,
)

from service.providers.langchain_messages import keeping_origin, original, to_langchain


@pytest.mark.parametrize(
    ("message", "kind"),
    [
        ({"role": "user", "content": "x"}, HumanMessage),
        ({"role": "system", "content": "x"}, SystemMessage),
        ({"role": "developer", "content": "x"}, SystemMessage),
        ({"role": "assistant", "content": "x"}, AIMessage),
        ({"role": "tool", "content": "x", "tool_call_id": "a"}, ToolMessage),
        ({"role": "function", "content": "x", "name": "f"}, FunctionMessage),
        ({"role": "observer", "content": "x"}, ChatMessage),
    ],
)
def test_each_role_has_its_message(message: dict[str, Any], kind: type) -> None:
    made = to_langchain(message)
    assert type(made) is kind
    assert made.content == "x"


def test_a_developer_is_told_from_a_system_as_langchain_does() -> None:
    made = to_langchain({"role": "developer", "content": "x"})
    assert made.additional_kwargs == {"__openai_role__": "developer"}


def test_tool_calls_are_parsed_and_those_that_are_no_json_are_kept_as_text() -> None:
    calls = [
        {"id": "a", "type": "function", "function": {"name": "f", "arguments": '{"x": 1}'}},
        {"id": "b", "type": "function", "function": {"name": "g", "arguments": "{broken"}},
        {"id": "c", "type": "function", "function": {"name": "h", "arguments": ""}},
    ]
    made = to_langchain({"role": "assistant", "content": None, "tool_calls": calls})
    assert isinstance(made, AIMessage)
    assert [(call["id"], call["name"], call["args"]) for call in made.tool_calls] == [
        ("a", "f", {"x": 1}),
        ("c", "h", {}),
    ]
    (bad,) = made.invalid_tool_calls
    assert (bad["id"], bad["name"], bad["args"]) == ("b", "g", "{broken")


@pytest.mark.parametrize(
    ("part", "made"),
    [
        (
            {"type": "input_audio", "input_audio": {"data": "AA==", "format": "wav"}},
            {"type": "audio", "base64": "AA==", "mime_type": "audio/wav"},
        ),
        (
            {"type": "file", "file": {"file_data": "data:application/pdf;base64,AA=="}},
            {"type": "file", "base64": "AA==", "mime_type": "application/pdf"},
        ),
        ({"type": "text", "text": "x"}, {"type": "text", "text": "x"}),
        ({"type": "later"}, {"type": "non_standard", "value": {"type": "later"}}),
        (
            {"type": "file", "file": {"file_id": "f"}},
            {"type": "non_standard", "value": {"type": "file", "file": {"file_id": "f"}}},
        ),
        (5, {"type": "non_standard", "value": 5}),
        ("plain", "plain"),
    ],
)
def test_a_part_is_in_langchains_standard_form(part: Any, made: Any) -> None:
    assert to_langchain({"role": "user", "content": [part]}).content == [made]


def test_a_message_gives_back_the_one_it_was_made_of() -> None:
    message = {"role": "user", "content": [{"type": "text", "text": "x"}], "vendor": 1}
    assert original(keeping_origin(message)) == (message, True)


def test_a_copy_gives_it_back_too() -> None:
    message = {"role": "user", "content": "x"}
    assert original(keeping_origin(message).model_copy()) == (message, True)


def test_a_text_that_was_replaced_is_noticed() -> None:
    message = {"role": "user", "content": "x"}
    made = keeping_origin(message)
    made.content = "y"
    assert original(made) == (message, False)


def test_a_part_that_was_changed_in_place_is_noticed() -> None:
    made = keeping_origin({"role": "user", "content": [{"type": "text", "text": "x"}]})
    made.content[0]["text"] = "y"  # type: ignore[index]  # it is a list of dicts
    assert original(made)[1] is False


def test_a_tool_call_that_was_changed_is_noticed() -> None:
    call = {"id": "a", "type": "function", "function": {"name": "f", "arguments": "{}"}}
    made = keeping_origin({"role": "assistant", "content": None, "tool_calls": [call]})
    assert isinstance(made, AIMessage)
    assert original(made)[1] is True
    made.tool_calls[0]["name"] = "g"
    assert original(made)[1] is False


def test_a_message_of_somebody_else_has_no_origin() -> None:
    assert original(HumanMessage("x", additional_kwargs={"openai_message": "y"})) == (None, False)
