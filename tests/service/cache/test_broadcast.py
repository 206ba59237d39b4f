from __future__ import annotations

import asyncio
import gc
from contextlib import aclosing
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.cache import broadcast
from service.cache.broadcast import AHEAD, LONGEST_REPLAY
from service.cache.flight import Flights
from service.errors import ApiError, UpstreamError

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Iterator

    from service.cache.broadcast import Reader


class Source:
    """Yields what a test puts in; None ends it, an exception is raised."""

    def __init__(self, *pieces: bytes | Exception | None) -> None:
        self.begun = self.closed = self.read = 0
        self._pieces: asyncio.Queue[bytes | Exception | None] = asyncio.Queue()
        self.put(*pieces)

    def put(self, *pieces: bytes | Exception | None) -> None:
        for piece in pieces:
            self._pieces.put_nowait(piece)

    async def __call__(self) -> AsyncGenerator[bytes, None]:
        self.begun += 1
        try:
            while (piece := await self._pieces.get()) is not None:
                if isinstance(piece, Exception):
                    raise piece
                self.read += len(piece)
                yield piece
        finally:
            await asyncio.sleep(0)  # closing a connection takes its time
            self.closed += 1


async def turns(number: int = 8) -> None:
    """Let everything go on that can."""
    for _ in range(number):
        await asyncio.sleep(0)


async def all_of(reader: Reader) -> list[bytes]:
    async with aclosing(reader):
        return [piece async for piece in reader]


@pytest.fixture(autouse=True)
def _no_task_is_left() -> Iterator[None]:
    yield
    gc.collect()  # a task that was lost, or an exception that nobody saw, says so here


async def test_a_reader_gets_every_piece() -> None:
    reader, shared = Flights().stream(b"key", Source(b"a", b"b", b"c", None))
    assert await all_of(reader) == [b"a", b"b", b"c"]
    assert not shared


async def test_a_piece_is_there_before_the_next_one_is() -> None:
    source = Source(b"a")
    reader, _ = Flights().stream(b"key", source)
    assert await anext(reader) == b"a"
    source.put(b"b")
    assert await anext(reader) == b"b"
    await reader.aclose()


async def test_who_comes_meanwhile_gets_all_from_the_beginning() -> None:
    flights, source = Flights(), Source(b"a", b"b")
    first, _ = flights.stream(b"key", source)
    assert [await anext(first), await anext(first)] == [b"a", b"b"]
    second, shared = flights.stream(b"key", source)
    source.put(b"c", None)
    assert await asyncio.gather(*map(all_of, (first, second))) == [[b"c"], [b"a", b"b", b"c"]]
    assert (shared, source.begun) == (True, 1)


async def test_who_comes_after_the_end_asks_anew() -> None:
    flights, source = Flights(), Source(b"a", None, b"b", None)
    assert await all_of(flights.stream(b"key", source)[0]) == [b"a"]
    reader, shared = flights.stream(b"key", source)
    assert (await all_of(reader), shared) == ([b"b"], False)


async def test_an_exception_comes_to_each_after_the_pieces_before_it() -> None:
    flights = Flights()
    source = Source(b"a", b"b", UpstreamError(502, "gone"))
    readers = [flights.stream(b"key", source)[0] for _ in range(2)]
    await turns()
    for reader in readers:
        assert [await anext(reader), await anext(reader)] == [b"a", b"b"]
        with pytest.raises(UpstreamError, match="gone"):
            await anext(reader)
        await reader.aclose()
    assert source.closed == 1


async def test_an_exception_before_the_first_piece_comes_too() -> None:
    reader, _ = Flights().stream(b"key", Source(UpstreamError(429, "slower")))
    with pytest.raises(UpstreamError, match="slower"):
        await all_of(reader)


async def test_a_source_that_was_cancelled_by_others_is_an_error() -> None:
    async def source() -> AsyncGenerator[bytes, None]:
        yield b"a"
        raise asyncio.CancelledError

    reader, _ = Flights().stream(b"key", source)
    assert await anext(reader) == b"a"
    with pytest.raises(ApiError) as caught:
        await anext(reader)
    assert caught.value.code == "interrupted"
    await reader.aclose()


@pytest.mark.parametrize("leaving", [0, 1, 2])
async def test_who_leaves_leaves_alone(leaving: int) -> None:
    flights, source = Flights(), Source(b"a")
    readers = [flights.stream(b"key", source)[0] for _ in range(3)]
    await turns()
    await readers.pop(leaving).aclose()
    source.put(b"b", None)
    assert await asyncio.gather(*map(all_of, readers)) == [[b"a", b"b"]] * 2


async def test_who_is_cancelled_while_waiting_leaves_alone() -> None:
    flights, source = Flights(), Source(b"a")
    tasks = [asyncio.create_task(all_of(flights.stream(b"key", source)[0])) for _ in range(2)]
    await turns()
    tasks[0].cancel()
    await turns()
    source.put(b"b", None)
    assert await tasks[1] == [b"a", b"b"]
    assert tasks[0].cancelled()


async def test_when_the_last_one_leaves_the_source_is_closed_before_it_is_gone() -> None:
    flights, source = Flights(), Source(b"a")
    before = asyncio.all_tasks()
    readers = [flights.stream(b"key", source)[0] for _ in range(2)]
    await turns()
    await readers[0].aclose()
    assert source.closed == 0
    await readers[1].aclose()
    assert source.closed == 1
    assert asyncio.all_tasks() == before


