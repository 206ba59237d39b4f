"""Asks one model after the other until one answers: attempts, pauses, fallbacks, deadlines.

All of it happens before the first byte of an answer. What comes after is the client's already and
cannot be asked for again.
"""

from __future__ import annotations

import asyncio
import random
from contextlib import aclosing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, TypeVar

from service.errors import BadRequest, NotReady, UpstreamError
from service.routing.breaker import Breaker, State
from service.routing.patience import Patience
from service.upstream import failures

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence

    from service.exchange import Exchange
    from service.models.catalogue import Model
    from service.providers.base import Call, Provider
    from service.upstream.session import Timeouts

    Prepare = Callable[["Target"], Call]

T = TypeVar("T")

FIRST_PAUSE = 0.25
LONGEST_PAUSE = 8.0
"""Seconds. A provider that asks for a longer one is not asked again by this request."""


class Watcher(Protocol):
    """Hears what happens to upstreams, as the metrics do."""

    def attempted(self, provider: str, outcome: str) -> None:
        """An attempt ended: `ok`, a status, or `cancelled`."""
        ...

    def retried(self, provider: str) -> None:
        """The same model is asked again."""
        ...

    def fell_back(self, model: str, other: str) -> None:
        """Another model is asked instead."""
        ...

    def breaker_changed(self, upstream: str, state: int) -> None:
        """A circuit opened or closed."""
        ...


@dataclass(frozen=True, slots=True)
class Target:
    """A model, who serves it, and whether it has been failing."""

    model: Model
    provider: Provider
    breaker: Breaker


class Chain:
    """Asks targets in order. `retries` are attempts after the first one, per target."""

    def __init__(self, retries: int, timeouts: Timeouts, watcher: Watcher) -> None:
        self._retries = retries
        self._timeouts = timeouts
        self._watcher = watcher

    async def whole(
        self,
        exchange: Exchange,
        targets: Sequence[Target],
        prepare: Prepare,
        ask: Callable[[Target, Call], Awaitable[bytes]],
    ) -> bytes:
        """A whole answer to what `ask` asks. Raises UpstreamError, or what `prepare` raises."""
        # Whoever hangs leaves those behind it their share of the time.
        share = self._timeouts.total / len(targets)

        def attempt(target: Target, call: Call) -> Awaitable[bytes]:
            return _within(share, ask(target, call))

        search = self._first_success(exchange, targets, prepare, attempt)
        return await _within(self._timeouts.total, search)

    async def stream(
        self, exchange: Exchange, targets: Sequence[Target], prepare: Prepare
    ) -> AsyncGenerator[bytes, None]:
        """An answer in pieces, each in its time. Raises like `whole`, also after pieces."""
        end = asyncio.get_running_loop().time() + self._timeouts.total
        search = self._first_success(exchange, targets, prepare, self._open)
        piece, pieces = await _within(self._timeouts.total, search)
        patience = Patience(self._timeouts.stall, end)
        try:
            async with aclosing(pieces):
                while True:
                    yield piece
                    piece = await patience.wait(anext(pieces))
        except StopAsyncIteration:
            return
        except TimeoutError:
            raise failures.timed_out() from None
        finally:
            patience.close()

    async def _open(self, target: Target, call: Call) -> tuple[bytes, AsyncGenerator[bytes, None]]:
        """The first piece of a stream, and the rest."""
        pieces = target.provider.stream(call)
        try:
            return await _within(self._timeouts.first, anext(pieces)), pieces
        except BaseException as error:
            await pieces.aclose()
            if isinstance(error, StopAsyncIteration):
                raise failures.nonsense("empty") from None
            raise

    async def _first_success(
        self,
        exchange: Exchange,
        targets: Sequence[Target],
        prepare: Prepare,
        attempt: Callable[[Target, Call], Awaitable[T]],
    ) -> T:
        error: UpstreamError | None = None
        for position, target in enumerate(targets):
            if not target.breaker.admits():
                error = error or _open_circuit(target)
                continue
            try:
                call = prepare(target)
            except (BadRequest, NotReady):
                target.breaker.abandoned()
                if error is None:
                    raise
                # A fallback that cannot take this request is none for it.
                continue
            if position:
                exchange.fallbacks += 1
                self._watcher.fell_back(targets[0].model.name, target.model.name)
            exchange.provider = target.provider.name
            exchange.served_by = target.model.name
            exchange.usage = call.usage
            try:
                return await self._attempts(exchange, target, call, attempt)
            except UpstreamError as failed:
                if not failed.retryable:
                    raise
                if error is None or error.code == OPEN_CIRCUIT:
                    error = failed
        raise error or failures.nonsense("missing")

    async def _attempts(
        self,
        exchange: Exchange,
        target: Target,
        call: Call,
        attempt: Callable[[Target, Call], Awaitable[T]],
    ) -> T:
        """The answer of one target, asked once and then again. The breaker has admitted it."""
        for retry in range(self._retries + 1):
            exchange.attempts += 1
            try:
                answer = await attempt(target, call)
            except UpstreamError as error:
                self._failed(target, error)
                pause = _pause(retry, error)
                if retry == self._retries or pause is None:
                    raise
                await asyncio.sleep(pause)
                if not target.breaker.admits():
                    raise
                self._watcher.retried(target.provider.name)
            except BaseException:
                target.breaker.abandoned()
                self._watcher.attempted(target.provider.name, "cancelled")
                raise
            else:
                self._succeeded(target)
                return answer
        raise AssertionError  # the last attempt returned or raised

    def _succeeded(self, target: Target) -> None:
        if target.breaker.state is not State.CLOSED:
            self._watcher.breaker_changed(target.model.name, State.CLOSED)
        target.breaker.succeeded()
        self._watcher.attempted(target.provider.name, "ok")

    def _failed(self, target: Target, error: UpstreamError) -> None:
        self._watcher.attempted(target.provider.name, str(error.status))
        if error.status < 500 or not error.retryable:
            # It is up: it refuses this request or our account, or has had enough of us.
            target.breaker.succeeded()
            return
        before = target.breaker.state
        target.breaker.failed(error.message)
        if target.breaker.state is not before:
            self._watcher.breaker_changed(target.model.name, target.breaker.state)


OPEN_CIRCUIT = "upstream_unavailable"


def _open_circuit(target: Target) -> UpstreamError:
    message = (
        f"{target.model.name} has been failing and is left alone for a while; the last failure: "
    )
    return UpstreamError(
        503,
        message + target.breaker.reason,
        code=OPEN_CIRCUIT,
        retryable=True,
        retry_after=target.breaker.remaining or 1.0,
    )


def _pause(retry: int, error: UpstreamError) -> float | None:
    """Seconds before the same target is asked again; None when it is not to be.

    Whoever was too slow would be too slow again. Half of the pause is random, so that callers who
    failed together do not come back together.
    """
    if not error.retryable or error.status == 504:
        return None
    if error.retry_after is not None:
        return error.retry_after if error.retry_after <= LONGEST_PAUSE else None
    if error.code == "upstream_lost" and retry == 0:
        # A connection that had been idle was closed while the request was on its way.
        return 0.0
    longest: float = min(FIRST_PAUSE * 2**retry, LONGEST_PAUSE)
    return longest * random.uniform(0.5, 1)  # noqa: S311 - spreads load, guards nothing


async def _within(seconds: float, work: Awaitable[T]) -> T:
    """What `work` gives. Raises UpstreamError (504) when it takes longer."""
    try:
        async with asyncio.timeout(seconds):
            return await work
    except TimeoutError:
        raise failures.timed_out() from None
