"""The counts of all replicas, put together in Redis by each of them, in the background.

Every quarter of a second a replica adds what it let through to a counter of each caller that it
has seen since, and takes the counter's value over. So nobody waits for Redis, and without it each
replica has limits of its own.

What is let through too much: a replica decides by what it learned after the caller's last request
to it, so it may let in what comes within the quarter of a second after the next one. That is at
most the limit once more for each further replica, when a burst reaches all of them at once; it is
counted, and keeps later requests off. A replica that has just started knows nothing of the minute
before, and what was let through in the last quarter second of a minute is told to nobody else.
"""

from __future__ import annotations

import asyncio
from hashlib import sha256
from itertools import islice
from typing import TYPE_CHECKING

from service.cache.link import Link, ask_all, in_time

if TYPE_CHECKING:
    from collections.abc import Iterator

    from redis.asyncio import Connection

    from service.limits.usage import Usage

    Caller = tuple[str, str]

EVERY_SECONDS = 0.25
ANSWER_SECONDS = 1.0
MOST_AT_ONCE = 256
"""Callers in a batch: packing more would hold the loop up for longer than 10 ms."""
KEPT_SECONDS = 180
"""A counter counts for two minutes; clocks may differ."""

PROBE = b"plate-llm:used:probe"


class Sharing:
    """Shares usages. Needs a running loop; connects in the background."""

    def __init__(self, url: str) -> None:
        probe = (b"HINCRBY", PROBE, b"requests", 0)
        self.link = Link(url, "the sharing of limits", probe, ANSWER_SECONDS)
        self._touched: dict[Caller, Usage] = {}
        self._task = asyncio.create_task(self.link.keep(self._serve))

    def touch(self, caller: Caller, usage: Usage) -> None:
        """Share this usage soon."""
        if self.link.up:
            self._touched[caller] = usage

    async def close(self) -> None:
        """End the connection."""
        self._task.cancel()
        await asyncio.wait([self._task])

    async def _serve(self, connection: Connection) -> None:
        try:
            while True:
                await asyncio.sleep(EVERY_SECONDS)
                touched, self._touched = iter(self._touched.items()), {}
                while batch := list(islice(touched, MOST_AT_ONCE)):
                    await in_time(ANSWER_SECONDS, _share(connection, batch))
                    self.link.answers += 1
        finally:
            self._touched.clear()


async def _share(connection: Connection, batch: list[tuple[Caller, Usage]]) -> None:
    sent = [usage.copy() for _, usage in batch]
    answers = iter(await ask_all(connection, _commands(batch)))
    for (_, usage), then in zip(batch, sent, strict=True):
        requests, tokens, _ = islice(answers, 3)
        usage.learn(then, requests, tokens)


def _commands(batch: list[tuple[Caller, Usage]]) -> Iterator[tuple[bytes | int, ...]]:
    for caller, usage in batch:
        key = _key(caller, usage.minute)
        yield b"HINCRBY", key, b"requests", usage.requests - usage.known_requests
        yield b"HINCRBY", key, b"tokens", usage.tokens - usage.known_tokens
        yield b"EXPIRE", key, KEPT_SECONDS


def _key(caller: Caller, minute: int) -> bytes:
    """Subjects may be names and addresses, of any length; none of them goes into Redis."""
    subject, model = caller
    named = f"{len(subject)}:{subject}{model}".encode("utf-8", "surrogatepass")
    digest = sha256(named).hexdigest()[:32]
    return b"plate-llm:used:%d:%s" % (minute, digest.encode())
