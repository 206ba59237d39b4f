"""The built-in provider, asked as the service asks it."""

from __future__ import annotations

import asyncio
import json
import time
from typing import Any

import orjson
import pytest
from hypothesis import given

from service.chat.parse import parse
from service.chat.request import Limits
from service.errors import UpstreamError
from service.providers.base import Call
from service.providers.echo import SUPPORTED, EchoProvider
from tests.service.chat.requests import chat_requests

ECHO = EchoProvider()
HELLO = {"role": "user", "content": "one two three"}
ADD = {
    "type": "function",
    "function": {
        "name": "add",
        "parameters": {
            "type": "object",
            "properties": {"a": {"type": "integer"}, "b": {"type": "number"}},
            "required": ["a", "b"],
        },
    },
}
NOW = {"type": "function", "function": {"name": "now"}}
PIXEL = {"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA"}}


def asked(*messages: Any, model: str = "echo", **fields: Any) -> Call:
    raw = json.dumps({"messages": list(messages) or [HELLO], **fields}).encode()
    request = parse(raw, Limits())
    return Call(request, model, dict(request.body), None, "r1")


def user(content: Any) -> dict[str, Any]:
    return {"role": "user", "content": content}


async def answer(call: Call) -> dict[str, Any]:
    document: dict[str, Any] = orjson.loads(await ECHO.complete(call))
    return document


async def choice(*messages: Any, **fields: Any) -> dict[str, Any]:
    first: dict[str, Any] = (await answer(asked(*messages, **fields)))["choices"][0]
    return first


async def said(*messages: Any, **fields: Any) -> str:
    content: str = (await choice(*messages, **fields))["message"]["content"]
    return content


async def called(*messages: Any, **fields: Any) -> list[tuple[str, Any]]:
    message = (await choice(*messages, **fields))["message"]
    functions = [call["function"] for call in message.get("tool_calls", [])]
    return [(each["name"], json.loads(each["arguments"])) for each in functions]


async def events(call: Call) -> list[Any]:
    """The data of each event, decoded but for `[DONE]`."""
    stream = b"".join([piece async for piece in ECHO.stream(call)])
    data = [event.removeprefix(b"data: ") for event in stream.split(b"\n\n")[:-1]]
    return [each.decode() if each == b"[DONE]" else orjson.loads(each) for each in data]


async def test_it_says_what_the_user_said_last() -> None:
    earlier = [user("first"), {"role": "assistant", "content": "echo: first"}]

    assert await said({"role": "system", "content": "s"}, *earlier, HELLO) == "echo: one two three"


async def test_line_ends_and_blanks_are_kept() -> None:
    assert await said(user(" a\n\n  b ")) == "echo:  a\n\n  b "


async def test_without_a_user_it_says_what_was_said_last() -> None:
    assert await said({"role": "system", "content": "be brief"}) == "echo: be brief"


@pytest.mark.parametrize("schema", [5, None, {"schema": {"type": "null"}}])
async def test_a_schema_counts_only_where_one_is_wanted(schema: Any) -> None:
    wanted = {"type": "json_object", "json_schema": schema}

    assert await said(user("a"), response_format=wanted) == '{"echo":"a"}'


async def test_images_are_counted() -> None:
    text = {"type": "text", "text": "look"}

    assert await said(user([text, PIXEL])) == "echo: look (1 image)"
    assert await said(user([PIXEL, PIXEL])) == "echo: (2 images)"


async def test_the_answer_is_a_completion_of_openais_form() -> None:
    document = await answer(asked(HELLO))

    created = document.pop("created")
    assert abs(created - time.time()) < 5
    assert document == {
        "id": "chatcmpl-r1",
        "object": "chat.completion",
        "model": "echo",
        "choices": [
            {
                "index": 0,
                "message": {
                    "role": "assistant",
                    "content": "echo: one two three",
                    "refusal": None,
                },
                "logprobs": None,
                "finish_reason": "stop",
            }
        ],
        "usage": {"prompt_tokens": 3, "completion_tokens": 4, "total_tokens": 7},
    }


async def test_tokens_are_counted_for_the_log_too() -> None:
    call = asked({"role": "system", "content": "be brief"}, user([PIXEL]), n=2)
    await ECHO.complete(call)

    usage = call.usage
    assert (usage.input_tokens, usage.output_tokens, usage.estimated) == (3, 6, False)


