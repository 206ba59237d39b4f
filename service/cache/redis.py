"""Answers kept in Redis or Valkey.

One connection reads and one writes. Keys that are looked up at the same time go out as one MGET:
under load this costs a tenth of a GET each through the library's pool, and a key of the wrong
type is nothing but a miss. What is written waits in a short queue that no request waits for.
"""

from __future__ import annotations

import asyncio
from collections import deque
from typing import TYPE_CHECKING

from redis.exceptions import InvalidResponse

from service.cache.link import Link, ask, ask_all, in_time
from service.cache.memory import LARGEST_VALUE

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from redis.asyncio import Connection

READ_SECONDS = 0.02
"""A request waits this long at most, and only for a Redis that has answered until then."""
WRITE_SECONDS = 1.0
MOST_AT_ONCE = 32
"""Commands in a batch: more gain little, and the answers of all are in memory together."""
QUEUED_VALUES = 256
QUEUED_BYTES = 16 * 2**20
"""What waits to be written; what comes on top is not kept."""

PROBE = b"plate-llm:probe"


class RedisCache:
    """Keeps answers for `seconds`. Needs a running loop; connects in the background."""

    def __init__(self, url: str, seconds: int) -> None:
        self._reading = _Reading(url)
        self._writing = _Writing(url, seconds)
        self._tasks = [
            asyncio.create_task(side.link.keep(side.serve))
            for side in (self._reading, self._writing)
        ]

    def get(self, key: bytes) -> Awaitable[bytes | None]:
        """The answer; None at once while Redis is down, and when it takes too long."""
        return self._reading.get(key)

    def put(self, key: bytes, value: bytes) -> None:
        """Keep an answer of at most 1 MiB, in the background, if Redis keeps up."""
        self._writing.put(key, value)

    def concerns(self) -> str | None:
        """What is the matter with it. Requests are answered nevertheless."""
        for link in (self._reading.link, self._writing.link):
            if link.trouble:
                return f"plate-cache {link.trouble}; {link.purpose} goes on without it"
        return None

    async def close(self) -> None:
        """End both connections. What waits to be written is not kept."""
        for task in self._tasks:
            task.cancel()
        await asyncio.wait(self._tasks)


class _Reading:
    """Looks keys up, all of those together that came while the last answer was on its way."""

    def __init__(self, url: str) -> None:
        self.link = Link(url, "the look-up of answers", (b"MGET", PROBE), READ_SECONDS)
        self._loop = asyncio.get_running_loop()
        self._asked: list[tuple[bytes, asyncio.Future[bytes | None]]] = []
        self._some = asyncio.Event()

    async def get(self, key: bytes) -> bytes | None:
        """The answer; None at once while Redis is down."""
        if not self.link.up:
            return None
        found: asyncio.Future[bytes | None] = self._loop.create_future()
        if not self._asked:
            self._some.set()
        self._asked.append((key, found))
        return await found

    async def serve(self, connection: Connection) -> None:
        """Answer from this connection until it fails; then nothing is found."""
        batch: list[tuple[bytes, asyncio.Future[bytes | None]]] = []
        try:
            while True:
                await self._some.wait()
                batch = self._next()
                command = (b"MGET", *[key for key, _ in batch])
                values = await in_time(READ_SECONDS, ask(connection, command))
                if not isinstance(values, list) or len(values) != len(batch):
                    raise InvalidResponse
                self.link.answers += 1
                _tell(batch, values)
        finally:
            self.link.up = False
            _tell(batch, [None] * len(batch))
            _tell(self._asked, [None] * len(self._asked))
            self._asked.clear()
            self._some.clear()

    def _next(self) -> list[tuple[bytes, asyncio.Future[bytes | None]]]:
        batch = self._asked[:MOST_AT_ONCE]
        del self._asked[:MOST_AT_ONCE]
        if not self._asked:
            self._some.clear()
        return batch


def _tell(
    batch: list[tuple[bytes, asyncio.Future[bytes | None]]], values: list[bytes | None]
) -> None:
    """Pass on what was found to all who still wait for it."""
    for (_, found), value in zip(batch, values, strict=True):
        if not found.done():
            found.set_result(value)


class _Writing:
    """Writes what is in its queue, several values at a time."""

    def __init__(self, url: str, seconds: int) -> None:
        self.link = Link(
            url, "the keeping of answers", (b"SET", PROBE, b"", b"EX", 1), WRITE_SECONDS
        )
        self._seconds = seconds
        self._queue: deque[tuple[bytes, bytes]] = deque()
        self._queued = 0
        self._some = asyncio.Event()

    def put(self, key: bytes, value: bytes) -> None:
        """Queue a value; it is dropped when Redis is down, or does not keep up."""
        size = len(value)
        if not self.link.up or size > LARGEST_VALUE:
            return
        if len(self._queue) >= QUEUED_VALUES or self._queued + size > QUEUED_BYTES:
            return
        self._queue.append((key, value))
        self._queued += size
        self._some.set()

    async def serve(self, connection: Connection) -> None:
        """Write to this connection until it fails; what waits then is dropped."""
        try:
            while True:
                await self._some.wait()
                batch = [self._queue.popleft() for _ in range(min(len(self._queue), MOST_AT_ONCE))]
                self._queued -= sum(len(value) for _, value in batch)
                if not self._queue:
                    self._some.clear()
                commands = [(b"SET", key, value, b"EX", self._seconds) for key, value in batch]
                await in_time(WRITE_SECONDS, ask_all(connection, commands))
                self.link.answers += 1
        finally:
            self.link.up = False
            self._queue.clear()
            self._queued = 0
            self._some.clear()
