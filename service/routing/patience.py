"""A deadline for each wait of a task, at the price of one timer for all of them."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Awaitable
    from typing import TypeVar

    T = TypeVar("T")


class Patience:
    """Ends a wait that lasts longer than `stall` seconds, or beyond `end` on the loop's clock.

    `asyncio.timeout` sets and takes back a timer for each wait, and a stream waits for each token.
    Made and used by one task; `close` must follow.
    """

    def __init__(self, stall: float, end: float) -> None:
        self._loop = asyncio.get_running_loop()
        self._task = asyncio.current_task()
        self._stall = stall
        self._end = end
        self._since: float | None = None
        self._over = False
        self._timer = self._loop.call_at(min(self._loop.time() + stall, end), self._look)

    async def wait(self, work: Awaitable[T]) -> T:
        """What `work` gives. Raises TimeoutError when it takes too long."""
        self._since = self._loop.time()
        try:
            return await work
        except asyncio.CancelledError:
            if self._over and self._task is not None and self._task.uncancel() == 0:
                raise TimeoutError from None
            raise
        finally:
            self._since = None

    def close(self) -> None:
        """Watch no longer."""
        self._timer.cancel()

    def _look(self) -> None:
        now = self._loop.time()
        last = now if self._since is None else self._since
        due = min(last + self._stall, self._end)
        if self._since is None or now < due:
            # Between two waits, whose time the client takes, nothing is due.
            self._timer = self._loop.call_at(max(due, now + 0.001), self._look)
        elif self._task is not None:
            self._over = True
            self._task.cancel()