async def test_the_last_one_that_is_cancelled_closes_the_source_too() -> None:
    flights, source = Flights(), Source(b"a")
    before = asyncio.all_tasks()
    reading = asyncio.create_task(all_of(flights.stream(b"key", source)[0]))
    await turns()
    reading.cancel()
    await asyncio.wait([reading])
    assert source.closed == 1
    assert asyncio.all_tasks() == before


async def test_a_reader_that_never_read_can_be_closed() -> None:
    source = Source(b"a")
    before = asyncio.all_tasks()
    reader, _ = Flights().stream(b"key", source)
    await reader.aclose()
    assert (source.begun, asyncio.all_tasks()) == (0, before)


async def test_closing_twice_is_closing_once() -> None:
    flights, source = Flights(), Source(b"a")
    one, _ = flights.stream(b"key", source)
    other, _ = flights.stream(b"key", source)
    await one.aclose()
    await one.aclose()
    source.put(None)
    assert await all_of(other) == [b"a"]


async def test_who_comes_while_the_source_is_being_closed_asks_anew() -> None:
    flights, source = Flights(), Source(b"a")
    reader, _ = flights.stream(b"key", source)
    await turns()
    leaving = asyncio.create_task(reader.aclose())
    await asyncio.sleep(0)
    other, shared = flights.stream(b"key", Source(b"b", None))
    assert (await all_of(other), shared) == ([b"b"], False)
    await leaving


async def test_the_source_is_read_only_a_little_ahead() -> None:
    source = Source(*[bytes(1000)] * 1000, None)
    reader, _ = Flights().stream(b"key", source)
    await turns(2000)
    assert source.read == AHEAD // 1000 * 1000 + 1000
    assert len(await all_of(reader)) == 1000


async def test_a_slow_reader_does_not_delay_a_fast_one() -> None:
    flights, source = Flights(), Source(*[bytes(1000)] * 1000, None)
    slow, _ = flights.stream(b"key", source)
    fast, _ = flights.stream(b"key", source)
    assert len(await all_of(fast)) == 1000
    assert len(await all_of(slow)) == 1000


async def test_when_the_fast_one_leaves_the_slow_one_sets_the_pace() -> None:
    flights, source = Flights(), Source(*[bytes(1000)] * 1000, None)
    slow, _ = flights.stream(b"key", source)
    fast, _ = flights.stream(b"key", source)
    for _ in range(500):
        await anext(fast)
    await fast.aclose()
    read = source.read
    await turns(100)
    assert source.read - read <= 1000
    assert len(await all_of(slow)) == 1000


async def test_a_long_stream_is_joined_by_nobody_any_more() -> None:
    flights = Flights()
    pieces = LONGEST_REPLAY // 65536
    source = Source(*[bytes(65536)] * pieces)
    first, _ = flights.stream(b"key", source)
    for _ in range(pieces):
        await anext(first)
    joined, shared = flights.stream(b"key", source)
    await joined.aclose()
    assert shared
    source.put(b"x")
    assert await anext(first) == b"x"
    other, shared = flights.stream(b"key", Source(b"anew", None))
    assert (await all_of(other), shared) == ([b"anew"], False)
    source.put(b"end", None)
    assert await all_of(first) == [b"end"]


async def test_who_is_too_far_behind_is_left_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(broadcast, "BEHIND", 5000)
    monkeypatch.setattr(broadcast, "AHEAD", 1000)
    flights, source = Flights(), Source(*[bytes(1000)] * 10, None)
    slow, _ = flights.stream(b"key", source)
    fast, _ = flights.stream(b"key", source)
    assert len(await all_of(fast)) == 10
    with pytest.raises(ApiError) as caught:
        await anext(slow)
    assert caught.value.code == "too_slow"
    await slow.aclose()


async def test_one_alone_is_never_left_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(broadcast, "BEHIND", 5000)
    reader, _ = Flights().stream(b"key", Source(bytes(100_000), bytes(100_000), None))
    await turns()
    assert len(await all_of(reader)) == 2


@settings(max_examples=60, deadline=None)
@given(
    sizes=st.lists(st.integers(1, 200), max_size=30),
    paces=st.lists(st.integers(0, 6), min_size=1, max_size=4),
    delays=st.lists(st.integers(0, 20), min_size=4, max_size=4),
)
def test_at_any_pace_everybody_gets_the_same(
    sizes: list[int], paces: list[int], delays: list[int]
) -> None:
    pieces = [bytes([number]) * size for number, size in enumerate(sizes)]

    async def read(flights: Flights, source: Source, pace: int, delay: int) -> list[bytes]:
        await turns(delay)
        got = []
        async with aclosing(flights.stream(b"key", source)[0]) as reader:
            async for piece in reader:
                got.append(piece)
                await turns(pace)
        return got

    async def together() -> list[list[bytes]]:
        flights, source = Flights(), Source(*pieces, None)
        source.put(*[None] * len(paces))  # for who comes after the end
        readers = (
            read(flights, source, pace, delay) for pace, delay in zip(paces, delays, strict=False)
        )
        return await asyncio.gather(*readers)

    for got in asyncio.run(together()):
        assert got in (pieces, [])
