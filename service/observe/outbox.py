"""Sends items in batches in the background: bounded in memory and in time, never in the way."""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence


class Delivery(Enum):
    """What became of a batch."""

    DONE = "done"
    TRY_AGAIN = "try again"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Bounds:
    """At most `queue_bytes` wait, and for each of `senders` one batch is on its way."""

    queue_bytes: int = 8 * 2**20
    batch_bytes: int = 2**20
    batch_items: int = 100
    senders: int = 4
    gather_seconds: float = 0.5
    pauses: tuple[float, ...] = (1.0, 4.0)
    """Seconds before the second attempt, the third, ..."""


@dataclass(slots=True)
class Counts:
    """How many items were delivered, did not fit into the queue, or were given up."""

    sent: int = 0
    dropped: int = 0
    failed: int = 0


class Outbox:
    """Gathers items and gives them to `send` in batches. Lives in one event loop."""

    def __init__(
        self, send: Callable[[Sequence[bytes]], Awaitable[Delivery]], bounds: Bounds | None = None
    ) -> None:
        """`send` must end in bounded time and never raise."""
        self._send = send
        self._bounds = bounds or Bounds()
        self._queue: deque[bytes] = deque()
        self._queue_bytes = 0
        self._senders: set[asyncio.Task[None]] = set()
        self._timer: asyncio.TimerHandle | None = None
        self._closed = False
        self.counts = Counts()

    def put(self, item: bytes) -> bool:
        """Take an item; False when it was dropped, as there is no room or no more sending."""
        if self._closed or self._queue_bytes + len(item) > self._bounds.queue_bytes:
            self.counts.dropped += 1
            return False
        self._queue.append(item)
        self._queue_bytes += len(item)
        if self._has_batch():
            self._start_sender()
        elif self._timer is None:
            loop = asyncio.get_running_loop()
            self._timer = loop.call_later(self._bounds.gather_seconds, self._gathered)
        return True

    async def close(self, timeout: float) -> None:
        """Send what is there, for so many seconds at most; give up the rest."""
        self._closed = True
        self._stop_timer()
        while self._queue and len(self._senders) < self._bounds.senders:
            self._start_sender()
        if self._senders:
            _, late = await asyncio.wait(self._senders, timeout=timeout)
            for sender in late:
                sender.cancel()
            await asyncio.gather(*late, return_exceptions=True)
        self.counts.failed += len(self._queue)
        self._queue.clear()

    def _has_batch(self) -> bool:
        bounds = self._bounds
        return len(self._queue) >= bounds.batch_items or self._queue_bytes >= bounds.batch_bytes

    def _gathered(self) -> None:
        self._timer = None
        self._start_sender()

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _start_sender(self) -> None:
        """One more, where there may be one; those that are there take on what waits."""
        self._stop_timer()
        if self._queue and len(self._senders) < self._bounds.senders:
            sender = asyncio.get_running_loop().create_task(self._send_batches())
            self._senders.add(sender)
            sender.add_done_callback(self._senders.discard)

    async def _send_batches(self) -> None:
        """At least one, then on as long as there are full ones, or nobody will come for more."""
        batch = self._take()
        while batch:
            await self._deliver(batch)
            more = self._closed or self._timer is None or self._has_batch()
            batch = self._take() if more else []

    def _take(self) -> list[bytes]:
        batch: list[bytes] = []
        size = 0
        bounds = self._bounds
        while self._queue and size < bounds.batch_bytes and len(batch) < bounds.batch_items:
            item = self._queue.popleft()
            size += len(item)
            batch.append(item)
        self._queue_bytes -= size
        return batch

    async def _deliver(self, batch: list[bytes]) -> None:
        count = len(batch)
        try:
            for pause in (*self._bounds.pauses, None):
                outcome = await self._send(batch)
                if outcome is Delivery.DONE:
                    self.counts.sent += count
                    return
                if outcome is Delivery.REFUSED or pause is None or self._closed:
                    break
                await asyncio.sleep(pause)
        except asyncio.CancelledError:
            self.counts.failed += count
            raise
        self.counts.failed += count
