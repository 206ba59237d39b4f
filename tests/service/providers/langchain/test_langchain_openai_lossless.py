"""Through LangChain, field by field: what was sent arrives, and what was answered comes back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson
import pytest

from tests.service.providers.langchain.calls import TRACE, call, data_of
from tests.service.providers.langchain.scripted import events

if TYPE_CHECKING:
    from service.providers.langchain_chat import LangChainProvider
    from tests.service.providers.langchain.scripted import Scripted

ANSWER: dict[str, Any] = {
    "id": "chatcmpl-1",
    "object": "chat.completion",
    "created": 1_700_000_000,
    "model": "gpt-4o-2024-08-06",
    "choices": [
        {
            "index": 0,
            "message": {"role": "assistant", "content": "Hello", "refusal": None},
            "logprobs": None,
            "finish_reason": "stop",
        }
    ],
    "usage": {"prompt_tokens": 9, "completion_tokens": 2, "total_tokens": 11},
}

TOOL = {
    "type": "function",
    "function": {"name": "weather", "strict": True, "parameters": {"type": "object"}},
}

FIELDS: dict[str, Any] = {
    "frequency_penalty": -0.5,
    "function_call": "auto",
    "functions": [{"name": "old"}],
    "logit_bias": {"50256": -100},
    "logprobs": True,
    "max_completion_tokens": 7,
    "max_tokens": 8,
    "metadata": {"team": "a"},
    "modalities": ["text"],
    "n": 2,
    "parallel_tool_calls": False,
    "prediction": {"type": "content", "content": "x"},
    "presence_penalty": 0.25,
    "reasoning_effort": "minimal",
    "response_format": {"type": "json_schema", "json_schema": {"name": "a", "schema": {}}},
    "seed": 2**53,
    "service_tier": "flex",
    "stop": ["a", "b"],
    "store": False,
    "stream_options": {"include_obfuscation": False},
    "temperature": 0,
    "tool_choice": {"type": "function", "function": {"name": "weather"}},
    "tools": [TOOL, {"type": "mcp", "authorization": "kept", "headers": {"a": "b"}}],
    "top_logprobs": 3,
    "top_p": 0.125,
    "user": "user-1",
    "verbosity": "low",
    "web_search_options": {},
    "vendor_extra": {"deep": [1, None, {"x": 1.5}]},
    # Words that mean something else to LangChain.
    "tags": ["t"],
    "callbacks": ["c"],
    "run_name": "r",
    "run_id": "i",
    "config": {"a": 1},
    "input": "in",
    "self": 1,
    "run_manager": 2,
    "extra_body": {"not": "merged"},
    "extra_headers": {"x-not": "sent"},
    "ls_structured_output_format": {"a": 1},
    "stream_usage": True,
}

MESSAGES: dict[str, dict[str, Any]] = {
    "developer": {"role": "developer", "content": "be brief"},
    "system with a name": {"role": "system", "content": "be brief", "name": "boss"},
    "user with a name": {"role": "user", "content": "hi", "name": "ann"},
    "null content": {"role": "assistant", "content": None, "refusal": "no"},
    "no content": {"role": "assistant", "audio": {"id": "audio_1"}},
    "empty content": {"role": "user", "content": ""},
    "extra field": {"role": "user", "content": "hi", "cache_control": {"type": "ephemeral"}},
    "reasoning": {"role": "assistant", "content": "4", "reasoning_content": "2 and 2"},
    "image": {
        "role": "user",
        "content": [
            {"type": "text", "text": "what", "prompt_cache_breakpoint": {"a": 1}},
            {"type": "image_url", "image_url": {"url": "https://a.test/b.png", "detail": "low"}},
        ],
    },
    "audio": {
        "role": "user",
        "content": [{"type": "input_audio", "input_audio": {"data": "AAAA", "format": "wav"}}],
    },
    "file": {
        "role": "user",
        "content": [
            {"type": "file", "file": {"filename": "a.pdf", "file_data": "data:a/pdf;base64,AA=="}},
            {"type": "file", "file": {"file_id": "file-1"}},
        ],
    },
    "parts that LangChain has its own of": {
        "role": "user",
        "content": [
            {"type": "image", "source_type": "base64", "data": "AA==", "mime_type": "image/png"},
            {"type": "image", "url": 5},
            {"type": "thinking", "thinking": "hm"},
            {"type": "tool_use", "id": "a"},
            {"type": "additional_tools", "tools": []},
            {"type": "never_heard_of"},
        ],
    },
    "tool calls, their arguments as they were written": {
        "role": "assistant",
        "content": None,
        "tool_calls": [
            {
                "id": "call_1",
                "type": "function",
                "function": {"name": "weather", "arguments": '{ "city" :  "Zürich", "n": 1e2 }'},
            },
            {"id": "call_2", "type": "function", "function": {"name": "a", "arguments": "{broken"}},
            {"id": "call_3", "type": "custom", "custom": {"name": "b", "input": "free text"}},
        ],
    },
    "tool": {"role": "tool", "tool_call_id": "call_1", "content": "22", "name": "weather"},
    "tool with parts": {
        "role": "tool",
        "tool_call_id": "call_2",
        "content": [{"type": "text", "text": "22", "extra": 1}],
    },
    "function": {"role": "function", "name": "old", "content": "x"},
    "legacy call": {
        "role": "assistant",
        "content": None,
        "function_call": {"name": "old", "arguments": "{}"},
    },
    "a role of tomorrow": {"role": "observer", "content": "hi"},
}

MESSAGE_FIELDS: dict[str, Any] = {
    "refusal": "I cannot",
    "annotations": [{"type": "url_citation", "url_citation": {"url": "https://a.test"}}],
    "audio": {"id": "audio_1", "data": "AA==", "expires_at": 1, "transcript": "hi"},
    "reasoning_content": "first, ...",
    "function_call": {"name": "old", "arguments": "{ }"},
    "tool_calls": [
        {
            "id": "call_1",
            "type": "function",
            "function": {"name": "weather", "arguments": '{"city":\n "Zürich"}'},
        },
        {"id": "call_2", "type": "function", "function": {"name": "a", "arguments": "not JSON"}},
        {"id": "call_3", "type": "custom", "custom": {"name": "b", "input": "free text"}},
    ],
}


@pytest.mark.parametrize("name", sorted(FIELDS))
async def test_a_field_of_a_request_arrives_with_its_value(
    name: str, exact: LangChainProvider, scripted: Scripted
) -> None:
    scripted.answer = orjson.dumps(ANSWER)
    made = call(**{name: FIELDS[name]}) if name != "self" else _with_self()
    await exact.complete(made)
    assert scripted.last == made.body


@pytest.mark.parametrize("name", sorted(FIELDS))
async def test_a_field_of_a_streamed_request_arrives_with_its_value(
    name: str, exact: LangChainProvider, scripted: Scripted
) -> None:
    scripted.answer = [events({**ANSWER, "choices": []}, b"[DONE]")]
    made = call(stream=True, **{name: FIELDS[name]}) if name != "self" else _with_self(stream=True)
    await data_of(exact, made)
    assert scripted.last == made.body


@pytest.mark.parametrize("name", [*sorted(FIELDS), "stop"])
async def test_a_field_that_is_null_arrives_as_null(
    name: str, exact: LangChainProvider, scripted: Scripted
) -> None:
    scripted.answer = orjson.dumps(ANSWER)
    made = call()
    made.body[name] = None
    await exact.complete(made)
    assert scripted.last == made.body


async def test_a_stop_that_is_one_text_stays_one(
    exact: LangChainProvider, scripted: Scripted
) -> None:
    scripted.answer = orjson.dumps(ANSWER)
    await exact.complete(call(stop="END"))
    assert scripted.last["stop"] == "END"


@pytest.mark.parametrize("model", ["o1", "o3-mini", "gpt-5", "gpt-5-pro", "codex-mini", "gpt-6"])
async def test_nothing_is_added_and_no_other_endpoint_is_asked_for_a_model_that_langchain_knows(
    model: str, exact: LangChainProvider, scripted: Scripted
) -> None:
    scripted.answer = orjson.dumps(ANSWER)
    made = call(model, messages=[{"role": "system", "content": "be brief"}], tools=[TOOL])
    await exact.complete(made)
    assert scripted.last == made.body
    assert scripted.paths == ["/v1/chat/completions"]


@pytest.mark.parametrize("name", sorted(MESSAGES))
async def test_a_message_arrives_as_it_was_sent(
    name: str, exact: LangChainProvider, scripted: Scripted
) -> None:
    scripted.answer = orjson.dumps(ANSWER)
    await exact.complete(call(messages=[MESSAGES[name]]))
    assert scripted.last["messages"] == [MESSAGES[name]]


async def test_the_trace_context_goes_out_as_headers(
    exact: LangChainProvider, scripted: Scripted
) -> None:
    scripted.answer = orjson.dumps(ANSWER)
    await exact.complete(call())
    assert scripted.headers[-1]["traceparent"] == TRACE[0][1]
    assert "extra_headers" not in scripted.last


@pytest.mark.parametrize("name", sorted(MESSAGE_FIELDS))
async def test_a_field_of_an_answer_comes_back_byte_for_byte(
    name: str, exact: LangChainProvider, scripted: Scripted
) -> None:
    message = {"role": "assistant", "content": None, name: MESSAGE_FIELDS[name]}
    choice = {"index": 0, "message": message, "finish_reason": "stop", "logprobs": None}
    scripted.answer = orjson.dumps({**ANSWER, "choices": [choice]}, option=orjson.OPT_INDENT_2)
    assert await exact.complete(call()) == scripted.answer


async def test_all_choices_and_everything_about_them_come_back(
    exact: LangChainProvider, scripted: Scripted
) -> None:
    logprobs = {"content": [{"token": "a", "logprob": -1e-05, "bytes": [97], "top_logprobs": []}]}
    choices = [
        {
            "index": index,
            "message": {"role": "assistant", "content": f"answer {index}"},
            "logprobs": logprobs,
            "finish_reason": reason,
            "content_filter_results": {"hate": {"filtered": False}},
        }
        for index, reason in enumerate(["stop", "length", "content_filter"])
    ]
    usage = {
        "prompt_tokens": 20,
        "completion_tokens": 30,
        "total_tokens": 50,
        "prompt_tokens_details": {"cached_tokens": 10, "audio_tokens": 0},
        "completion_tokens_details": {"reasoning_tokens": 5, "accepted_prediction_tokens": 1},
    }
    more = {"service_tier": "default", "system_fingerprint": "fp_1", "vendor": {"cost": 0.5}}
    scripted.answer = orjson.dumps({**ANSWER, "choices": choices, "usage": usage, **more})
    made = call(n=3)
    assert await exact.complete(made) == scripted.answer
    assert (made.usage.input_tokens, made.usage.output_tokens) == (20, 30)
    assert not made.usage.estimated


DELTAS: list[dict[str, Any]] = [
    {"role": "assistant", "content": "", "refusal": None},
    {"content": "Hel", "reasoning_content": "hm"},
    {"refusal": "I can"},
    {"tool_calls": [{"index": 0, "id": "c", "function": {"name": "f", "arguments": '{ "a'}}]},
    {"tool_calls": [{"index": 0, "function": {"arguments": '" : 1}'}}]},
    {"tool_calls": [{"index": 1, "id": "d", "custom": {"input": "x"}}]},
    {"function_call": {"name": "old", "arguments": "{"}},
    {"audio": {"id": "a", "data": "AA=="}},
    {"vendor": {"x": [1, None]}},
    {},
]


def chunk(delta: Any, index: int = 0, **more: Any) -> dict[str, Any]:
    choice = {"index": index, "delta": delta, "logprobs": None, "finish_reason": None}
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion.chunk",
        "created": 1_700_000_000,
        "model": "gpt-4o",
        "service_tier": "default",
        "system_fingerprint": "fp_1",
        "choices": [choice],
        **more,
    }


async def test_the_events_of_a_stream_come_back_byte_for_byte(
    exact: LangChainProvider, scripted: Scripted
) -> None:
    sent = [chunk(delta, index) for delta in DELTAS for index in (0, 1)]
    sent += [{**chunk({}), "choices": [], "prompt_filter_results": [{"index": 0}]}]
    scripted.answer = [events(*sent, b"[DONE]")]
    came = await data_of(exact, call(stream=True, n=2))
    assert came == [*(orjson.dumps(one) for one in sent), b"[DONE]"]


async def test_usage_of_a_stream_is_shown_to_who_asked(
    exact: LangChainProvider, scripted: Scripted
) -> None:
    usage = {"prompt_tokens": 3, "completion_tokens": 1, "total_tokens": 4}
    sent = [chunk({"content": "a"}, usage=None), {**chunk({}), "choices": [], "usage": usage}]
    scripted.answer = [events(*sent, b"[DONE]")]
    made = call(stream=True, usage=True, stream_options={"include_usage": True})
    assert await data_of(exact, made) == [*(orjson.dumps(one) for one in sent), b"[DONE]"]
    assert (made.usage.input_tokens, made.usage.output_tokens) == (3, 1)


async def test_usage_of_a_stream_is_counted_and_not_shown_to_who_did_not_ask(
    exact: LangChainProvider, scripted: Scripted
) -> None:
    usage = {"prompt_tokens": 3, "completion_tokens": 1, "total_tokens": 4}
    sent = [chunk({"content": "a"}, usage=None), {**chunk({}), "choices": [], "usage": usage}]
    scripted.answer = [events(*sent, b"[DONE]")]
    made = call(stream=True, stream_options={"include_usage": True})
    assert await data_of(exact, made) == [orjson.dumps(chunk({"content": "a"})), b"[DONE]"]
    assert (made.usage.input_tokens, made.usage.output_tokens) == (3, 1)
    assert not made.usage.estimated


async def test_tokens_that_nobody_counted_are_estimated_by_the_events(
    exact: LangChainProvider, scripted: Scripted
) -> None:
    scripted.answer = [events(*(chunk({"content": "a"}) for _ in range(5)), b"[DONE]")]
    made = call(stream=True)
    await data_of(exact, made)
    assert (made.usage.output_tokens, made.usage.estimated) == (5, True)


async def test_events_that_arrive_together_are_one_item(
    exact: LangChainProvider, scripted: Scripted
) -> None:
    first = events(*(chunk({"content": str(n)}) for n in range(3)))
    second = events(chunk({"content": "end"}), b"[DONE]")
    scripted.answer = [first, second]
    assert [item async for item in exact.stream(call(stream=True))] == [first, second]


def _with_self(**fields: Any) -> Any:
    made = call(**fields)
    made.body["self"] = FIELDS["self"]
    return made
