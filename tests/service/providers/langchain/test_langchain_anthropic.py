"""Anthropic's models, with a stand-in for its API: what is asked, answered, and what fails."""

from __future__ import annotations

from typing import TYPE_CHECKING

import orjson
import pytest

from service.errors import BadRequest
from service.providers.langchain_anthropic import SUPPORTED
from service.providers.langchain_generic import SILENT
from tests.service.providers.anthropic_stand_in import (
    KEY,
    MODEL,
    AnthropicStandIn,
    text,
    thinking,
    tool_use,
)
from tests.service.providers.langchain.callbacks import Seen, attached
from tests.service.providers.langchain.calls import (
    TRACE,
    call,
    chunks,
    content,
    deltas,
    whole,
)
from tests.service.providers.langchain.claude import provider_at

if TYPE_CHECKING:
    from service.providers.langchain_chat import LangChainProvider

WEATHER = {
    "type": "function",
    "function": {
        "name": "weather",
        "description": "tells it",
        "parameters": {"type": "object", "properties": {"city": {"type": "string"}}},
    },
}


async def test_an_answer_is_a_chat_completion(
    claude: LangChainProvider, api: AnthropicStandIn
) -> None:
    made = call("claude-a", max_tokens=9)
    answer = await whole(claude, made)
    assert answer.pop("id").startswith("chatcmpl-")
    assert answer.pop("created") > 1_700_000_000
    message = {"role": "assistant", "content": "Hello there", "refusal": None}
    assert answer == {
        "object": "chat.completion",
        "model": MODEL,
        "choices": [{"index": 0, "message": message, "logprobs": None, "finish_reason": "stop"}],
        "usage": {"prompt_tokens": 11, "completion_tokens": 5, "total_tokens": 16},
    }
    assert (made.usage.input_tokens, made.usage.output_tokens) == (11, 5)
    assert not made.usage.estimated
    assert api.last == {
        "model": "claude-a",
        "max_tokens": 9,
        "messages": [{"role": "user", "content": "hi"}],
    }
    assert api.headers[-1]["traceparent"] == TRACE[0][1]


async def test_the_fields_of_a_request_are_translated(
    claude: LangChainProvider, api: AnthropicStandIn
) -> None:
    made = call(
        "claude-a",
        max_completion_tokens=9,
        temperature=0.5,
        top_p=0.9,
        stop="END",
        user="ann",
        tools=[WEATHER],
        tool_choice="required",
        parallel_tool_calls=False,
        seed=None,
    )
    await claude.complete(made)
    function = WEATHER["function"]
    assert api.last == {
        "model": "claude-a",
        "max_tokens": 9,
        "temperature": 0.5,
        "top_p": 0.9,
        "stop_sequences": ["END"],
        "metadata": {"user_id": "ann"},
        "tools": [
            {
                "name": "weather",
                "description": "tells it",
                "input_schema": function["parameters"],  # type: ignore[index]  # a dict
            }
        ],
        "tool_choice": {"type": "any", "disable_parallel_tool_use": True},
        "messages": [{"role": "user", "content": "hi"}],
    }


async def test_a_json_schema_is_anthropics_structured_output(
    claude: LangChainProvider, api: AnthropicStandIn
) -> None:
    schema = {"type": "object", "properties": {"n": {"type": "integer"}}, "required": ["n"]}
    wanted = {"type": "json_schema", "json_schema": {"name": "a", "schema": schema}}
    await claude.complete(call("claude-a", response_format=wanted))
    made = {**schema, "additionalProperties": False}
    assert api.last["output_config"] == {"format": {"type": "json_schema", "schema": made}}


async def test_reasoning_effort_is_passed_on(
    claude: LangChainProvider, api: AnthropicStandIn
) -> None:
    await claude.complete(call("claude-a", reasoning_effort="low"))
    assert api.last["output_config"] == {"effort": "low"}


async def test_tools_are_called(claude: LangChainProvider, api: AnthropicStandIn) -> None:
    api.blocks = [tool_use("toolu_1", "weather", city="Rome"), tool_use("toolu_2", "weather")]
    api.stop_reason = "tool_use"
    choice = (await whole(claude, call("claude-a", tools=[WEATHER])))["choices"][0]
    assert choice["finish_reason"] == "tool_calls"
    assert choice["message"]["content"] is None
    assert choice["message"]["tool_calls"] == [
        {
            "id": "toolu_1",
            "type": "function",
            "function": {"name": "weather", "arguments": '{"city":"Rome"}'},
        },
        {"id": "toolu_2", "type": "function", "function": {"name": "weather", "arguments": "{}"}},
    ]


