"""LangChain's own clients for OpenAI, pointed at the service."""

from __future__ import annotations

import asyncio
from functools import reduce
from operator import add
from typing import TYPE_CHECKING, Any

import openai
import pytest
from langchain_core.messages import AIMessage, HumanMessage, SystemMessage, ToolMessage
from langchain_core.tools import tool
from langchain_openai import ChatOpenAI, OpenAIEmbeddings
from pydantic import SecretStr

from tests.service.clients.conversations import ASK_BOOK, PIXEL, ULYSSES, Book
from tests.service.clients.gateway import BREAKING, MODEL, SLOW, Gateway, api_key

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    import httpx2

    from tests.service.clients.passing import Sent
    from tests.service.running import Upstream

    Chat = Callable[..., ChatOpenAI]

PARSED = "ignore:Pydantic serializer warnings:UserWarning"
"""LangChain dumps an answer of `openai` whose field `parsed` holds what its type does not say."""

METHODS = ("function_calling", "json_mode", "json_schema")


@tool
def get_weather(city: str) -> str:
    """Tells the weather."""
    return f"sunny in {city}"


@pytest.fixture
def chat(gateway: Gateway, sent: Sent, http: httpx2.Client, async_http: httpx2.AsyncClient) -> Chat:
    """Makes chat models with these parameters."""
    del sent

    def make(**parameters: Any) -> ChatOpenAI:
        basics = {"model": MODEL, "max_retries": 0, "use_responses_api": False}
        return ChatOpenAI(
            base_url=gateway.url,
            api_key=SecretStr(api_key()),
            http_client=http,
            http_async_client=async_http,
            **{**basics, **parameters},
        )

    return make


@pytest.fixture
def embeddings(
    gateway: Gateway, sent: Sent, http: httpx2.Client, async_http: httpx2.AsyncClient
) -> OpenAIEmbeddings:
    """Embeddings without a tokenizer of the client, which only OpenAI's models have."""
    del sent
    return OpenAIEmbeddings(
        model=MODEL,
        base_url=gateway.url,
        api_key=SecretStr(api_key()),
        check_embedding_ctx_length=False,
        http_client=http,
        http_async_client=async_http,
    )


def test_a_whole_answer(chat: Chat, upstream: Upstream) -> None:
    upstream.control(words=3)
    answer = chat().invoke([SystemMessage("Be brief."), HumanMessage("Say something.")])
    assert answer.text == "the quick brown"
    assert answer.response_metadata["model_name"] == MODEL
    assert answer.response_metadata["finish_reason"] == "stop"
    assert answer.usage_metadata is not None
    assert (answer.usage_metadata["input_tokens"], answer.usage_metadata["output_tokens"]) == (
        17,
        3,
    )


async def test_an_asynchronous_answer(chat: Chat) -> None:
    assert (await chat().ainvoke("Say something.")).text


def test_every_parameter_that_it_has(chat: Chat) -> None:
    model = chat(
        temperature=0.3,
        max_tokens=50,
        top_p=0.9,
        n=2,
        seed=7,
        stop=["END"],
        logprobs=True,
        top_logprobs=2,
        presence_penalty=0.5,
        frequency_penalty=0.5,
        logit_bias={50256: -100},
        reasoning_effort="low",
        verbosity="low",
        service_tier="flex",
        store=False,
        extra_body={"top_k": 40, "metadata": {"job": "nightly"}},
        model_kwargs={"user": "ann"},
    )
    answer = model.generate([[HumanMessage("Say something.")]])
    assert len(answer.generations[0]) == 2


def test_log_probabilities(chat: Chat, upstream: Upstream) -> None:
    upstream.control(words=1)
    answer = chat(logprobs=True).invoke("Say something.")
    said = answer.response_metadata["logprobs"]["content"]
    assert [entry["token"] for entry in said] == ["the"]


def test_a_stream(chat: Chat, upstream: Upstream) -> None:
    upstream.control(n=2)
    pieces = [piece.text for piece in chat().stream("Say something.")]
    assert "".join(pieces) == "the quick "
    assert len([piece for piece in pieces if piece]) == 2


async def test_an_asynchronous_stream(chat: Chat, upstream: Upstream) -> None:
    upstream.control(n=2)
    assert "".join([piece.text async for piece in chat().astream("Hello")]) == "the quick "


