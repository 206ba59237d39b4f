"""The stand-in that the service's tests stand on does what it says, seen from the wire."""

from __future__ import annotations

import asyncio
import json
import ssl
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest

from benchmarks.service.upstream import FakeUpstream

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

QUESTION = [{"role": "user", "content": "What is 3 + 4?"}]


@pytest.fixture
async def upstream() -> AsyncIterator[FakeUpstream]:
    async with FakeUpstream() as started:
        yield started


@pytest.fixture
async def client() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=5)) as session:
        yield session


async def ask(
    client: aiohttp.ClientSession, upstream: FakeUpstream, **fields: Any
) -> tuple[int, bytes]:
    body = {"model": "fake", "messages": QUESTION, **fields}
    async with client.post(upstream.url + "/chat/completions", json=body) as response:
        return response.status, await response.read()


async def events(client: aiohttp.ClientSession, upstream: FakeUpstream, **fields: Any) -> list[str]:
    _, body = await ask(client, upstream, stream=True, **fields)
    return [event.removeprefix("data: ") for event in body.decode().split("\n\n") if event]


async def until_idle(upstream: FakeUpstream) -> None:
    async with asyncio.timeout(5):
        while upstream.stats.in_flight or upstream.stats.connections:
            await asyncio.sleep(0.001)


async def test_an_answer_has_the_words_and_the_tokens_that_were_asked_for(
    upstream: FakeUpstream, client: aiohttp.ClientSession
) -> None:
    status, body = await ask(client, upstream, model="fake:words=3")
    answer = json.loads(body)
    assert status == 200
    assert answer["choices"][0]["message"]["content"] == "the quick brown"
    assert answer["usage"]["total_tokens"] == 20


async def test_each_answer_has_its_own_id(
    upstream: FakeUpstream, client: aiohttp.ClientSession
) -> None:
    ids = [json.loads((await ask(client, upstream))[1])["id"] for _ in range(2)]
    assert ids == ["chatcmpl-fake00000001", "chatcmpl-fake00000002"]


async def test_a_stream_ends_with_done_and_holds_no_usage_that_nobody_asked_for(
    upstream: FakeUpstream, client: aiohttp.ClientSession
) -> None:
    *chunks, done = await events(client, upstream, model="fake:n=2")
    assert done == "[DONE]"
    deltas = [json.loads(chunk)["choices"][0]["delta"].get("content") for chunk in chunks]
    assert deltas == ["", "the ", "quick ", None]
    assert not [chunk for chunk in chunks if "usage" in json.loads(chunk)]


async def test_usage_that_was_asked_for_is_null_until_an_event_without_choices(
    upstream: FakeUpstream, client: aiohttp.ClientSession
) -> None:
    asked = {"include_usage": True}
    *chunks, _ = await events(client, upstream, model="fake:n=1", stream_options=asked)
    parsed = [json.loads(chunk) for chunk in chunks]
    assert [chunk["usage"] for chunk in parsed[:-1]] == [None, None, None]
    assert parsed[-1]["choices"] == []
    assert parsed[-1]["usage"]["completion_tokens"] == 1


async def test_a_stream_of_several_choices_tells_them_apart_by_index(
    upstream: FakeUpstream, client: aiohttp.ClientSession
) -> None:
    *chunks, _ = await events(client, upstream, model="fake:n=1", n=2)
    assert [json.loads(chunk)["choices"][0]["index"] for chunk in chunks] == [0, 1] * 3


async def test_a_forced_tool_is_called_with_values_that_its_schema_allows(
    upstream: FakeUpstream, client: aiohttp.ClientSession
) -> None:
    schema = {"type": "object", "properties": {"a": {"type": "integer"}, "b": {"enum": ["x"]}}}
    tools = [
        {"type": "function", "function": {"name": name, "parameters": schema}}
        for name in ("first", "second")
    ]
    forced = {"type": "function", "function": {"name": "second"}}
    _, body = await ask(client, upstream, tools=tools, tool_choice=forced)
    choice = json.loads(body)["choices"][0]
    assert choice["finish_reason"] == "tool_calls"
    assert choice["message"]["tool_calls"][0]["function"] == {
        "name": "second",
        "arguments": '{"a":3,"b":"x"}',
    }


async def test_an_answer_fits_the_schema_that_it_shall_have(
    upstream: FakeUpstream, client: aiohttp.ClientSession
) -> None:
    schema = {
        "$defs": {"Name": {"type": ["null", "string"]}},
        "properties": {"name": {"$ref": "#/$defs/Name"}, "seen": {"type": "boolean"}},
    }
    wanted = {"type": "json_schema", "json_schema": {"name": "n", "schema": schema}}
    _, body = await ask(client, upstream, response_format=wanted)
    assert json.loads(body)["choices"][0]["message"]["content"] == '{"name":"cats","seen":true}'