@pytest.mark.parametrize("limit", ["max_tokens", "max_completion_tokens"])
async def test_a_long_answer_is_cut_off(limit: str) -> None:
    cut = await choice(HELLO, **{limit: 2})

    assert (cut["message"]["content"], cut["finish_reason"]) == ("echo: one", "length")


async def test_an_answer_of_just_the_length_is_whole() -> None:
    assert (await choice(HELLO, max_tokens=4))["finish_reason"] == "stop"


@pytest.mark.parametrize("stop", ["two", ["three", "two"], ["", "two"]])
async def test_the_answer_ends_before_a_stop(stop: Any) -> None:
    cut = await choice(HELLO, stop=stop)

    assert (cut["message"]["content"], cut["finish_reason"]) == ("echo: one ", "stop")


async def test_there_are_as_many_choices_as_were_asked_for() -> None:
    choices = (await answer(asked(HELLO, n=3)))["choices"]

    assert [each["index"] for each in choices] == [0, 1, 2]
    assert {each["message"]["content"] for each in choices} == {"echo: one two three"}


async def test_a_tool_is_called_that_the_message_names() -> None:
    question = user("What do 3 and 4.5 add up to? Use add.")

    assert await called(question, tools=[NOW, ADD]) == [("add", {"a": 3, "b": 4.5})]


async def test_a_number_goes_where_it_fits() -> None:
    assert await called(user("add 4.5 to 3"), tools=[ADD]) == [("add", {"a": 3, "b": 4.5})]


async def test_every_tool_that_is_named_is_called() -> None:
    question = user("call add and now")

    assert await called(question, tools=[NOW, ADD]) == [("now", {}), ("add", {"a": 1, "b": 1})]
    assert await called(question, tools=[NOW, ADD], parallel_tool_calls=False) == [("now", {})]


async def test_a_tool_is_called_when_any_is_asked_for() -> None:
    assert await called(user("What time is it? Use the tool."), tools=[NOW]) == [("now", {})]


async def test_no_tool_is_called_that_nobody_asked_for() -> None:
    assert await said(user("Nowhere is additional text"), tools=[NOW, ADD]) == (
        "echo: Nowhere is additional text"
    )


async def test_no_tool_is_called_where_none_is_to_be() -> None:
    assert await said(user("now"), tools=[NOW], tool_choice="none") == "echo: now"


async def test_a_tool_is_called_that_has_to_be() -> None:
    named = {"type": "function", "function": {"name": "now"}}

    assert await called(HELLO, tools=[ADD, NOW], tool_choice="required") == [
        ("add", {"a": 1, "b": 1})
    ]
    assert await called(HELLO, tools=[ADD, NOW], tool_choice=named) == [("now", {})]


async def test_a_call_ends_the_answer() -> None:
    chosen = await choice(HELLO, tools=[NOW], tool_choice="required")

    assert chosen["finish_reason"] == "tool_calls"
    assert chosen["message"] == {
        "role": "assistant",
        "content": None,
        "refusal": None,
        "tool_calls": [
            {
                "id": "call_echo_1_0",
                "type": "function",
                "function": {"name": "now", "arguments": "{}"},
            }
        ],
    }


async def test_results_of_tools_are_answered_with_text() -> None:
    calls = [
        {"id": each, "type": "function", "function": {"name": "now", "arguments": "{}"}}
        for each in ("a", "b")
    ]
    conversation = [
        user("now"),
        {"role": "assistant", "content": None, "tool_calls": calls},
        {"role": "tool", "tool_call_id": "a", "content": "noon"},
        {"role": "tool", "tool_call_id": "b", "content": [{"type": "text", "text": "night"}]},
    ]

    assert await said(*conversation, tools=[NOW], tool_choice="required") == "echo: noon, night"


@pytest.mark.parametrize("tool_choice", ["required", {"type": "custom", "custom": {"name": "a"}}])
async def test_a_tool_that_is_no_function_cannot_be_called(tool_choice: Any) -> None:
    call = asked(HELLO, tools=[{"type": "custom", "custom": {}}], tool_choice=tool_choice)

    with pytest.raises(UpstreamError) as caught:
        await ECHO.complete(call)

    assert (caught.value.status, caught.value.param) == (400, "tool_choice")
    assert not caught.value.retryable


async def test_a_json_object_holds_the_text() -> None:
    format_ = {"type": "json_object"}

    assert json.loads(await said(HELLO, response_format=format_)) == {"echo": "one two three"}


