"""The way through LangChain: callbacks, failures, cancelling, and what it keeps to itself."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import orjson
import pytest
from langchain_core.caches import InMemoryCache
from langchain_core.globals import set_llm_cache
from langchain_core.tracers.log_stream import LogStreamCallbackHandler

from service.errors import UpstreamError
from service.providers.langchain_openai import MODELS, OpenAIDialect
from tests.service.providers.langchain.callbacks import Seen, attached
from tests.service.providers.langchain.calls import (
    TRACE,
    call,
    chunks,
    content,
    data_of,
    until_it_breaks,
    whole,
)

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from langchain_core.messages import BaseMessage
    from langchain_core.outputs import LLMResult

    from benchmarks.service.upstream import FakeUpstream
    from service.providers.langchain_chat import LangChainProvider
    from tests.service.providers.langchain.scripted import Scripted

TOOLS = [{"type": "function", "function": {"name": "weather", "parameters": {"type": "object"}}}]


async def test_a_callback_is_told_of_the_request_and_the_answer(openai: LangChainProvider) -> None:
    seen = Seen()
    with attached(seen):
        answer = await whole(openai, call("fake", temperature=0.5, max_tokens=7, stop=["x"]))
    assert [message.content for message in seen.messages] == ["hi"]
    expected = {"model": "fake", "temperature": 0.5, "max_tokens": 7, "stop": ["x"]}
    assert seen.parameters.items() >= expected.items()
    assert seen.answer.content == answer["choices"][0]["message"]["content"]
    assert seen.answer.usage_metadata["input_tokens"] == answer["usage"]["prompt_tokens"]
    assert seen.answer.response_metadata["finish_reason"] == "stop"


async def test_a_callback_sees_tool_calls_parsed(
    exact: LangChainProvider, scripted: Scripted
) -> None:
    function = {"name": "weather", "arguments": '{"city": "Rome"}'}
    calls = [{"id": "call_1", "type": "function", "function": function}]
    message = {"role": "assistant", "content": None, "tool_calls": calls}
    scripted.answer = orjson.dumps({"choices": [{"index": 0, "message": message}]})
    seen = Seen()
    with attached(seen):
        await exact.complete(call(tools=TOOLS))
    assert seen.answer.tool_calls == [
        {"name": "weather", "args": {"city": "Rome"}, "id": "call_1", "type": "tool_call"}
    ]


async def test_a_callback_is_told_of_each_token_and_of_the_whole(openai: LangChainProvider) -> None:
    seen = Seen()
    with attached(seen):
        events = await chunks(openai, call("fake:n=5", stream=True))
    assert "".join(seen.tokens) == content(events)
    assert seen.answer.content == content(events)


async def test_a_callback_is_told_of_a_failure(openai: LangChainProvider) -> None:
    seen = Seen()
    with attached(seen), pytest.raises(UpstreamError):
        await openai.complete(call("fake:mode=err,status=500"))
    assert [type(error) for error in seen.errors] == [UpstreamError]


class Redacting(Seen):
    """Changes what it sees."""

    async def on_chat_model_start(
        self, serialized: dict[str, Any], messages: list[list[BaseMessage]], **kwargs: Any
    ) -> None:
        del serialized, kwargs
        first = messages[0][0]
        if isinstance(first.content, list):
            first.content[0]["text"] = "***"  # type: ignore[index]  # a dict in these tests
        else:
            first.content = "***"

    async def on_llm_new_token(self, token: Any, **kwargs: Any) -> None:
        if token:
            kwargs["chunk"].message.content = "*"

    async def on_llm_end(self, response: LLMResult, **kwargs: Any) -> None:
        del kwargs
        response.generations[0][0].message.content = "***"  # type: ignore[union-attr]  # of a chat model


@pytest.mark.parametrize(
    ("sent", "arrives"),
    [("secret", "***"), ([{"type": "text", "text": "secret"}], [{"type": "text", "text": "***"}])],
)
async def test_what_a_callback_changes_in_a_message_is_what_is_sent(
    sent: Any, arrives: Any, openai: LangChainProvider, upstream: FakeUpstream
) -> None:
    message = {"role": "user", "content": sent, "name": "ann", "vendor": 1}
    with attached(Redacting()):
        await openai.complete(call("fake", messages=[message]))
    assert upstream.last.json["messages"] == [{**message, "content": arrives}]


async def test_what_a_callback_changes_in_an_answer_is_what_comes_back(
    exact: LangChainProvider, scripted: Scripted
) -> None:
    message = {"role": "assistant", "content": "secret", "annotations": []}
    document = {"id": "a", "choices": [{"index": 0, "message": message, "vendor": 1}]}
    scripted.answer = orjson.dumps(document)
    with attached(Redacting()):
        answer = await whole(exact, call())
    changed = {"index": 0, "message": {**message, "content": "***"}, "vendor": 1}
    assert answer == {"id": "a", "choices": [changed]}


async def test_what_a_callback_changes_in_a_token_is_what_comes_back(
    openai: LangChainProvider,
) -> None:
    with attached(Redacting()):
        events = await chunks(openai, call("fake:n=3", stream=True))
    assert content(events) == "***"


async def test_credentials_inside_of_tools_are_sent_and_not_shown_to_callbacks(
    openai: LangChainProvider, upstream: FakeUpstream
) -> None:
    tool = {"type": "mcp", "server_label": "a", "authorization": "secret"}
    seen = Seen()
    with attached(seen):
        await openai.complete(call("fake", tools=[tool]))
    assert upstream.last.json["tools"] == [tool]
    assert "secret" not in str(seen.parameters)


async def test_a_handler_that_wants_a_stream_gets_one_and_the_client_a_whole(
    openai: LangChainProvider,
) -> None:
    made = call("fake:n=3", stream_options={"include_usage": True})
    with attached(LogStreamCallbackHandler()):
        answer = await whole(openai, made)
    assert len(answer["choices"][0]["message"]["content"].split()) == 3
    assert answer["usage"]["prompt_tokens"] == made.usage.input_tokens == 17


FAILURES = {
    "mode=err,status=400,message=too hot": (400, "too hot", False),
    "mode=err,status=401": (502, "the provider refused the credentials of this service", False),
    "mode=err,status=404,message=gone": (404, "gone", False),
    "mode=err,status=429,message=slowly": (429, "slowly", True),
    "mode=err,status=500,message=oops": (500, "oops", True),
    "mode=reset": (502, "the connection to the provider was lost", True),
    "mode=garbage": (502, None, True),
}


@pytest.mark.parametrize("options", FAILURES)
@pytest.mark.parametrize("stream", [False, True])
async def test_a_failure_keeps_its_status_and_message(
    options: str, stream: bool, openai: LangChainProvider
) -> None:
    status, message, retryable = FAILURES[options]
    made = call(f"fake:{options}", stream=stream)
    with pytest.raises(UpstreamError) as raised:
        await (data_of(openai, made) if stream else openai.complete(made))
    error = raised.value
    assert (error.status, error.retryable) == (status, retryable)
    assert message is None or error.message == message


@pytest.mark.parametrize("stream", [False, True])
async def test_the_pause_that_a_provider_asks_for_is_kept(
    stream: bool, openai: LangChainProvider
) -> None:
    made = call("fake:mode=err,status=429,retry_after=7", stream=stream)
    with pytest.raises(UpstreamError) as raised:
        await (data_of(openai, made) if stream else openai.complete(made))
    assert raised.value.retry_after == 7


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (b"[]", "the provider's answer is no JSON object"),
        (b"{}", "the provider's answer is without choices"),
        (b'{"choices": []}', "the provider's answer is without choices"),
        (b'{"choices": [1]}', "the provider's answer is without a message"),
        (b'{"choices": [{"message": null}]}', "the provider's answer is without a message"),
        (b'{"error": {"message": "out of order"}}', "out of order"),
    ],
)
async def test_an_answer_that_is_none_is_a_502(
    answer: bytes, message: str, exact: LangChainProvider, scripted: Scripted
) -> None:
    scripted.answer = answer
    with pytest.raises(UpstreamError) as raised:
        await exact.complete(call())
    assert (raised.value.status, raised.value.message) == (502, message)


@pytest.mark.parametrize(
    ("piece", "message"),
    [
        (b"data: [DONE]\n\n", "the provider's answer is empty"),
        (b"data: 1\n\ndata: [DONE]\n\n", "the provider's answer is no JSON object"),
        (b'data: {"error": "broken"}\n\ndata: [DONE]\n\n', "broken"),
    ],
)
async def test_a_stream_that_is_none_is_a_502(
    piece: bytes, message: str, exact: LangChainProvider, scripted: Scripted
) -> None:
    scripted.answer = [piece]
    with pytest.raises(UpstreamError) as raised:
        await data_of(exact, call(stream=True))
    assert (raised.value.status, raised.value.message) == (502, message)


@pytest.mark.parametrize(
    ("mode", "pieces"),
    # What arrives in one read with an error is not shown.
    [("errstream", 2), ("badevent", 2), ("drop", 3), ("half", 3), ("nodone", 3)],
)
async def test_a_stream_that_breaks_gives_its_pieces_and_then_raises(
    mode: str, pieces: int, openai: LangChainProvider
) -> None:
    made = call(f"fake:mode={mode},at=3,itl=5", stream=True)
    came, error = await until_it_breaks(openai, made)
    assert error.status == 502
    assert came.count(b"data: {") == pieces
    assert b"[DONE]" not in came


async def _until_asked(upstream: FakeUpstream) -> None:
    async with asyncio.timeout(2):
        while not upstream.stats.in_flight:
            await asyncio.sleep(0.001)


async def _until_idle(upstream: FakeUpstream) -> None:
    async with asyncio.timeout(2):
        while upstream.stats.in_flight:
            await asyncio.sleep(0.001)


async def _first(provider: LangChainProvider, options: str) -> bytes:
    async with aclosing(provider.stream(call(f"fake:{options}", stream=True))) as events:
        return await anext(events)


@pytest.mark.parametrize("stream", [False, True])
async def test_cancelling_a_request_closes_its_connection_at_once(
    stream: bool, openai: LangChainProvider, upstream: FakeUpstream
) -> None:
    asked: Awaitable[bytes] = (
        _first(openai, "mode=hang") if stream else openai.complete(call("fake:mode=hang"))
    )
    task = asyncio.ensure_future(asked)
    await _until_asked(upstream)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    await _until_idle(upstream)
    assert upstream.stats.aborted == 1
    assert len(asyncio.all_tasks()) == 1


async def test_leaving_a_stream_closes_its_connection_at_once(
    openai: LangChainProvider, upstream: FakeUpstream
) -> None:
    assert await _first(openai, "n=1000,itl=5")
    await _until_idle(upstream)
    assert upstream.stats.aborted == 1


async def test_whole_streams_share_a_connection(
    openai: LangChainProvider, upstream: FakeUpstream
) -> None:
    for _ in range(3):
        await chunks(openai, call("fake:n=2", stream=True))
    assert upstream.stats.connected == 1


async def test_nothing_is_taken_from_the_environment(
    monkeypatch: pytest.MonkeyPatch, openai: LangChainProvider, upstream: FakeUpstream
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-of-somebody-else")
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:1/v1")
    monkeypatch.setenv("LC_OUTPUT_VERSION", "v1")
    monkeypatch.setenv("OPENAI_PROXY", "http://127.0.0.1:1")
    await openai.complete(call("fake"))
    assert upstream.last.headers["authorization"] == "Bearer sk-test-key"


async def test_the_cache_of_langchain_is_not_asked(
    openai: LangChainProvider, upstream: FakeUpstream
) -> None:
    set_llm_cache(InMemoryCache())
    try:
        for _ in range(2):
            await openai.complete(call("fake"))
    finally:
        set_llm_cache(None)
    assert upstream.stats.requests == 2


def test_a_model_is_made_once_and_only_so_many_are_kept() -> None:
    dialect = OpenAIDialect(object())  # type: ignore[arg-type]  # it is not asked
    assert dialect._model("a") is dialect._model("a")
    for number in range(MODELS + 5):
        dialect._model(f"model-{number}")
    assert dialect._model.cache_info().currsize == MODELS


def test_a_model_does_not_show_the_key() -> None:
    model = OpenAIDialect(object())._model("a")  # type: ignore[arg-type]  # it is not asked
    assert "wire" not in repr(model)
    assert "unused" not in repr(model)


async def test_embeddings_pass_untouched(openai: LangChainProvider, upstream: FakeUpstream) -> None:
    raw = b'{ "input": "hi", "model": "fake" }'
    answer = await openai.embed(replace(call("fake"), raw=raw))
    assert upstream.last.body == raw
    assert upstream.last.headers["traceparent"] == TRACE[0][1]
    assert orjson.loads(answer)["object"] == "list"


async def test_embeddings_that_are_none_are_nonsense(openai: LangChainProvider) -> None:
    made = call("fake:mode=garbage")
    with pytest.raises(UpstreamError) as raised:
        await openai.embed(replace(made, raw=orjson.dumps({**made.body, "input": "hi"})))
    assert raised.value.code == "upstream_invalid"


async def test_closing_it_leaves_the_session_open(openai: LangChainProvider) -> None:
    await openai.close()
    assert await openai.complete(call("fake"))
