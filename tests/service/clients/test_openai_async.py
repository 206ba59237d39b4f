"""OpenAI's asynchronous client: what it does otherwise than the other one, and much at once."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import openai
import pytest

from tests.service.clients.conversations import (
    ASK,
    ASK_BOOK,
    ASK_PICTURE,
    ASK_WEATHER,
    ULYSSES,
    WEATHER,
    Book,
)
from tests.service.clients.gateway import BREAKING, HANGING, MODEL, OTHER_MODEL, SLOW

if TYPE_CHECKING:
    from openai import AsyncOpenAI

    from tests.service.running import Upstream


async def test_a_whole_answer(async_client: AsyncOpenAI) -> None:
    answer = await async_client.chat.completions.create(model=MODEL, messages=ASK)
    assert answer.choices[0].message.content
    assert answer._request_id


async def test_a_stream(async_client: AsyncOpenAI, upstream: Upstream) -> None:
    upstream.control(n=2)
    stream = await async_client.chat.completions.create(
        model=MODEL, messages=ASK, stream=True, stream_options={"include_usage": True}
    )
    chunks = [chunk async for chunk in stream]
    assert "".join(c.choices[0].delta.content or "" for c in chunks[:-1]) == "the quick "
    assert chunks[-1].usage is not None
    assert chunks[-1].usage.completion_tokens == 2


async def test_a_stream_that_is_read_as_lines(async_client: AsyncOpenAI) -> None:
    async with async_client.chat.completions.with_streaming_response.create(
        model=MODEL, messages=ASK, stream=True
    ) as response:
        lines = [line async for line in response.iter_lines() if line]
    assert response.headers["x-request-id"]
    assert lines[-1] == "data: [DONE]"


async def test_a_picture(async_client: AsyncOpenAI) -> None:
    answer = await async_client.chat.completions.create(model=MODEL, messages=ASK_PICTURE)
    assert answer.choices[0].message.content


async def test_streamed_calls_of_tools_add_up(
    async_client: AsyncOpenAI, upstream: Upstream
) -> None:
    upstream.control(calls=2)
    async with async_client.chat.completions.stream(
        model=MODEL, messages=ASK_WEATHER, tools=WEATHER
    ) as stream:
        completion = await stream.get_final_completion()
    calls = completion.choices[0].message.tool_calls
    assert calls is not None
    assert [call.function.arguments for call in calls] == ['{"city":"Paris"}'] * 2


async def test_a_stream_by_a_schema(async_client: AsyncOpenAI) -> None:
    async with async_client.chat.completions.stream(
        model=MODEL, messages=ASK_BOOK, response_format=Book
    ) as stream:
        completion = await stream.get_final_completion()
    assert completion.choices[0].message.parsed == ULYSSES


async def test_an_answer_by_a_schema(async_client: AsyncOpenAI) -> None:
    answer = await async_client.chat.completions.parse(
        model=MODEL, messages=ASK_BOOK, response_format=Book
    )
    assert answer.choices[0].message.parsed == ULYSSES


async def test_the_models(async_client: AsyncOpenAI) -> None:
    listed = [model.id async for model in async_client.models.list()]
    assert listed[:2] == [MODEL, OTHER_MODEL]


async def test_embeddings(async_client: AsyncOpenAI) -> None:
    answer = await async_client.embeddings.create(model=MODEL, input=["a", "b"])
    assert [len(one.embedding) for one in answer.data] == [8, 8]


async def test_many_requests_at_once_get_their_own_answers(async_client: AsyncOpenAI) -> None:
    async def book(pages: int) -> int:
        messages: Any = [{"role": "user", "content": f"A book with {pages} pages."}]
        answer = await async_client.chat.completions.parse(
            model=MODEL, messages=messages, response_format=Book
        )
        parsed = answer.choices[0].message.parsed
        assert parsed is not None
        return parsed.pages

    assert await asyncio.gather(*map(book, range(1, 41))) == list(range(1, 41))


async def test_a_failure_of_the_provider(async_client: AsyncOpenAI, upstream: Upstream) -> None:
    upstream.control(mode="err", status=429, retry_after="7")
    with pytest.raises(openai.RateLimitError) as raised:
        await async_client.chat.completions.create(model=MODEL, messages=ASK, stream=True)
    assert raised.value.response.headers["retry-after"] == "7"


async def test_a_model_that_is_not_there(async_client: AsyncOpenAI) -> None:
    with pytest.raises(openai.NotFoundError) as raised:
        await async_client.chat.completions.create(model="gpt-99", messages=ASK)
    assert raised.value.code == "model_not_found"


async def test_a_token_that_is_none(async_client: AsyncOpenAI) -> None:
    stranger = async_client.with_options(api_key="sk-anything")
    with pytest.raises(openai.AuthenticationError):
        await stranger.chat.completions.create(model=MODEL, messages=ASK)


async def test_a_failure_that_passes_is_tried_again(
    async_client: AsyncOpenAI, upstream: Upstream
) -> None:
    upstream.control(seq=["mode=err,status=503"])
    patient = async_client.with_options(max_retries=2)
    answer = await patient.chat.completions.create(model=MODEL, messages=ASK)
    assert answer.choices
    assert upstream.stats()["requests"] == 2


async def test_a_stream_that_breaks_is_an_error_and_no_end(async_client: AsyncOpenAI) -> None:
    stream = await async_client.chat.completions.create(model=BREAKING, messages=ASK, stream=True)
    with pytest.raises(openai.APIError) as raised:
        async for _ in stream:
            pass
    assert raised.value.code == "upstream_lost"


async def test_a_task_that_is_cancelled_frees_the_provider(
    async_client: AsyncOpenAI, upstream: Upstream
) -> None:
    asking = asyncio.create_task(async_client.chat.completions.create(model=HANGING, messages=ASK))
    while not upstream.stats()["in_flight"]:
        await asyncio.sleep(0.005)
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    assert upstream.idle()["aborted"] == 1


async def test_a_stream_that_is_left_frees_the_provider(
    async_client: AsyncOpenAI, upstream: Upstream
) -> None:
    async with await async_client.chat.completions.create(
        model=SLOW, messages=ASK, stream=True
    ) as stream:
        async for _ in stream:
            break
    assert upstream.idle()["aborted"] == 1