async def test_an_answer_fits_its_schema() -> None:
    schema = {
        "type": "object",
        "properties": {"setup": {"type": "string"}, "rating": {"type": ["integer", "null"]}},
        "required": ["setup", "rating"],
    }
    format_ = {"type": "json_schema", "json_schema": {"name": "joke", "schema": schema}}

    content = await said(user("a joke of 7 stars"), response_format=format_)
    assert json.loads(content) == {"setup": "setup", "rating": 7}


async def test_a_schema_that_is_missing_allows_an_object() -> None:
    format_ = {"type": "json_schema", "json_schema": {"name": "anything"}}

    assert json.loads(await said(HELLO, response_format=format_)) == {"echo": "one two three"}


async def test_a_stream_comes_word_by_word() -> None:
    *chunks, done = await events(asked(HELLO, stream=True))

    choices = [chunk["choices"][0] for chunk in chunks]
    assert [each["delta"] for each in choices] == [
        {"role": "assistant", "content": "", "refusal": None},
        {"content": "echo:"},
        {"content": " one"},
        {"content": " two"},
        {"content": " three"},
        {},
    ]
    assert [each["finish_reason"] for each in choices] == [None] * 5 + ["stop"]
    assert all("usage" not in chunk for chunk in chunks)
    assert done == "[DONE]"


async def test_a_stream_counts_its_tokens_when_asked() -> None:
    call = asked(HELLO, stream=True, stream_options={"include_usage": True})
    *chunks, counted, _ = await events(call)

    assert {chunk["usage"] for chunk in chunks} == {None}
    assert counted["choices"] == []
    assert counted["usage"] == {"prompt_tokens": 3, "completion_tokens": 4, "total_tokens": 7}


async def test_a_stream_has_as_many_choices_as_were_asked_for() -> None:
    chunks = (await events(asked(HELLO, stream=True, n=2)))[:-1]

    texts = {0: "", 1: ""}
    for chunk in chunks:
        texts[chunk["choices"][0]["index"]] += chunk["choices"][0]["delta"].get("content", "")
    assert texts == {0: "echo: one two three", 1: "echo: one two three"}


async def test_a_streamed_call_is_the_call() -> None:
    fields: dict[str, Any] = {"tools": [NOW, ADD], "tool_choice": "auto"}
    question = user("now add 12345678901 and 98765432109.5")
    whole = (await choice(question, **fields))["message"]["tool_calls"]
    chunks = (await events(asked(question, stream=True, **fields)))[:-1]

    calls: list[Any] = [None, None]
    for chunk in chunks:
        for piece in chunk["choices"][0]["delta"].get("tool_calls", []):
            index = piece.pop("index")
            if calls[index] is None:
                calls[index] = piece
            else:
                calls[index]["function"]["arguments"] += piece["function"]["arguments"]
    assert calls == whole
    assert chunks[-1]["choices"][0]["finish_reason"] == "tool_calls"


async def test_the_slow_model_takes_its_time_for_each_word() -> None:
    started = time.perf_counter()
    stream = ECHO.stream(asked(HELLO, model="echo-slow", stream=True))
    await anext(stream)
    seconds = time.perf_counter() - started
    await stream.aclose()

    assert 0.02 <= seconds < 0.2


async def test_the_slow_model_can_be_interrupted() -> None:
    answering = asyncio.create_task(ECHO.complete(asked(user("a " * 1000), model="echo-slow")))
    await asyncio.sleep(0)
    answering.cancel()

    with pytest.raises(asyncio.CancelledError):
        await answering


@given(chat_requests())
def test_every_request_is_answered_the_same_both_ways(document: dict[str, Any]) -> None:
    body = {name: value for name, value in document.items() if name not in {"n", "stream_options"}}
    request = parse(orjson.dumps(body), Limits())

    async def both() -> tuple[Any, str]:
        message = orjson.loads(await ECHO.complete(call))["choices"][0]["message"]
        pieces = [chunk["choices"][0]["delta"] for chunk in (await events(call))[:-1]]
        return message["content"], "".join(piece.get("content") or "" for piece in pieces)

    call = Call(request, "echo", dict(request.body), None, "r1")
    try:
        content, streamed = asyncio.run(both())
    except UpstreamError as error:
        assert error.param == "tool_choice"  # noqa: PT017 - the one thing that it cannot do
    else:
        assert (content or "") == streamed


def test_chances_of_words_are_no_parameter_that_it_takes() -> None:
    assert not SUPPORTED & {"logprobs", "top_logprobs", "logit_bias", "audio", "functions"}


async def test_it_is_always_ready() -> None:
    assert EchoProvider().missing() is None
