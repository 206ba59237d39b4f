"""How many requests are answered at once. A few more wait for their turn, and not for long."""

from __future__ import annotations

import asyncio
from collections import OrderedDict

from service.errors import Overloaded


class Admission:
    """`limit` places and a queue in front of them, where a request waits `queue_seconds` at most.

    Every `enter` that returns is followed by one `leave`.
    """

    def __init__(self, limit: int, queue: int, queue_seconds: float) -> None:
        self._limit = limit
        self._queue = queue
        self._queue_seconds = queue_seconds
        self._waiting: OrderedDict[asyncio.Future[None], None] = OrderedDict()
        self.in_use = 0
        """Places that are taken."""

    @property
    def waiting(self) -> int:
        """Requests in the queue."""
        return len(self._waiting)

    async def enter(self) -> None:
        """Take a place; wait for one if need be. Raises Overloaded where that takes too long."""
        if self.in_use < self._limit:
            self.in_use += 1
            return
        if len(self._waiting) >= self._queue or not self._queue_seconds:
            raise self._overloaded()
        loop = asyncio.get_running_loop()
        turn: asyncio.Future[None] = loop.create_future()
        self._waiting[turn] = None
        end = loop.call_later(self._queue_seconds, self._give_up, turn)
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled() and turn.exception() is None:
                # The place came together with the cancellation, and goes on to the next one.
                self.leave()
            raise
        finally:
            end.cancel()
            self._waiting.pop(turn, None)

    def leave(self) -> None:
        """Give a place back: to the request that has waited longest, if any does."""
        while self._waiting:
            turn, _ = self._waiting.popitem(last=False)
            if not turn.done():
                turn.set_result(None)
                return
        self.in_use -= 1

    def _give_up(self, turn: asyncio.Future[None]) -> None:
        if not turn.done():
            turn.set_exception(self._overloaded())

    def _overloaded(self) -> Overloaded:
        return Overloaded(
            "The service answers as many requests as it can; try again soon.",
            retry_after=self._queue_seconds,
        )
