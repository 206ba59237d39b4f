"""Whatever OpenAI's client sends reaches the provider as it was sent.

The fixture `client` compares the two after each test, so that most tests here have nothing to
assert but that an answer came.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.service.clients.conversations import ASK, ASK_PICTURE, ASK_WEATHER, PIXEL, WEATHER
from tests.service.clients.gateway import HOUSE_MODEL, KEY, MODEL, Gateway, api_key

if TYPE_CHECKING:
    from openai import OpenAI

    from tests.service.clients.passing import Sent
    from tests.service.running import Upstream

SCHEMA = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}

FIELDS: dict[str, dict[str, Any]] = {
    "audio": {"audio": {"voice": "alloy", "format": "wav"}, "modalities": ["text", "audio"]},
    "frequency_penalty": {"frequency_penalty": -0.5},
    "functions": {
        "functions": [{"name": "f", "parameters": SCHEMA}],
        "function_call": {"name": "f"},
    },
    "json_object": {"response_format": {"type": "json_object"}},
    "json_schema": {
        "response_format": {
            "type": "json_schema",
            "json_schema": {"name": "place", "schema": SCHEMA, "strict": True},
        }
    },
    "logit_bias": {"logit_bias": {"50256": -100}},
    "logprobs": {"logprobs": True, "top_logprobs": 2},
    "max_completion_tokens": {"max_completion_tokens": 50},
    "max_tokens": {"max_tokens": 50},
    "metadata": {"metadata": {"job": "nightly"}},
    "n": {"n": 2},
    "parallel_tool_calls": {"tools": WEATHER, "parallel_tool_calls": False},
    "prediction": {"prediction": {"type": "content", "content": "def f(): ..."}},
    "presence_penalty": {"presence_penalty": 1.5},
    "prompt_cache_key": {"prompt_cache_key": "a-key"},
    "reasoning_effort": {"reasoning_effort": "low"},
    "safety_identifier": {"safety_identifier": "hash-of-ann"},
    "seed": {"seed": 2**53},
    "service_tier": {"service_tier": "flex"},
    "stop": {"stop": "END"},
    "several stops": {"stop": ["END", "\n\n"]},
    "store": {"store": False},
    "temperature": {"temperature": 0},
    "temperature with a fraction": {"temperature": 0.30000000000000004},
    "temperature of one": {"temperature": 1.0},
    "tool_choice": {"tools": WEATHER, "tool_choice": "required"},
    "tool_choice by name": {
        "tools": WEATHER,
        "tool_choice": {"type": "function", "function": {"name": "get_time"}},
    },
    "no tool_choice": {"tools": WEATHER, "tool_choice": "none"},
    "top_p": {"top_p": 0.9},
    "user": {"user": "ann"},
    "verbosity": {"verbosity": "low"},
    "web_search_options": {"web_search_options": {"search_context_size": "low"}},
    "a vendor's fields": {
        "extra_body": {
            "top_k": 40,
            "min_p": 0.05,
            "guided_json": SCHEMA,
            "chat_template_kwargs": {"enable_thinking": False},
            "provider": {"order": ["a", "b"], "allow_fallbacks": False},
            "stop_token_ids": [1, 2],
        }
    },
    "a field of nobody": {"extra_body": {"tags": ["a"], "callbacks": [], "config": {"x": None}}},
    "a number that others write as 1e-7": {"extra_body": {"min_p": 1e-7}},
    "null": {"extra_body": {"temperature": None, "stop": None, "tools": None}},
}

CALL = {"id": "call_1", "type": "function", "function": {"name": "get_time", "arguments": "{}"}}
BROKEN_CALL = {"id": "call_2", "type": "function", "function": {"name": "f", "arguments": "{oops"}}

MESSAGES: dict[str, list[dict[str, Any]]] = {
    "system": [{"role": "system", "content": "Be brief."}, *ASK],
    "developer": [{"role": "developer", "content": "Be brief."}, *ASK],
    "parts of a developer": [
        {"role": "developer", "content": [{"type": "text", "text": "Be brief."}]},
        *ASK,
    ],
    "a name": [{"role": "user", "name": "ann", "content": "Hello"}],
    "a picture": ASK_PICTURE,
    "a picture with detail": [
        {
            "role": "user",
            "content": [{"type": "image_url", "image_url": {"url": PIXEL, "detail": "low"}}],
        }
    ],
    "a picture elsewhere": [
        {
            "role": "user",
            "content": [{"type": "image_url", "image_url": {"url": "https://example.org/a.png"}}],
        }
    ],
    "sound": [
        {
            "role": "user",
            "content": [
                {"type": "input_audio", "input_audio": {"data": "UklGRg==", "format": "wav"}}
            ],
        }
    ],
    "a file": [
        {
            "role": "user",
            "content": [
                {
                    "type": "file",
                    "file": {"filename": "a.pdf", "file_data": "data:application/pdf;base64,JVBE"},
                }
            ],
        }
    ],
    "a file by its id": [
        {"role": "user", "content": [{"type": "file", "file": {"file_id": "file-1"}}]}
    ],
    "a part of nobody": [
        {
            "role": "user",
            "content": [{"type": "video_url", "video_url": {"url": "https://example.org/a.mp4"}}],
        }
    ],
    "the cache mark of a part": [
        {
            "role": "user",
            "content": [{"type": "text", "text": "x", "cache_control": {"type": "ephemeral"}}],
        }
    ],
    "an answer": [*ASK, {"role": "assistant", "content": "Something."}, *ASK],
    "an answer in parts": [
        {"role": "assistant", "content": [{"type": "text", "text": "Something."}]},
        *ASK,
    ],
    "a refusal": [
        {"role": "assistant", "content": [{"type": "refusal", "refusal": "No."}]},
        {"role": "assistant", "content": None, "refusal": "No."},
        *ASK,
    ],
    "reasoning": [{"role": "assistant", "content": "4", "reasoning_content": "2 and 2"}, *ASK],
    "a call and its result": [
        *ASK_WEATHER,
        {"role": "assistant", "content": None, "tool_calls": [CALL]},
        {"role": "tool", "tool_call_id": "call_1", "content": "noon"},
    ],
    "a call without content": [
        {"role": "assistant", "tool_calls": [CALL]},
        {"role": "tool", "tool_call_id": "call_1", "content": [{"type": "text", "text": "noon"}]},
    ],
    "a call with broken arguments": [
        {"role": "assistant", "content": "", "tool_calls": [CALL, BROKEN_CALL]},
        {"role": "tool", "tool_call_id": "call_1", "content": "noon"},
        {"role": "tool", "tool_call_id": "call_2", "content": "Those are no arguments."},
    ],
    "a function": [
        {"role": "assistant", "content": None, "function_call": CALL["function"]},
        {"role": "function", "name": "get_time", "content": "noon"},
    ],
    "an empty text": [{"role": "user", "content": ""}],
    "every script": [
        {"role": "user", "content": 'ünï "quoted" \\ 你好 🎉\u2028\u0000 \ud7ff </s>'}
    ],
}


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "stream"])
@pytest.mark.parametrize("name", FIELDS)
def test_a_field_reaches_the_provider(name: str, stream: bool, client: OpenAI) -> None:
    fields: dict[str, Any] = FIELDS[name]
    answer = client.chat.completions.create(model=MODEL, messages=ASK, stream=stream, **fields)
    assert len(list(answer)) > 1


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "stream"])
@pytest.mark.parametrize("name", MESSAGES)
def test_a_message_reaches_the_provider(name: str, stream: bool, client: OpenAI) -> None:
    messages: Any = MESSAGES[name]
    answer = client.chat.completions.create(model=MODEL, messages=messages, stream=stream)
    assert len(list(answer)) > 1


def test_a_stream_that_counts_is_passed_on_as_it_is(client: OpenAI) -> None:
    options: Any = {"include_usage": True, "include_obfuscation": False}
    list(
        client.chat.completions.create(
            model=MODEL, messages=ASK, stream=True, stream_options=options
        )
    )


def test_an_alias_is_the_providers_name_for_the_provider_alone(
    client: OpenAI, upstream: Upstream
) -> None:
    answer = client.chat.completions.with_raw_response.create(model=HOUSE_MODEL, messages=ASK)
    assert json.loads(upstream.last()["body"])["model"] == "gpt-4.1"
    assert answer.headers["x-model"] == "house-model"


def test_one_body_comes_out_of_one_body(client: OpenAI, sent: Sent, upstream: Upstream) -> None:
    client.chat.completions.create(model=MODEL, messages=ASK)
    assert len(sent.bodies) == 1
    assert upstream.stats()["requests"] == 1


def test_the_provider_gets_the_operators_key_and_nothing_of_the_client(
    client: OpenAI, upstream: Upstream
) -> None:
    client.chat.completions.create(
        model=MODEL,
        messages=ASK,
        extra_headers={"X-Vendor": "of the client", "OpenAI-Organization": "org-of-the-client"},
    )
    headers = upstream.last()["headers"]
    assert headers["authorization"] == f"Bearer {KEY}"
    assert {name for name in headers if name.startswith(("x-", "openai-"))} == set()


def test_a_trace_of_the_client_goes_on(client: OpenAI, upstream: Upstream) -> None:
    trace = "0af7651916cd43dd8448eb211c80319c"
    client.chat.completions.create(
        model=MODEL,
        messages=ASK,
        extra_headers={"traceparent": f"00-{trace}-b7ad6b7169203331-01"},
    )
    assert upstream.last()["headers"]["traceparent"].split("-")[1] == trace


def test_a_query_of_the_client_does_no_harm(client: OpenAI, upstream: Upstream) -> None:
    client.chat.completions.create(
        model=MODEL, messages=ASK, extra_query={"api-version": "2024-10-21"}
    )
    assert upstream.last()["target"] == "/v1/chat/completions"


def test_a_token_of_another_subject_is_as_good(client: OpenAI, gateway: Gateway) -> None:
    other = client.with_options(api_key=api_key(), base_url=gateway.url + "/")
    assert other.chat.completions.create(model=MODEL, messages=ASK).choices
