"""A closed loop of requests over kept-alive connections, cheap enough to share a core."""

from __future__ import annotations

import asyncio
import itertools
import re
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, cast

import httptools

if TYPE_CHECKING:
    from collections.abc import Mapping

NUMBER = b"%NUMBER%"
"""In a body: eight digits that no other request has, so that no cache knows it."""
TOKEN = re.compile(rb'"content":\s*"[^"]')
ENDS = (b"[DONE]", b"event: end")
"""What the last event of a whole stream holds: OpenAI's form, and LangServe's."""
GRACE_SECONDS = 60
"""How long what was begun may take after the time is over."""

_numbers = itertools.count(10_000_000)


@dataclass(frozen=True, slots=True)
class Target:
    """Where requests go, and what they are."""

    host: str
    port: int
    path: str
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)
    streams: bool = False

    def request(self) -> bytes:
        """The next request, head and body."""
        body = self.body
        if NUMBER in body:
            body = body.replace(NUMBER, b"%d" % next(_numbers))
        return self._head(len(body)) + body

    def _head(self, length: int) -> bytes:
        lines = [f"POST {self.path} HTTP/1.1", f"host: {self.host}:{self.port}"]
        lines += [f"{name}: {value}" for name, value in self.headers.items()]
        lines += ["content-type: application/json", f"content-length: {length}", "", ""]
        return "\r\n".join(lines).encode()


@dataclass(frozen=True, slots=True)
class Plan:
    """How much: for `seconds`, or `total` requests where that is not 0.

    `ramp` spreads the connections' first requests over so many seconds. A stream is left after
    `leave_after` tokens, where that is not 0, and its connection closed.
    """

    connections: int
    seconds: float = 0
    total: int = 0
    ramp: float = 0
    leave_after: int = 0


@dataclass(frozen=True, slots=True)
class Load:
    """What came of it. Times are in milliseconds from the moment of sending."""

    seconds: float
    requests: int
    tokens: int
    errors: Mapping[str, int]
    p50: float
    p99: float
    first_p50: float
    """Until the first token; 0 where nothing streamed."""
    first_p99: float

    @property
    def rate(self) -> float:
        """Whole requests in a second."""
        return self.requests / self.seconds


async def load(target: Target, plan: Plan) -> Load:
    """Send requests to `target` as `plan` says. Raises `TimeoutError`."""
    run = _Run(target, plan)
    slots = (_slot(run, number) for number in range(plan.connections))
    await asyncio.wait_for(asyncio.gather(*slots), plan.seconds + plan.ramp + GRACE_SECONDS)
    return run.result()


def quantile(values: list[float], share: float) -> float:
    """The value that `share` of all `values` keep below, 0 where there are none."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0


class _Run:
    """What all connections share."""

    def __init__(self, target: Target, plan: Plan) -> None:
        self.target = target
        self.plan = plan
        self.started = time.perf_counter()
        self.begun = 0
        self.tokens = 0
        self.errors: Counter[str] = Counter()
        self.latencies: list[float] = []
        self.firsts: list[float] = []

    def wants_more(self) -> bool:
        if self.plan.total:
            return self.begun < self.plan.total
        return time.perf_counter() < self.started + self.plan.seconds + self.plan.ramp

    def result(self) -> Load:
        return Load(
            time.perf_counter() - self.started,
            len(self.latencies),
            self.tokens,
            dict(self.errors),
            quantile(self.latencies, 0.5) * 1000,
            quantile(self.latencies, 0.99) * 1000,
            quantile(self.firsts, 0.5) * 1000,
            quantile(self.firsts, 0.99) * 1000,
        )


async def _slot(run: _Run, number: int) -> None:
    """One connection after the other; mostly the first one stays."""
    loop = asyncio.get_running_loop()
    await asyncio.sleep(number * run.plan.ramp / run.plan.connections)
    while run.wants_more():
        client = _Client(run, loop.create_future())
        try:
            await loop.create_connection(partial(_same, client), run.target.host, run.target.port)
        except OSError:
            run.errors["cannot connect"] += 1
            await asyncio.sleep(0.05)
            continue
        await client.gone


def _same(client: _Client) -> _Client:
    return client


class _Client(asyncio.Protocol):
    """One connection: sends the next request when an answer is complete."""

    def __init__(self, run: _Run, gone: asyncio.Future[None]) -> None:
        self.gone = gone
        self._run = run
        self._parser = httptools.HttpResponseParser(self)
        self._busy = False
        self._sent = 0.0
        self._tokens = 0
        self._ended = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._next()

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - asyncio's signature
        if self._busy:
            self._run.errors["connection lost"] += 1
        with suppress(asyncio.InvalidStateError):
            self.gone.set_result(None)

    def data_received(self, data: bytes) -> None:
        self._parser.feed_data(data)

    def on_body(self, body: bytes) -> None:
        if not self._run.target.streams:
            return
        tokens = len(TOKEN.findall(body))
        if tokens and not self._tokens:
            self._run.firsts.append(time.perf_counter() - self._sent)
        self._tokens += tokens
        self._run.tokens += tokens
        self._ended = self._ended or any(end in body for end in ENDS)
        if 0 < self._run.plan.leave_after <= self._tokens:
            self._leave()

    def on_message_complete(self) -> None:
        if not self._busy:
            return
        self._busy = False
        status = self._parser.get_status_code()
        if status != 200:
            self._run.errors[f"status {status}"] += 1
        elif self._run.target.streams and not self._ended:
            self._run.errors["stream without end"] += 1
        else:
            self._run.latencies.append(time.perf_counter() - self._sent)
        if self._parser.should_keep_alive():
            self._next()
        else:
            self._transport.close()

    def _next(self) -> None:
        if not self._run.wants_more():
            self._transport.close()
            return
        self._run.begun += 1
        self._busy = True
        self._tokens = 0
        self._ended = False
        self._sent = time.perf_counter()
        self._transport.write(self._run.target.request())

    def _leave(self) -> None:
        if self._busy:
            self._busy = False
            self._run.latencies.append(time.perf_counter() - self._sent)
            self._transport.abort()