async def test_an_error_has_its_status_its_message_and_when_to_come_back(
    upstream: FakeUpstream, client: aiohttp.ClientSession
) -> None:
    upstream.control(mode="err", status=429, retry_after="7", message="slow down")
    body = {"model": "fake", "messages": QUESTION}
    async with client.post(upstream.url + "/chat/completions", json=body) as response:
        assert response.status == 429
        assert response.headers["retry-after"] == "7"
        assert (await response.json())["error"]["message"] == "slow down"


async def test_a_sequence_is_taken_one_entry_a_request(
    upstream: FakeUpstream, client: aiohttp.ClientSession
) -> None:
    upstream.control(seq=["err", "mode=err,status=429", "ok"])
    assert [(await ask(client, upstream))[0] for _ in range(4)] == [500, 429, 200, 200]


async def test_an_unknown_option_is_an_error_and_not_ignored(
    upstream: FakeUpstream, client: aiohttp.ClientSession
) -> None:
    status, body = await ask(client, upstream, model="fake:stats=429")
    assert status == 400
    assert json.loads(body)["error"]["message"] == "fake upstream: no such option: stats"


@pytest.mark.parametrize("mode", ["reset", "drop", "half"])
@pytest.mark.parametrize("stream", [True, False])
async def test_a_connection_that_is_cut_is_an_error_to_the_client(
    upstream: FakeUpstream, client: aiohttp.ClientSession, mode: str, stream: bool
) -> None:
    with pytest.raises(aiohttp.ClientError):
        await ask(client, upstream, model=f"fake:mode={mode},at=2", stream=stream)


@pytest.mark.parametrize("mode", ["hang", "stall"])
async def test_a_client_that_leaves_is_counted_and_its_answer_ends(
    upstream: FakeUpstream, client: aiohttp.ClientSession, mode: str
) -> None:
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.04):
            await ask(client, upstream, model=f"fake:mode={mode}", stream=True)
    await until_idle(upstream)
    assert (upstream.stats.requests, upstream.stats.aborted) == (1, 1)


async def test_a_stream_can_end_early_as_if_nothing_were_wrong(
    upstream: FakeUpstream, client: aiohttp.ClientSession
) -> None:
    assert len(await events(client, upstream, model="fake:mode=nodone,at=3")) == 3


async def test_a_stream_can_hold_an_error(
    upstream: FakeUpstream, client: aiohttp.ClientSession
) -> None:
    *_, last = await events(client, upstream, model="fake:mode=errstream,at=3")
    assert json.loads(last)["error"]["message"] == "fake error in a stream"


async def test_a_dripping_answer_is_whole_in_the_end(
    upstream: FakeUpstream, client: aiohttp.ClientSession
) -> None:
    assert (await events(client, upstream, model="fake:mode=drip,drip=0,n=1"))[-1] == "[DONE]"


async def test_a_huge_answer_waits_for_a_client_that_does_not_read(
    upstream: FakeUpstream,
) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", upstream.port, limit=1024)
    body = b'{"model": "fake:mode=huge"}'
    head = b"POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\ncontent-length: %d\r\n\r\n"
    writer.write(head % len(body) + body)
    await reader.readline()
    await asyncio.sleep(0.03)
    assert upstream.stats.in_flight == 1
    writer.transport.abort()
    await until_idle(upstream)
    assert upstream.stats.aborted == 1


async def test_embeddings_depend_on_the_input_alone(
    upstream: FakeUpstream, client: aiohttp.ClientSession
) -> None:
    body = {"model": "fake", "input": ["a", "b", "a"], "dimensions": 3}
    async with client.post(upstream.url + "/embeddings", json=body) as response:
        first, second, third = [item["embedding"] for item in (await response.json())["data"]]
    assert first == third != second
    assert len(first) == 3


async def test_the_last_request_is_kept_as_it_was_sent(
    upstream: FakeUpstream, client: aiohttp.ClientSession
) -> None:
    raw = b'{"model":  "fake", "messages": [], "x": 1e2}'
    headers = {"x-one": "1"}
    async with client.post(upstream.url + "/chat/completions", data=raw, headers=headers):
        pass
    assert upstream.last.body == raw
    assert upstream.last.headers["x-one"] == "1"
    async with client.get(upstream.origin + "/_last") as response:
        assert (await response.json())["body"] == raw.decode()


async def test_it_can_be_controlled_over_http(
    upstream: FakeUpstream, client: aiohttp.ClientSession
) -> None:
    wanted = {"mode": "err", "seq": ["ok"]}
    async with client.post(upstream.origin + "/_ctl", json=wanted):
        pass
    assert [(await ask(client, upstream))[0] for _ in range(2)] == [200, 500]
    async with client.get(upstream.origin + "/_stats") as response:
        assert (await response.json())["requests"] == 2


async def test_a_certificate_that_the_client_does_not_know_fails_its_handshake(
    client: aiohttp.ClientSession,
) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)  # it has no certificate at all
    async with FakeUpstream(ssl=context) as upstream:
        with pytest.raises(aiohttp.ClientConnectorError):
            await ask(client, upstream)
