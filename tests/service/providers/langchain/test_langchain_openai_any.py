"""Whatever a client or a provider may write: it arrives, or comes back, as it was written."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import orjson
from hypothesis import given, settings
from hypothesis import strategies as st

from service.providers.langchain_openai import openai_provider
from tests.service.providers.langchain.calls import call, data_of

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Mapping

ANSWER: dict[str, Any] = {"id": "chatcmpl-1", "object": "chat.completion", "model": "m"}
HELLO: dict[str, Any] = {"role": "assistant", "content": "Hello"}


def answer_with(message: dict[str, Any]) -> bytes:
    choices = [{"index": 0, "message": message, "finish_reason": "stop"}]
    return orjson.dumps({**ANSWER, "choices": choices})


class Memory:
    """A wire that keeps what it is given, for tests that send hundreds of requests."""

    def __init__(self, *answers: bytes) -> None:
        self.answers = answers
        self.sent: Any = None

    async def json(self, path: str, body: bytes, headers: Mapping[str, str]) -> bytes:
        del path, headers
        self.sent = orjson.loads(body)
        return self.answers[0]

    async def events(
        self, path: str, body: bytes, headers: Mapping[str, str]
    ) -> AsyncGenerator[list[bytes], None]:
        del path, headers
        self.sent = orjson.loads(body)
        yield [*self.answers, b"[DONE]"]


texts = st.text(st.characters(codec="utf-8"), max_size=8)
scalars = st.none() | st.booleans() | st.integers(-(2**53), 2**53) | texts
values = st.recursive(
    scalars | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=8,
)
kinds = st.sampled_from(
    ["text", "image_url", "input_audio", "file", "image", "audio", "refusal", "video", "x"]
)
parts = st.builds(
    lambda kind, rest: {**rest, "type": kind},
    kinds | values,
    st.dictionaries(
        st.sampled_from(["text", "image_url", "input_audio", "file", "url", "source_type", "id"]),
        values,
        max_size=3,
    ),
)
functions = st.fixed_dictionaries({}, optional={"name": texts, "arguments": texts | values})
calls = st.fixed_dictionaries(
    {}, optional={"id": texts, "type": texts, "function": functions, "custom": values}
)
optional = {
    "content": st.none() | texts | st.lists(parts | texts | values, max_size=3),
    "name": texts,
    "refusal": st.none() | texts,
    "tool_calls": st.none() | st.lists(calls, max_size=3),
    "tool_call_id": texts,
    "function_call": values,
    "audio": values,
    "reasoning_content": values,
    "vendor": values,
}
roles = st.sampled_from(["system", "developer", "user", "assistant", "tool", "function"])
messages = st.lists(st.fixed_dictionaries({"role": roles}, optional=optional), min_size=1)


@settings(max_examples=200, deadline=None)
@given(messages)
def test_any_messages_arrive_as_they_were_sent(sent: list[dict[str, Any]]) -> None:
    wire = Memory(answer_with(HELLO))
    provider = openai_provider("openai", wire)  # type: ignore[arg-type]  # it has what is needed
    asyncio.run(provider.complete(call(messages=sent)))
    assert wire.sent["messages"] == orjson.loads(orjson.dumps(sent))


@settings(max_examples=200, deadline=None)
@given(st.fixed_dictionaries({"role": st.just("assistant")}, optional=optional))
def test_any_answer_comes_back_as_it_was_given(message: dict[str, Any]) -> None:
    answer = answer_with(message)
    provider = openai_provider("openai", Memory(answer))  # type: ignore[arg-type]  # as above
    assert asyncio.run(provider.complete(call())) == answer


call_pieces = st.fixed_dictionaries(
    {}, optional={"index": st.integers(0, 2) | values, "id": texts, "function": functions}
)
streamed = st.fixed_dictionaries(
    {},
    optional={
        "id": values,
        "model": values,
        "usage": values | st.fixed_dictionaries({"prompt_tokens": values}),
        "choices": values
        | st.lists(
            st.fixed_dictionaries(
                {},
                optional={
                    "index": values,
                    "finish_reason": values,
                    "logprobs": values,
                    "delta": values
                    | st.fixed_dictionaries(
                        {},
                        optional={**optional, "tool_calls": values | st.lists(call_pieces)},
                    ),
                },
            ),
            max_size=2,
        ),
    },
)


@settings(max_examples=200, deadline=None)
@given(st.lists(streamed, min_size=1, max_size=4))
def test_any_events_come_back_as_they_were_given(sent: list[dict[str, Any]]) -> None:
    data = [orjson.dumps(one) for one in sent]
    provider = openai_provider("openai", Memory(*data))  # type: ignore[arg-type]  # as above
    made = call(stream=True, usage=True)
    assert asyncio.run(data_of(provider, made)) == [*data, b"[DONE]"]
