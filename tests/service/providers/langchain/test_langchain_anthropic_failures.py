"""Anthropic's models, with a stand-in for its API that fails, and clients that leave."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from typing import TYPE_CHECKING

import pytest

from service.errors import UpstreamError
from tests.service.providers.anthropic_stand_in import KEY, AnthropicStandIn, Failure
from tests.service.providers.langchain.calls import call, data_of, until_it_breaks
from tests.service.providers.langchain.claude import provider_at

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from service.providers.langchain_chat import LangChainProvider

FAILURES = [
    (Failure(400, "invalid_request_error", "too hot"), 400, "too hot"),
    (Failure(404, "not_found_error", "model: claude-0"), 404, "model: claude-0"),
    (Failure(413, "request_too_large", "too large"), 413, "too large"),
    (Failure(429, "rate_limit_error", "slowly"), 429, "slowly"),
    (Failure(500, "api_error", "oops at https://a.test"), 500, "oops at [redacted]"),
    (Failure(529, "overloaded_error", "Overloaded"), 503, "Overloaded"),
]


@pytest.mark.parametrize("case", FAILURES, ids=lambda case: case[0].kind)
@pytest.mark.parametrize("stream", [False, True])
async def test_a_failure_keeps_its_status_message_and_kind(
    case: tuple[Failure, int, str], stream: bool, claude: LangChainProvider, api: AnthropicStandIn
) -> None:
    api.failure, status, message = case
    made = call("claude-a", stream=stream)
    with pytest.raises(UpstreamError) as raised:
        await (data_of(claude, made) if stream else claude.complete(made))
    error = raised.value
    assert (error.status, error.message, error.type) == (status, message, api.failure.kind)
    assert error.retryable == (status >= 429)
    assert len(api.requests) == 1


async def test_the_pause_that_it_asks_for_is_kept(
    claude: LangChainProvider, api: AnthropicStandIn
) -> None:
    api.failure = Failure(429, "rate_limit_error", headers={"retry-after": "7"})
    with pytest.raises(UpstreamError) as raised:
        await claude.complete(call("claude-a"))
    assert raised.value.retry_after == 7


@pytest.mark.parametrize("status", [401, 403])
async def test_what_is_wrong_with_the_account_is_not_shown(
    status: int, claude: LangChainProvider, api: AnthropicStandIn
) -> None:
    api.failure = Failure(status, "authentication_error", f"bad {KEY}")
    with pytest.raises(UpstreamError) as raised:
        await claude.complete(call("claude-a"))
    assert raised.value.status == 502
    assert raised.value.message == "the provider refused the credentials of this service"
    assert not raised.value.retryable


async def test_a_wrong_key_is_not_the_clients_fault(api: AnthropicStandIn) -> None:
    wrong = provider_at(api.url, key="sk-ant-wrong-key")
    with pytest.raises(UpstreamError) as raised:
        await wrong.complete(call("claude-a"))
    await wrong.close()
    assert (raised.value.status, raised.value.code) == (502, "upstream_unauthorized")


async def test_nobody_there_is_a_502() -> None:
    gone = provider_at("http://127.0.0.1:1")
    with pytest.raises(UpstreamError) as raised:
        await gone.complete(call("claude-a"))
    await gone.close()
    assert (raised.value.status, raised.value.retryable) == (502, True)
    assert "127.0.0.1" not in raised.value.message


@pytest.mark.parametrize(
    ("breaks", "message"),
    [
        ("error", "Overloaded"),
        ("cut", "the connection to the provider was lost"),
        ("end", "the provider's stream ended too early"),
    ],
)
async def test_a_stream_that_breaks_gives_its_pieces_and_then_raises(
    breaks: str, message: str, claude: LangChainProvider, api: AnthropicStandIn
) -> None:
    api.breaks, api.breaks_at = breaks, 4
    came, error = await until_it_breaks(claude, call("claude-a", stream=True))
    assert (error.status, error.message) == (502, message)
    assert came.count(b'"content"') == 3
    assert b"[DONE]" not in came


async def _first(provider: LangChainProvider) -> bytes:
    async with aclosing(provider.stream(call("claude-a", stream=True))) as events:
        return await anext(events)


@pytest.mark.parametrize("stream", [False, True])
async def test_cancelling_a_request_closes_its_connection_at_once(
    stream: bool, claude: LangChainProvider, api: AnthropicStandIn
) -> None:
    api.hangs = True
    asked: Awaitable[bytes] = _first(claude) if stream else claude.complete(call("claude-a"))
    task = asyncio.ensure_future(asked)
    await asyncio.wait_for(api.asked.wait(), 2)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    await asyncio.wait_for(api.left.wait(), 2)


async def test_leaving_a_stream_closes_its_connection_at_once(
    claude: LangChainProvider, api: AnthropicStandIn
) -> None:
    api.breaks, api.breaks_at = "hang", 4
    assert await _first(claude)
    await asyncio.wait_for(api.left.wait(), 2)
