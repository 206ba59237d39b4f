"""The load that the benchmarks and the drain tests make counts what really happened."""

from __future__ import annotations

from benchmarks.service.load import NUMBER, Load, Plan, Target, load, quantile
from benchmarks.service.upstream import FakeUpstream


async def run(body: bytes, plan: Plan, streams: bool = False) -> tuple[Load, FakeUpstream]:
    async with FakeUpstream() as upstream:
        target = Target("127.0.0.1", upstream.port, "/v1/chat/completions", body, {}, streams)
        return await load(target, plan), upstream


async def test_it_sends_as_many_requests_as_it_was_told_to() -> None:
    done, upstream = await run(b'{"model": "fake"}', Plan(connections=3, total=50))
    assert (done.requests, done.errors) == (50, {})
    assert (upstream.stats.requests, upstream.stats.connected) == (50, 3)


async def test_it_counts_what_failed_by_its_reason() -> None:
    failing = b'{"model": "fake:mode=err,status=429"}'
    done, _ = await run(failing, Plan(connections=1, total=4))
    assert (done.requests, done.errors) == (0, {"status 429": 4})
    done, _ = await run(b'{"model": "fake:mode=reset"}', Plan(connections=1, total=4))
    assert (done.requests, done.errors) == (0, {"connection lost": 4})


async def test_it_counts_the_tokens_of_streams_and_times_the_first() -> None:
    body = b'{"model": "fake:n=7,ttft=10", "stream": true}'
    done, _ = await run(body, Plan(connections=2, total=6), streams=True)
    assert (done.requests, done.tokens, done.errors) == (6, 42, {})
    assert done.first_p50 >= 9


async def test_a_stream_without_its_end_is_an_error() -> None:
    body = b'{"model": "fake:mode=nodone,at=3", "stream": true}'
    done, _ = await run(body, Plan(connections=1, total=2), streams=True)
    assert (done.requests, done.errors) == (0, {"stream without end": 2})


async def test_streams_that_are_left_are_aborted_at_the_upstream() -> None:
    body = b'{"model": "fake:n=9999,itl=1", "stream": true}'
    done, upstream = await run(body, Plan(connections=2, total=6, leave_after=2), streams=True)
    assert (done.requests, done.errors) == (6, {})
    assert upstream.stats.aborted == 6


async def test_a_number_makes_each_request_another_one() -> None:
    body = b'{"model": "fake", "user": "' + NUMBER + b'"}'
    _, upstream = await run(body, Plan(connections=1, total=3))
    assert len({received.body for received in upstream.received_requests}) == 3


def test_a_quantile_of_nothing_is_nothing() -> None:
    assert quantile([], 0.5) == 0.0
    assert quantile([3.0, 1.0, 2.0], 0.5) == 2.0
