"""Identical requests in flight are asked once.

A request that leaves takes nobody with it; when the last one leaves, the work ends at once.
"""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from service.cache.broadcast import Broadcast, Reader, interrupted

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Coroutine

T = TypeVar("T")


class Flights:
    """What is being answered now, by key."""

    def __init__(self) -> None:
        self._answers: dict[bytes, _Answer] = {}
        self._streams: dict[bytes, Broadcast] = {}

    async def answer(
        self, key: bytes, work: Callable[[], Coroutine[Any, Any, bytes]]
    ) -> tuple[bytes, bool]:
        """What `work` gives, and whether it was started for another request. Raises what it does.

        `work` runs in a task of its own.
        """
        answer = self._answers.get(key)
        shared = answer is not None
        if answer is None:
            answer = self._answers[key] = _Answer(work())
            answer.task.add_done_callback(partial(_forget, self._answers, key, answer))
        try:
            return await answer.wait(), shared
        finally:
            if answer.is_left:
                answer.task.cancel()
                _forget(self._answers, key, answer)

    def stream(
        self, key: bytes, source: Callable[[], AsyncGenerator[bytes, None]]
    ) -> tuple[Reader, bool]:
        """What `source` yields, from its beginning, and whether it is read for another request.

        The source is read in a task of its own. The reader must be closed.
        """
        broadcast = self._streams.get(key)
        if broadcast is not None and broadcast.joinable:
            return broadcast.join(), True
        broadcast = self._streams[key] = Broadcast(source)
        broadcast.on_end = partial(_forget, self._streams, key, broadcast)
        return broadcast.join(), False


class _Answer:
    """Work in a task of its own, and those who wait for it."""

    __slots__ = ("_waiters", "task")

    def __init__(self, work: Coroutine[Any, Any, bytes]) -> None:
        self._waiters: set[asyncio.Future[bytes]] = set()
        self.task = asyncio.create_task(work)
        self.task.add_done_callback(self._land)

    @property
    def is_left(self) -> bool:
        """Nobody waits any more, and it goes on."""
        return not self._waiters and not self.task.done()

    async def wait(self) -> bytes:
        """What the work gives. Who is cancelled here does not cancel the work."""
        waiter: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()
        self._waiters.add(waiter)
        try:
            return await waiter
        finally:
            self._waiters.discard(waiter)

    def _land(self, task: asyncio.Task[bytes]) -> None:
        # A waiter is never cancelled from here: it would take that for its own client's leaving.
        error = interrupted() if task.cancelled() else task.exception()
        for waiter in self._waiters:
            if waiter.done():
                continue
            if error is None:
                waiter.set_result(task.result())
            else:
                waiter.set_exception(error)


def _forget(flights: dict[bytes, T], key: bytes, flight: T, _: object = None) -> None:
    """A later request may have taken the key already."""
    if flights.get(key) is flight:
        del flights[key]
