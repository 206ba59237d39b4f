"""LangChain's messages as answers of OpenAI's API."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from langchain_core.messages import AIMessage, AIMessageChunk
from langchain_core.messages.tool import invalid_tool_call, tool_call_chunk

from service.exchange import Usage
from service.providers import langchain_usage
from service.providers.langchain_answers import EventWriter, completion, finish_reason
from tests.service.providers.langchain.calls import call


def calls_of(*pieces: AIMessage) -> list[dict[str, Any]]:
    writer = EventWriter(call(stream=True))
    text = b"".join(writer.events(piece) for piece in pieces)
    events = [orjson.loads(part[6:]) for part in text.split(b"\n\n") if part]
    found = [event["choices"][0]["delta"].get("tool_calls") for event in events]
    return [calls[0] for calls in found if calls]


def piece(**chunk: Any) -> AIMessageChunk:
    return AIMessageChunk(content="", tool_call_chunks=[tool_call_chunk(**chunk)])


def test_a_call_whose_arguments_are_no_json_is_shown_as_it_is() -> None:
    bad = invalid_tool_call(name="f", args="{broken", id="a", error=None)
    answer = orjson.loads(completion(AIMessage("", invalid_tool_calls=[bad]), call()))
    assert answer["choices"][0]["message"]["tool_calls"] == [
        {"id": "a", "type": "function", "function": {"name": "f", "arguments": "{broken"}}
    ]


def test_the_numbers_of_calls_begin_at_zero_without_gaps() -> None:
    made = calls_of(
        piece(index=3, id="a", name="f", args=""),
        piece(index=3, args="{}"),
        piece(index=7, id="b", name="g", args="{}"),
    )
    assert [(one["index"], one.get("id")) for one in made] == [(0, "a"), (0, None), (1, "b")]


def test_calls_without_numbers_are_told_apart_by_their_names() -> None:
    made = calls_of(
        piece(name="f", args="{", id="a"),
        piece(args="}"),
        piece(name="g", args="{}", id="b"),
    )
    assert [(one["index"], one["function"]["arguments"]) for one in made] == [
        (0, "{"),
        (0, "}"),
        (1, "{}"),
    ]


def test_a_model_that_cannot_stream_gives_its_calls_at_once() -> None:
    calls = [
        {"name": "f", "args": {"x": 1}, "id": "a"},
        {"name": "g", "args": {}, "id": None},
        {"name": "g", "args": {}, "id": None},
    ]
    made = calls_of(AIMessage("", tool_calls=calls))
    assert [one["index"] for one in made] == [0, 1, 2]
    assert made[0]["function"] == {"name": "f", "arguments": '{"x":1}'}
    assert len({one["id"] for one in made}) == 3


@pytest.mark.parametrize(
    ("metadata", "calls", "reason"),
    [
        ({}, False, "stop"),
        ({}, True, "tool_calls"),
        ({"finish_reason": "STOP"}, True, "tool_calls"),
        ({"finish_reason": "SAFETY"}, False, "content_filter"),
        ({"done_reason": "length"}, True, "length"),
        ({"finish_reason": None, "stop_reason": "max_tokens"}, False, "length"),
    ],
)
def test_reasons_are_understood(metadata: dict[str, Any], calls: bool, reason: str) -> None:
    assert finish_reason(metadata, calls=calls) == reason


def test_counts_go_there_and_back() -> None:
    usage = {
        "prompt_tokens": 9,
        "completion_tokens": 4,
        "total_tokens": 13,
        "prompt_tokens_details": {"audio_tokens": 1, "cached_tokens": 2},
        "completion_tokens_details": {"audio_tokens": 0, "reasoning_tokens": 3},
    }
    assert langchain_usage.to_openai(langchain_usage.to_langchain(usage), Usage()) == usage


@pytest.mark.parametrize("usage", [None, [], "9"])
def test_no_count_is_none(usage: Any) -> None:
    assert langchain_usage.to_langchain(usage) is None
