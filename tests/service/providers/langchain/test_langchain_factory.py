"""Any chat model of LangChain can be plugged in, and one that cannot is named at the start."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import httpx2
import orjson
import pytest
from langchain_core.language_models import FakeListChatModel
from langchain_openai import ChatOpenAI
from pydantic import SecretStr

from service.errors import BadRequest, UpstreamError
from service.providers.langchain_chat import LangChainProvider
from service.providers.langchain_error import FactoryError
from service.providers.langchain_factory import (
    ALWAYS,
    PluggedFamily,
    factory_provider,
    load,
    supported_by,
)
from service.providers.langchain_generic import GenericDialect
from tests.service.providers.langchain.callbacks import Seen, attached
from tests.service.providers.langchain.calls import call, chunks, content, data_of, deltas, whole
from tests.service.providers.langchain.plugged import Echo

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable

    from benchmarks.service.upstream import FakeUpstream

HERE = "tests.service.providers.langchain.plugged"
TOOL = {"type": "function", "function": {"name": "weather"}}


def plugged(**fields: Any) -> LangChainProvider:
    return LangChainProvider("langchain", GenericDialect(PluggedFamily(Echo(**fields))))


async def test_a_model_itself_answers() -> None:
    answer = await whole(factory_provider(f"{HERE}.parrot"), call("my-model"))
    message = {"role": "assistant", "content": "squawk", "refusal": None}
    assert answer["choices"] == [
        {"index": 0, "message": message, "logprobs": None, "finish_reason": "stop"}
    ]
    assert answer["model"] == "my-model"


async def test_what_a_factory_gives_streams() -> None:
    events = await chunks(factory_provider(f"{HERE}.words"), call("my-model", stream=True))
    assert content(events) == "one two three"
    assert len(deltas(events)) == 6
    assert events[-1]["choices"][0]["finish_reason"] == "stop"


async def test_a_callback_of_a_plugged_model_fires() -> None:
    seen = Seen()
    model = FakeListChatModel(responses=["squawk"], callbacks=[seen])
    provider = LangChainProvider("langchain", GenericDialect(PluggedFamily(model)))
    await provider.complete(call())
    assert [message.content for message in seen.messages] == ["hi"]
    assert seen.answer.content == "squawk"


async def test_a_callback_of_langchain_sees_each_token() -> None:
    seen = Seen()
    with attached(seen):
        await chunks(factory_provider(f"{HERE}.words"), call(stream=True))
    assert "".join(seen.tokens) == "one two three"


async def test_parameters_are_set_for_the_one_request() -> None:
    provider = plugged()
    made = call(temperature=0.5, max_tokens=7, stop="END")
    assert (await _said(provider, made)) == "hi 0.5 7 ['END']"
    assert (await _said(provider, call())) == "hi"


async def test_the_count_of_a_model_is_shown_and_its_name() -> None:
    made = call()
    answer = await whole(plugged(), made)
    assert answer["usage"] == {"prompt_tokens": 3, "completion_tokens": 2, "total_tokens": 5}
    assert answer["model"] == "echo-1"
    assert not made.usage.estimated


@pytest.mark.parametrize("stream", [False, True])
async def test_what_a_model_does_not_count_is_estimated(stream: bool) -> None:
    made = call(messages=[{"role": "user", "content": "x" * 41}], stream=stream, usage=stream)
    provider = plugged(counts=False)
    answer = (await chunks(provider, made))[-1] if stream else await whole(provider, made)
    assert answer["usage"] == {"prompt_tokens": 11, "completion_tokens": 11, "total_tokens": 22}
    assert made.usage.estimated


async def test_a_reason_in_the_words_of_another_provider_is_understood() -> None:
    events = await chunks(plugged(), call(stream=True))
    assert content(events) == "hi"
    assert events[-1]["choices"][0]["finish_reason"] == "length"


@pytest.mark.parametrize(
    ("choice", "said"),
    [
        (None, None),
        ("auto", "auto"),
        ("required", "any"),
        ({"type": "function", "function": {"name": "weather"}}, "weather"),
    ],
)
async def test_tools_are_bound_and_called(choice: Any, said: Any) -> None:
    answer = (await whole(plugged(), call(tools=[TOOL], tool_choice=choice)))["choices"][0]
    (made,) = answer["message"]["tool_calls"]
    assert made["id"].startswith("call_")
    assert made["function"]["name"] == "weather"
    assert orjson.loads(made["function"]["arguments"]) == {"choice": said}
    assert answer["finish_reason"] == "tool_calls"


async def test_whoever_must_not_call_a_tool_gets_none() -> None:
    answer = await whole(plugged(), call(tools=[TOOL], tool_choice="none"))
    assert "tool_calls" not in answer["choices"][0]["message"]


async def test_a_choice_that_langchain_has_no_word_for_is_refused() -> None:
    with pytest.raises(UpstreamError) as raised:
        await plugged().complete(call(tools=[TOOL], tool_choice={"type": "allowed_tools"}))
    assert (raised.value.status, raised.value.param) == (400, "tool_choice")


def test_what_is_supported_is_read_off_the_model() -> None:
    assert load(f"{HERE}.parrot") is not None
    assert supported_by(load(f"{HERE}.parrot")) == ALWAYS
    own = {"temperature", "max_tokens", "max_completion_tokens", "tools", "tool_choice"}
    assert supported_by(Echo()) == ALWAYS | own
    openai = supported_by(ChatOpenAI(model="x", api_key=SecretStr("x")))
    assert openai >= {"parallel_tool_calls", "seed", "top_p", "frequency_penalty"}
    assert not openai & {"metadata", "logit_bias", "response_format", "n"}


class ApiError(Exception):
    """As the SDKs of providers raise it."""

    status_code = 429
    body = {"error": {"message": "slowly", "type": "rate_limit_error"}}  # noqa: RUF012 - as they do
    response = None


@pytest.mark.parametrize(
    ("error", "status", "message"),
    [
        (ApiError("sk-secret-key"), 429, "slowly"),
        (TimeoutError("sk-secret-key"), 504, "the provider did not answer in time"),
        (ConnectionError("sk-secret-key"), 502, "the connection to the provider was lost"),
        (ValueError("sk-secret-key"), 502, "the model failed with ValueError"),
    ],
)
@pytest.mark.parametrize("stream", [False, True])
async def test_an_exception_is_an_answer_without_its_text(
    error: Exception, status: int, message: str, stream: bool
) -> None:
    provider, made = plugged(error=error), call(stream=stream)
    with pytest.raises(UpstreamError) as raised:
        await (data_of(provider, made) if stream else provider.complete(made))
    assert (raised.value.status, raised.value.message) == (status, message)
    assert raised.value.__cause__ is None


@pytest.mark.parametrize("stream", [False, True])
async def test_a_request_can_be_cancelled(stream: bool) -> None:
    provider, made = plugged(hangs=True), call(stream=stream)
    asked: Awaitable[Any] = data_of(provider, made) if stream else provider.complete(made)
    task = asyncio.ensure_future(asked)
    await asyncio.sleep(0.01)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert len(asyncio.all_tasks()) == 1


async def test_there_are_no_embeddings() -> None:
    with pytest.raises(BadRequest):
        await plugged().embed(call())


@pytest.mark.parametrize(
    ("dotted", "problem"),
    [
        ("parrot", "must be written as langchain:package.module.factory"),
        ("no_such_package.module.factory", "cannot be imported: there is no such module"),
        (f"{HERE}.absent", "cannot be found: its module has no factory of that name"),
        (f"{HERE}.number", "is neither a chat model nor something that makes one"),
        (f"{HERE}.broken", "could not be made: its factory raised RuntimeError"),
        (f"{HERE}.needs_more", "could not be made: its factory raised TypeError"),
        (f"{HERE}.nothing", "is no chat model of LangChain: its factory returned NoneType"),
        (f"{HERE}.asynchronous", "is no chat model of LangChain: its factory returned coroutine"),
    ],
)
def test_what_gives_no_model_is_an_error_that_names_the_variables(
    dotted: str, problem: str
) -> None:
    with pytest.raises(FactoryError) as raised:
        load(dotted)
    text = str(raised.value)
    assert text == f"LLM_MODEL_NAME or LLM_MODELS: the langchain: model {problem}"
    assert dotted not in text


@pytest.mark.parametrize(
    ("source", "problem"),
    [
        ("import absent_library", "its module needs absent_library, which is not installed"),
        ("raise KeyError('sk-secret-key')", "its module raised KeyError"),
        ("def", "its module raised SyntaxError"),
    ],
)
def test_a_module_that_does_not_load_is_an_error(
    source: str, problem: str, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "plugged_and_broken.py").write_text(source)
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(FactoryError, match=problem):
        load("plugged_and_broken.factory")


async def _said(provider: LangChainProvider, made: Any) -> str:
    text: str = (await whole(provider, made))["choices"][0]["message"]["content"]
    return text


@pytest.fixture
async def sdk(upstream: FakeUpstream) -> AsyncIterator[LangChainProvider]:
    """LangChain's own ChatOpenAI, on OpenAI's library."""
    async with httpx2.AsyncClient() as client:
        model = ChatOpenAI(
            model="fake",
            base_url=upstream.url,
            api_key=SecretStr("sk-test-key"),
            max_retries=0,
            http_async_client=client,
            stream_usage=True,
        )
        yield LangChainProvider("langchain", GenericDialect(PluggedFamily(model)))


async def test_langchains_own_model_of_openai_can_be_plugged_in(
    sdk: LangChainProvider, upstream: FakeUpstream
) -> None:
    made = call(messages=[{"role": "developer", "content": "hi"}], temperature=0.5, seed=7)
    answer = await whole(sdk, made)
    assert len(answer["choices"][0]["message"]["content"].split()) == 80
    assert answer["usage"]["prompt_tokens"] == 17
    sent = upstream.last.json
    assert (sent["temperature"], sent["seed"]) == (0.5, 7)
    assert sent["messages"] == [{"role": "developer", "content": "hi"}]


async def test_it_streams_and_counts(sdk: LangChainProvider, upstream: FakeUpstream) -> None:
    upstream.control(n=3)
    *events, last = await chunks(sdk, call(stream=True, usage=True))
    assert len(content(events).split()) == 3
    assert last["usage"]["prompt_tokens"] == 17
    assert events[-1]["choices"][0]["finish_reason"] == "stop"


@pytest.mark.parametrize("stream", [False, True])
async def test_the_exceptions_of_its_library_are_understood(
    stream: bool, sdk: LangChainProvider, upstream: FakeUpstream
) -> None:
    upstream.control(mode="err", status=429, retry_after="7", message="slowly")
    made = call(stream=stream)
    with pytest.raises(UpstreamError) as raised:
        await (data_of(sdk, made) if stream else sdk.complete(made))
    error = raised.value
    assert (error.status, error.message, error.retry_after) == (429, "slowly", 7)


@pytest.mark.parametrize("mode", ["reset", "drop"])
async def test_a_connection_that_its_library_loses_is_a_502(
    mode: str, sdk: LangChainProvider, upstream: FakeUpstream
) -> None:
    upstream.control(mode=mode)
    with pytest.raises(UpstreamError) as raised:
        await data_of(sdk, call(stream=True))
    assert (raised.value.status, raised.value.code) == (502, "upstream_lost")


async def test_cancelling_closes_the_connection_of_its_library(
    sdk: LangChainProvider, upstream: FakeUpstream
) -> None:
    upstream.control(mode="hang")
    task = asyncio.ensure_future(sdk.complete(call()))
    async with asyncio.timeout(2):
        while not upstream.stats.in_flight:
            await asyncio.sleep(0.001)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        while upstream.stats.in_flight:
            await asyncio.sleep(0.001)
    assert upstream.stats.aborted == 1
