"""What comes over the wire, and what does not, with a server that misbehaves."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from typing import TYPE_CHECKING

import orjson
import pytest
from aiohttp import web
from pydantic import SecretStr

from benchmarks.service.upstream import FakeUpstream
from service.errors import UpstreamError
from service.upstream.session import open_session
from service.upstream.wire import Wire

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    import aiohttp

CHAT = "/chat/completions"


@pytest.fixture
async def upstream() -> AsyncIterator[FakeUpstream]:
    async with FakeUpstream() as started:
        yield started


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with open_session() as opened:
        yield opened


@pytest.fixture
def wire(upstream: FakeUpstream, session: aiohttp.ClientSession) -> Wire:
    return Wire(session, upstream.url, SecretStr("sk-test"))


def body(options: str = "", *, stream: bool = False) -> bytes:
    messages = [{"role": "user", "content": "hi"}]
    return orjson.dumps({"model": f"fake:{options}", "messages": messages, "stream": stream})


async def groups(wire: Wire, options: str = "") -> list[bytes]:
    async with aclosing(wire.events(CHAT, body(options, stream=True), {})) as events:
        return [data async for group in events for data in group]


async def idle(upstream: FakeUpstream) -> None:
    async with asyncio.timeout(2):
        while upstream.stats.in_flight:
            await asyncio.sleep(0.001)


async def test_the_body_goes_out_as_it_is_with_the_key(wire: Wire, upstream: FakeUpstream) -> None:
    await wire.json(CHAT, body(), {"traceparent": "00-1-2-01"})
    sent = upstream.last
    assert sent.body == body()
    assert sent.headers["authorization"] == "Bearer sk-test"
    assert sent.headers["traceparent"] == "00-1-2-01"
    assert sent.headers["accept-encoding"] == "identity"
    assert "user-agent" not in sent.headers


async def test_without_a_key_no_authorization_is_sent(
    session: aiohttp.ClientSession, upstream: FakeUpstream
) -> None:
    await Wire(session, upstream.url, None).json(CHAT, body(), {})
    assert "authorization" not in upstream.last.headers


async def test_a_stream_ends_with_done_and_its_connection_stays(
    wire: Wire, upstream: FakeUpstream
) -> None:
    for _ in range(3):
        events = await groups(wire, "n=4")
        assert events[-1] == b"[DONE]"
        assert len(events) == 7
    assert upstream.stats.connected == 1


@pytest.mark.parametrize(
    ("options", "status", "code"),
    [
        ("mode=drop", 502, "upstream_lost"),
        ("mode=half", 502, "upstream_lost"),
        ("mode=nodone", 502, "upstream_lost"),
        ("mode=reset", 502, "upstream_lost"),
        ("mode=garbage", 502, "upstream_invalid"),
        ("mode=wrongtype", 502, "upstream_invalid"),
        ("mode=huge,size=5000000", 502, "upstream_invalid"),
        ("mode=err,status=429", 429, "rate_limit_exceeded"),
        ("mode=err,status=500", 500, None),
    ],
)
async def test_a_broken_stream_says_how(
    wire: Wire, options: str, status: int, code: str | None
) -> None:
    with pytest.raises(UpstreamError) as raised:
        await groups(wire, options)
    assert (raised.value.status, raised.value.code) == (status, code)


async def test_an_error_that_comes_in_pieces_keeps_its_words(
    session: aiohttp.ClientSession,
) -> None:
    error = b'{"error":{"message":"Too long.","code":"too_long"}}'

    async def answer(request: web.BaseRequest) -> web.StreamResponse:
        response = web.StreamResponse(status=400)
        await response.prepare(request)
        for piece in (error[:20], error[20:]):
            await response.write(piece)
            await asyncio.sleep(0.02)
        return response

    runner = web.ServerRunner(web.Server(answer))
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    with pytest.raises(UpstreamError) as raised:
        await Wire(session, f"http://127.0.0.1:{runner.addresses[0][1]}", None).json(
            CHAT, b"{}", {}
        )
    await runner.cleanup()
    assert (raised.value.message, raised.value.code) == ("Too long.", "too_long")


async def test_retry_after_is_kept(wire: Wire) -> None:
    with pytest.raises(UpstreamError) as raised:
        await wire.json(CHAT, body("mode=err,status=429,retry_after=7"), {})
    assert raised.value.retry_after == 7
    assert raised.value.headers == ((b"retry-after", b"7"),)


async def test_leaving_a_stream_closes_its_connection(wire: Wire, upstream: FakeUpstream) -> None:
    async with aclosing(wire.events(CHAT, body("n=1000,itl=10", stream=True), {})) as events:
        await anext(events)
    await idle(upstream)
    assert upstream.stats.aborted == 1


async def test_cancelling_a_request_closes_its_connection(
    wire: Wire, upstream: FakeUpstream
) -> None:
    task = asyncio.create_task(wire.json(CHAT, body("mode=hang"), {}))
    async with asyncio.timeout(2):
        while not upstream.stats.in_flight:
            await asyncio.sleep(0.001)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    await idle(upstream)
    assert upstream.stats.aborted == 1


async def test_a_port_where_nobody_listens(session: aiohttp.ClientSession) -> None:
    with pytest.raises(UpstreamError) as raised:
        await Wire(session, "http://127.0.0.1:1/v1", None).json(CHAT, body(), {})
    assert (raised.value.status, raised.value.code) == (502, "upstream_unreachable")
    assert "127.0.0.1" not in raised.value.message


async def test_a_name_that_does_not_resolve(session: aiohttp.ClientSession) -> None:
    with pytest.raises(UpstreamError) as raised:
        await Wire(session, "http://nowhere.invalid/v1", None).json(CHAT, body(), {})
    assert raised.value.code == "upstream_unreachable"


async def test_a_redirect_is_not_followed(wire: Wire, upstream: FakeUpstream) -> None:
    with pytest.raises(UpstreamError) as raised:
        await wire.json(CHAT, body("mode=err,status=302"), {})
    assert raised.value.status == 502
    assert upstream.stats.requests == 1