async def test_a_conversation_with_images_and_tools_is_translated(
    claude: LangChainProvider, api: AnthropicStandIn
) -> None:
    picture = {"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA"}}
    linked = {"type": "image_url", "image_url": {"url": "https://a.test/b.png", "detail": "low"}}
    function = {"name": "weather", "arguments": '{"city": "Rome"}'}
    made = [
        {"role": "system", "content": "be brief"},
        {"role": "user", "content": [{"type": "text", "text": "what"}, picture, linked]},
        {
            "role": "assistant",
            "content": None,
            "tool_calls": [{"id": "call.1", "type": "function", "function": function}],
        },
        {"role": "tool", "tool_call_id": "call.1", "content": "22"},
        {"role": "developer", "content": "and polite"},
    ]
    await claude.complete(call("claude-a", messages=made))
    base64 = {"type": "base64", "media_type": "image/png", "data": "AAAA"}
    asked, called, told = api.last["messages"]
    assert api.last["system"] == [
        {"type": "text", "text": "be brief"},
        {"type": "text", "text": "and polite"},
    ]
    assert asked["content"] == [
        {"type": "text", "text": "what"},
        {"type": "image", "source": base64},
        {"type": "image", "source": {"type": "url", "url": "https://a.test/b.png"}},
    ]
    used = called["content"][0]
    assert (used["type"], used["name"], used["input"]) == ("tool_use", "weather", {"city": "Rome"})
    assert told["content"][0]["tool_use_id"] == used["id"]
    assert told["content"][0]["content"] == "22"


async def test_a_document_goes_along(claude: LangChainProvider, api: AnthropicStandIn) -> None:
    file = {"filename": "a.pdf", "file_data": "data:application/pdf;base64,AAAA"}
    made = [{"role": "user", "content": [{"type": "file", "file": file}]}]
    await claude.complete(call("claude-a", messages=made))
    source = {"type": "base64", "media_type": "application/pdf", "data": "AAAA"}
    assert api.last["messages"][0]["content"] == [{"type": "document", "source": source}]


@pytest.mark.parametrize(
    ("reason", "finish"),
    [
        ("end_turn", "stop"),
        ("stop_sequence", "stop"),
        ("max_tokens", "length"),
        ("model_context_window_exceeded", "length"),
        ("refusal", "content_filter"),
        ("pause_turn", "stop"),
    ],
)
@pytest.mark.parametrize("stream", [False, True])
async def test_the_reason_of_the_end_is_in_openais_words(
    reason: str, finish: str, stream: bool, claude: LangChainProvider, api: AnthropicStandIn
) -> None:
    api.stop_reason = reason
    made = call("claude-a", stream=stream)
    if stream:
        choice = (await chunks(claude, made))[-1]["choices"][0]
    else:
        choice = (await whole(claude, made))["choices"][0]
    assert choice["finish_reason"] == finish


async def test_cached_tokens_are_part_of_the_prompt(
    claude: LangChainProvider, api: AnthropicStandIn
) -> None:
    api.usage = {
        "input_tokens": 10,
        "output_tokens": 5,
        "cache_read_input_tokens": 4,
        "cache_creation_input_tokens": 2,
    }
    usage = (await whole(claude, call("claude-a")))["usage"]
    assert usage == {
        "prompt_tokens": 16,
        "completion_tokens": 5,
        "total_tokens": 21,
        "prompt_tokens_details": {"cached_tokens": 4},
    }


async def test_thoughts_are_not_part_of_the_answer(
    claude: LangChainProvider, api: AnthropicStandIn
) -> None:
    api.blocks = [thinking("let me see"), text("42")]
    assert (await whole(claude, call("claude-a")))["choices"][0]["message"]["content"] == "42"


async def test_thoughts_in_a_stream_are_comments_that_show_that_it_lives(
    claude: LangChainProvider, api: AnthropicStandIn
) -> None:
    api.blocks = [thinking("let me see"), text("42")]
    items = [item async for item in claude.stream(call("claude-a", stream=True, tools=[WEATHER]))]
    assert items.count(SILENT) >= 3
    assert b"see" not in b"".join(items)