def test_a_stream_that_counts(chat: Chat, upstream: Upstream) -> None:
    upstream.control(n=2)
    answer = added_up(chat(stream_usage=True).stream("Say something."))
    assert answer.usage_metadata["output_tokens"] == 2


def added_up(pieces: Iterable[Any]) -> Any:
    """The message that the pieces of a stream make."""
    return reduce(add, pieces)


def test_a_stream_of_events(chat: Chat) -> None:
    kinds = [event["event"] for event in chat().stream_events("Hello", version="v3")]
    assert kinds[0] == "message-start"
    assert kinds[-1] == "message-finish"


def test_a_picture(chat: Chat) -> None:
    message = HumanMessage(
        [
            {"type": "text", "text": "What is this?"},
            {"type": "image", "base64": PIXEL.partition(",")[2], "mime_type": "image/png"},
        ]
    )
    assert chat().invoke([message]).text


def test_a_tool_is_called_and_its_result_answered(chat: Chat) -> None:
    model = chat().bind_tools([get_weather])
    question = HumanMessage("What is the weather in 'Paris'?")
    called = model.invoke([question])
    (call,) = called.tool_calls
    assert (call["name"], call["args"]) == ("get_weather", {"city": "Paris"})
    result = get_weather.invoke(call)
    assert isinstance(result, ToolMessage)
    assert model.invoke([question, called, result]).text


def test_streamed_calls_of_tools_add_up(chat: Chat, upstream: Upstream) -> None:
    upstream.control(calls=2)
    model = chat().bind_tools([get_weather], tool_choice="any")
    answer = added_up(model.stream("What is the weather in 'Paris'?"))
    assert [call["args"] for call in answer.tool_calls] == [{"city": "Paris"}] * 2


@pytest.mark.parametrize("method", METHODS)
def test_an_answer_by_a_schema(method: Any, chat: Chat) -> None:
    model = chat().with_structured_output(Book, method=method, include_raw=True)
    found: Any = model.invoke([{**ASK_BOOK[0], "content": ASK_BOOK[0]["content"] + " As JSON."}])
    if method == "json_mode":
        # The stand-in knows one JSON object where it is told no schema.
        assert found["raw"].text.startswith('{"setup":')
    else:
        assert found["parsed"] == ULYSSES


@pytest.mark.filterwarnings(PARSED)
def test_a_stream_by_a_schema(chat: Chat) -> None:
    *_, last = chat().with_structured_output(Book).stream(ASK_BOOK)
    assert last == ULYSSES


async def test_several_conversations_at_once(chat: Chat) -> None:
    answers = await chat().abatch([f"Number {number}" for number in range(20)])
    assert all(isinstance(answer, AIMessage) and answer.text for answer in answers)


def test_a_failure_of_the_provider(chat: Chat, upstream: Upstream) -> None:
    upstream.control(mode="err", status=429)
    with pytest.raises(openai.RateLimitError):
        chat().invoke("Say something.")


def test_a_failure_that_passes_is_tried_again(chat: Chat, upstream: Upstream) -> None:
    upstream.control(seq=["mode=err,status=503"])
    assert chat(max_retries=1).invoke("Say something.").text
    assert upstream.stats()["requests"] == 2


def test_a_token_that_is_none(gateway: Gateway, http: httpx2.Client) -> None:
    model = ChatOpenAI(
        model=MODEL, base_url=gateway.url, api_key=SecretStr("sk-anything"), http_client=http,
        max_retries=0,
    )  # fmt: skip
    with pytest.raises(openai.AuthenticationError):
        model.invoke("Say something.")


def test_a_stream_that_breaks_is_an_error_and_no_end(chat: Chat) -> None:
    with pytest.raises(openai.APIError, match="the connection to the provider was lost"):
        list(chat(model=BREAKING).stream("Say something."))


async def test_a_stream_that_is_left_frees_the_provider(chat: Chat, upstream: Upstream) -> None:
    stream: Any = chat(model=SLOW).astream("Say something.")
    await anext(stream)
    await stream.aclose()
    # LangChain leaves it to the event loop to close what is inside.
    assert (await asyncio.to_thread(upstream.idle))["aborted"] == 1


def test_embeddings(embeddings: OpenAIEmbeddings) -> None:
    first, second = embeddings.embed_documents(["a", "b"])
    assert len(first) == len(second) == 8
    assert embeddings.embed_query("a") == first


async def test_asynchronous_embeddings(embeddings: OpenAIEmbeddings) -> None:
    assert len(await embeddings.aembed_query("a")) == 8
