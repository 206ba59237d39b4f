"""The modes: one function for each way to answer, one line in `SCENES`."""

from __future__ import annotations

import asyncio
import gzip
from dataclasses import dataclass
from typing import TYPE_CHECKING

import orjson

from benchmarks.service.upstream.completions import Completion, error, event
from benchmarks.service.upstream.connection import END, EVENTS, JSON, chunk, head

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator, Mapping

    from benchmarks.service.upstream.behaviour import Behaviour
    from benchmarks.service.upstream.connection import Connection, Received

FOREVER_SECONDS = 600
GARBAGE = b"<html><body>502 from something in between</body></html>"
PIECE = 64 * 1024
LATE_SECONDS = 0.05
"""How far behind its plan a paced stream may fall before it stops catching up."""


@dataclass(frozen=True, slots=True)
class Turn:
    """One request to answer: whom, what, and how. `completion` is None for embeddings."""

    connection: Connection
    request: Received
    behaviour: Behaviour
    completion: Completion | None
    whole: Callable[[], bytes]

    @property
    def streams(self) -> bool:
        """The answer is a stream."""
        return self.completion is not None and self.completion.streams


async def ok(turn: Turn) -> None:
    """A good answer."""
    if turn.streams:
        await _stream(turn, None)
        turn.connection.write(END)
        turn.connection.finish()
    else:
        answer_whole(turn)


def answer_whole(turn: Turn) -> None:
    """A good answer that is no stream."""
    body, extra = turn.whole(), b""
    if turn.behaviour.gzip and "gzip" in turn.request.headers.get("accept-encoding", ""):
        body, extra = gzip.compress(body), b"content-encoding: gzip\r\n"
    turn.connection.answer(200, body, extra=extra)


async def err(turn: Turn) -> None:
    """An error in OpenAI's form with the status that was asked for."""
    wanted = turn.behaviour
    extra = f"retry-after: {wanted.retry_after}\r\n".encode() if wanted.retry_after else b""
    body = orjson.dumps(error(wanted.status, wanted.message))
    turn.connection.answer(wanted.status, body, extra=extra)


async def hang(turn: Turn) -> None:
    """Nothing at all."""
    await _nothing_more(turn)


async def reset(turn: Turn) -> None:
    """The connection is reset before the answer."""
    turn.connection.reset()


async def drop(turn: Turn) -> None:
    """The connection ends in the middle."""
    await _begin(turn)
    turn.connection.close()


async def stall(turn: Turn) -> None:
    """Nothing more from the middle on; the connection stays."""
    await _begin(turn)
    await _nothing_more(turn)


async def half(turn: Turn) -> None:
    """The connection ends in the middle of an event."""
    await _begin(turn, and_half_of_the_next=True)
    turn.connection.close()


async def nodone(turn: Turn) -> None:
    """A stream ends early, and as if nothing were wrong."""
    await _begin(turn, and_half_of_the_next=False)
    turn.connection.write(END)
    turn.connection.finish()


async def errstream(turn: Turn) -> None:
    """An error event in the middle of a stream."""
    await _stream(turn, turn.behaviour.at)
    told = error(500, turn.behaviour.message or "fake error in a stream")
    turn.connection.write(chunk(event(told)) + END)
    turn.connection.finish()


async def badevent(turn: Turn) -> None:
    """An event that is no JSON in the middle of a stream, then the rest."""
    events = await _stream(turn, turn.behaviour.at)
    turn.connection.write(chunk(b'data: {"choices": [\n\n'))
    for item in events:
        await turn.connection.send(chunk(item))
    turn.connection.write(END)
    turn.connection.finish()


async def garbage(turn: Turn) -> None:
    """A page of HTML that says it is JSON."""
    turn.connection.answer(200, GARBAGE)


async def wrongtype(turn: Turn) -> None:
    """A good answer under another content type."""
    whole = b"".join(turn.completion.events()) if turn.streams and turn.completion else turn.whole()
    turn.connection.answer(200, whole, turn.behaviour.ctype)