async def test_a_stream_begins_with_the_role_and_ends_with_the_reason(
    claude: LangChainProvider,
) -> None:
    events = await chunks(claude, call("claude-a", stream=True))
    assert deltas(events) == [
        {"role": "assistant", "content": "", "refusal": None},
        {"content": "Hell"},
        {"content": "o th"},
        {"content": "ere"},
    ]
    assert [event["choices"][0]["finish_reason"] for event in events] == [*[None] * 4, "stop"]
    assert {event["model"] for event in events} == {MODEL}
    assert {event["object"] for event in events} == {"chat.completion.chunk"}
    assert len({event["id"] for event in events}) == 1
    assert all("usage" not in event for event in events)


async def test_a_stream_shows_usage_to_who_asked_and_counts_it_always(
    claude: LangChainProvider,
) -> None:
    made = call("claude-a", stream=True, usage=True)
    *events, last = await chunks(claude, made)
    assert last["choices"] == []
    assert last["usage"] == {"prompt_tokens": 11, "completion_tokens": 5, "total_tokens": 16}
    assert all(event["usage"] is None for event in events)
    quiet = call("claude-a", stream=True)
    await chunks(claude, quiet)
    assert (made.usage, quiet.usage.input_tokens, quiet.usage.output_tokens) == (quiet.usage, 11, 5)


async def test_a_stream_calls_tools_piece_by_piece(
    claude: LangChainProvider, api: AnthropicStandIn
) -> None:
    api.blocks = [
        text("Well"),
        tool_use("toolu_1", "weather", city="Rome"),
        tool_use("toolu_2", "weather", city="Oslo"),
    ]
    api.stop_reason = "tool_use"
    events = await chunks(claude, call("claude-a", stream=True, tools=[WEATHER]))
    calls = [delta["tool_calls"][0] for delta in deltas(events) if "tool_calls" in delta]
    begun = [call for call in calls if "id" in call]
    assert content(events) == "Well"
    assert [(one["index"], one["id"], one["function"]["name"]) for one in begun] == [
        (0, "toolu_1", "weather"),
        (1, "toolu_2", "weather"),
    ]
    for index, city in enumerate(("Rome", "Oslo")):
        pieces = [one["function"]["arguments"] for one in calls if one["index"] == index]
        assert orjson.loads("".join(pieces)) == {"city": city}
    assert events[-1]["choices"][0]["finish_reason"] == "tool_calls"


async def test_a_callback_is_told_of_request_and_answer(claude: LangChainProvider) -> None:
    seen = Seen()
    with attached(seen):
        await claude.complete(call("claude-a", temperature=0.5))
    assert seen.parameters["temperature"] == 0.5
    assert seen.answer.content == "Hello there"
    assert KEY not in str(seen.parameters)


async def test_nothing_is_taken_from_the_environment(
    monkeypatch: pytest.MonkeyPatch, api: AnthropicStandIn
) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", "sk-ant-of-somebody-else")
    monkeypatch.setenv("ANTHROPIC_AUTH_TOKEN", "of-somebody-else")
    monkeypatch.setenv("ANTHROPIC_BASE_URL", "http://127.0.0.1:1")
    monkeypatch.setenv("LC_OUTPUT_VERSION", "v1")
    made = provider_at(api.url)
    answer = await whole(made, call("claude-a"))
    await made.close()
    assert answer["choices"][0]["message"]["content"] == "Hello there"
    assert KEY in api.headers[-1]["authorization"]


def test_without_a_key_it_says_which_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ANTHROPIC_API_KEY", raising=False)
    assert provider_at(None, key=None).missing() == "ANTHROPIC_API_KEY is not set"


async def test_with_a_key_nothing_is_missing(claude: LangChainProvider) -> None:
    assert claude.missing() is None


async def test_there_are_no_embeddings(claude: LangChainProvider) -> None:
    with pytest.raises(BadRequest):
        await claude.embed(call())


async def test_it_says_which_parameters_it_has(claude: LangChainProvider) -> None:
    assert claude.supported == SUPPORTED
    assert not SUPPORTED & {"n", "seed", "logprobs", "metadata", "presence_penalty"}
