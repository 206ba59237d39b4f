"""One source of pieces that several readers follow, each from the beginning and at its own pace.

Memory is bounded: the source is read only a little ahead of its fastest reader, and a reader that
is too far behind is left behind.
"""

from __future__ import annotations

import asyncio
from collections import deque
from contextlib import aclosing
from typing import TYPE_CHECKING, Self

from service.errors import ApiError

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable

LONGEST_REPLAY = 4 * 2**20
"""Bytes. A stream that is longer than this can be joined by nobody any more."""
AHEAD = 256 * 2**10
"""Bytes that are read from a source before its fastest reader wants them."""
BEHIND = 2 * LONGEST_REPLAY
"""Bytes that a reader may have waiting more than another; with more it is left behind."""


class Broadcast:
    """Reads `source` in a task of its own, from now on until it ends or its last reader leaves."""

    def __init__(self, source: Callable[[], AsyncGenerator[bytes, None]]) -> None:
        self._source = source
        self._replay: list[bytes] | None = []
        self._length = 0
        self._readers: set[Reader] = set()
        self._wants_more: asyncio.Future[None] | None = None
        self.ended = False
        self.error: BaseException | None = None
        """What the source raised."""
        self.on_end: Callable[[], None] | None = None
        """Called once, when there are no more pieces."""
        self.task: asyncio.Task[None] | None = asyncio.create_task(self._read())
        self.task.add_done_callback(self._end)

    @property
    def joinable(self) -> bool:
        """Whether a new reader would miss nothing."""
        return self._replay is not None

    def join(self) -> Reader:
        """A new reader of a broadcast that is joinable."""
        reader = Reader(self, self._replay or [], self._length)
        self._readers.add(reader)
        return reader

    async def leave(self, reader: Reader) -> None:
        """Go on without this reader; without any, end, and wait until the source is closed."""
        self._readers.discard(reader)
        task = self.task
        if not self._readers and task is not None and not task.done():
            self._replay = None
            task.cancel()
            await asyncio.wait({task})

    def wanted(self) -> None:
        """A reader took a piece and has not much more to take."""
        if self._wants_more is not None and not self._wants_more.done():
            self._wants_more.set_result(None)

    async def _read(self) -> None:
        async with aclosing(self._source()) as pieces:
            async for piece in pieces:
                ahead = self._share(piece)
                while ahead > AHEAD:
                    self._wants_more = asyncio.get_running_loop().create_future()
                    await self._wants_more
                    self._wants_more = None
                    ahead = min(reader.waiting for reader in self._readers)

    def _share(self, piece: bytes) -> int:
        """Give a piece to everybody. How many bytes the fastest reader has not taken then."""
        size = len(piece)
        if self._replay is not None:
            self._replay.append(piece)
            self._length += size
            if self._length > LONGEST_REPLAY:
                self._replay = None
        waiting = [reader.give(piece, size) for reader in self._readers]
        least = min(waiting)
        if max(waiting) - least > BEHIND:
            self._leave_behind(least + BEHIND)
        return least

    def _leave_behind(self, most: int) -> None:
        """Go on without the readers for whom more than this waits."""
        late = [reader for reader in self._readers if reader.waiting > most]
        self._readers.difference_update(late)
        for reader in late:
            reader.fail(ApiError("The answer was read too slowly.", code="too_slow"))

    def _end(self, task: asyncio.Task[None]) -> None:
        # A task that was cancelled holds on to its frames, and they to this: without these lines
        # each stream that is left would wait for the garbage collector.
        self.task = None
        on_end, self.on_end = self.on_end, None
        if on_end is not None:
            on_end()
        self.ended = True
        self._replay = None
        self.error = interrupted() if task.cancelled() else task.exception()
        for reader in self._readers:
            reader.wake()


class Reader:
    """The pieces of a broadcast. It must be closed, also after a failure."""

    __slots__ = ("_broadcast", "_error", "_pieces", "_waiter", "waiting")

    def __init__(self, broadcast: Broadcast, replay: list[bytes], waiting: int) -> None:
        self._broadcast = broadcast
        self._pieces = deque(replay)
        self._waiter: asyncio.Future[None] | None = None
        self._error: BaseException | None = None
        self.waiting = waiting
        """Bytes that are there and have not been taken."""

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> bytes:
        """The next piece. Raises what the source raised, after all that it had yielded."""
        broadcast = self._broadcast
        while not self._pieces:
            error = self._error or broadcast.error
            if error is not None:
                raise error
            if broadcast.ended:
                raise StopAsyncIteration
            self._waiter = asyncio.get_running_loop().create_future()
            await self._waiter
        piece = self._pieces.popleft()
        self.waiting -= len(piece)
        if self.waiting <= AHEAD:
            broadcast.wanted()
        return piece

    async def aclose(self) -> None:
        """Leave the broadcast."""
        self._pieces.clear()
        await self._broadcast.leave(self)

    def give(self, piece: bytes, size: int) -> int:
        """Have a piece waiting for this reader. How many bytes wait then."""
        self._pieces.append(piece)
        self.waiting += size
        self.wake()
        return self.waiting

    def fail(self, error: ApiError) -> None:
        """Give nothing more than this."""
        self._pieces.clear()
        self._error = error
        self.wake()

    def wake(self) -> None:
        """Something happened."""
        waiter = self._waiter
        if waiter is not None:
            self._waiter = None
            if not waiter.done():
                waiter.set_result(None)


def interrupted() -> ApiError:
    """For who waits for work that ended without saying anything."""
    return ApiError("The service gave up answering; try again.", code="interrupted")