async def drip(turn: Turn) -> None:
    """A good answer, a byte at a time."""
    if turn.completion and turn.streams:
        turn.connection.write(head(200, EVENTS))
        for item in turn.completion.events():
            await _drip(turn, item, chunk)
        turn.connection.write(END)
    else:
        whole = turn.whole()
        turn.connection.write(head(200, JSON, length=len(whole)))
        await _drip(turn, whole, bytes)
    turn.connection.finish()


async def slowheaders(turn: Turn) -> None:
    """Headers, a byte at a time, then a good answer."""
    whole = turn.whole()
    await _drip(turn, head(200, JSON, length=len(whole)), bytes)
    turn.connection.write(whole)
    turn.connection.finish()


async def huge(turn: Turn) -> None:
    """An answer whose one text is of the wanted size; in a stream it is one event."""
    before = b'{"id":"chatcmpl-huge","object":"chat.completion","choices":[{"index":0,"message":'
    before += b'{"role":"assistant","content":"'
    after = b'"},"finish_reason":"stop"}]}'
    if turn.streams:
        before, after = b"data: " + before.replace(b"message", b"delta"), after + b"\n\n"
    turn.connection.write(head(200, EVENTS if turn.streams else JSON))
    turn.connection.write(chunk(before))
    for start in range(0, turn.behaviour.size, PIECE):
        await turn.connection.send(chunk(b"x" * min(PIECE, turn.behaviour.size - start)))
    turn.connection.write(chunk(after) + END)
    turn.connection.finish()


SCENES: Mapping[str, Callable[[Turn], Awaitable[None]]] = {
    scene.__name__: scene
    for scene in (
        ok,
        err,
        hang,
        reset,
        drop,
        stall,
        half,
        nodone,
        errstream,
        badevent,
        garbage,
        wrongtype,
        drip,
        slowheaders,
        huge,
    )
}


async def play(turn: Turn) -> None:
    """Answer in the wanted mode, after the wanted time."""
    if turn.behaviour.ttft and turn.behaviour.mode != "hang":
        await asyncio.sleep(turn.behaviour.ttft / 1000)
    await SCENES[turn.behaviour.mode](turn)


async def _begin(turn: Turn, *, and_half_of_the_next: bool = False) -> None:
    """The first events of a stream, or half of what is none."""
    if not turn.streams:
        whole = turn.whole()
        turn.connection.write(head(200, JSON, length=len(whole)) + whole[: len(whole) // 2])
        return
    events = await _stream(turn, turn.behaviour.at)
    if and_half_of_the_next:
        following = next(events)
        turn.connection.write(chunk(following[: len(following) // 2]))


async def _stream(turn: Turn, count: int | None) -> Iterator[bytes]:
    """Send head and `count` events (None: all), paced; returns those that are left."""
    assert turn.completion is not None  # noqa: S101 - callers look at `streams` first
    turn.connection.write(head(200, EVENTS, b"cache-control: no-cache\r\n"))
    events = turn.completion.events()
    pace = turn.behaviour.itl / 1000
    clock = asyncio.get_running_loop().time
    due = clock()
    for number in range(count if count is not None else 2**62):
        item = next(events, None)
        if item is None:
            break
        if pace and number > 1:  # the role and the first text are one token
            due = max(due + pace, clock() - LATE_SECONDS)
            await asyncio.sleep(due - clock())
        await turn.connection.send(chunk(item))
    return events


async def _drip(turn: Turn, data: bytes, framed: Callable[[bytes], bytes]) -> None:
    for position in range(len(data)):
        turn.connection.write(framed(data[position : position + 1]))
        await asyncio.sleep(turn.behaviour.drip / 1000)


async def _nothing_more(turn: Turn) -> None:
    await asyncio.sleep(FOREVER_SECONDS)
    turn.connection.close()
