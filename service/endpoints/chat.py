"""POST /v1/chat/completions."""

from __future__ import annotations

from contextlib import aclosing
from time import perf_counter, time
from typing import TYPE_CHECKING

from service.chat.events import framed
from service.chat.parse import parse
from service.errors import ApiError
from service.limits.budget import Hold
from service.routing.prepare import prepare
from service.web.answers import send_end, send_events, send_piece, send_whole
from service.web.body import read_json_body
from service.web.presence import while_present

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable

    from starlette.types import Receive, Scope, Send

    from service.cache.broadcast import Reader
    from service.chat.request import ChatRequest
    from service.errors import Headers
    from service.exchange import Exchange
    from service.providers.base import Call
    from service.routing.chain import Target
    from service.runtime import Runtime

CACHE_CHOICE = b"x-plate-cache"
"""A request's header. `on`: its answer may be cached although chance plays a part in it; `off`:
it is neither looked up nor kept."""

LARGEST_KEPT = 2**20
"""Bytes of a stream that are kept for the cache or a trace."""


class ChatCompletions:
    """An ASGI application: reads, looks into the cache, asks, answers."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        hold = Hold(self._runtime.bodies)
        try:
            await self._answer(scope, receive, send, hold)
        finally:
            hold.release()

    async def _answer(self, scope: Scope, receive: Receive, send: Send, hold: Hold) -> None:
        runtime = self._runtime
        exchange: Exchange = scope["state"]["exchange"]
        raw = await read_json_body(scope, receive, runtime.body_limit, hold)
        request = parse(raw, runtime.limits)
        model = runtime.catalogue.find(request.body.get("model"))
        exchange.model = model.name
        exchange.stream = request.stream
        exchange.request_body = raw
        runtime.limiter.admit_model(exchange.subject, model, time())
        asked = _Asked(runtime, exchange, request, runtime.targets(model))
        asked.key = runtime.cache_key(model, request, exchange.tenant, _cache_choice(scope))
        answering = asked.in_pieces(send) if request.stream else asked.in_one(send)
        await while_present(receive, answering)


class _Asked:
    """A request on its way to its answer. `key` is its place in the cache, if it has one."""

    __slots__ = ("_exchange", "_leader", "_request", "_runtime", "_targets", "key")

    def __init__(
        self,
        runtime: Runtime,
        exchange: Exchange,
        request: ChatRequest,
        targets: tuple[Target, ...],
    ) -> None:
        self._runtime = runtime
        self._exchange = exchange
        self._request = request
        self._targets = targets
        self._leader: Exchange | None = None
        """The request like this one whose answer this one gets as well."""
        self.key: bytes | None = None

    async def in_one(self, send: Send) -> None:
        """Send the answer as one JSON object."""
        exchange = self._exchange
        body = await self._cached()
        if body is None:
            if self.key is None:
                body = await self._whole()
            else:
                self._leader = self._runtime.leading.get(self.key)
                body, shared = await self._runtime.flights.answer(self.key, self._whole)
                exchange.cache = "shared" if shared else "miss"
        exchange.answer = body
        await send_whole(send, 200, body, self._headers())

    async def in_pieces(self, send: Send) -> None:
        """Send the answer as events, each as soon as it is there.

        The status is sent with the first one: until then, a failure is an answer of its own.
        Later, it is an event, and `[DONE]` never comes.
        """
        exchange = self._exchange
        started = False
        try:
            async with aclosing(await self._events()) as events:
                async for piece in events:
                    if started:
                        await send_piece(send, piece)
                        continue
                    started = True
                    exchange.first_token_seconds = perf_counter() - exchange.started
                    await send_events(send, piece, self._headers())
        except ApiError as error:
            if not started:
                raise
            exchange.error_code = error.code or error.type
            await send_piece(send, framed(error.body()))
        await send_end(send)

    async def _events(self) -> AsyncGenerator[bytes, None] | Reader:
        """The events of the answer, from the cache, from a request like this one, or new ones."""
        body = await self._cached()
        if body is not None:
            return _once(body)
        if self.key is None:
            return self._stream()
        self._leader = self._runtime.leading.get(self.key)
        events, shared = self._runtime.flights.stream(self.key, self._stream)
        self._exchange.cache = "shared" if shared else "miss"
        return events

    async def _cached(self) -> bytes | None:
        """What the cache holds for this request."""
        cache = self._runtime.cache
        if self.key is None or cache is None:
            return None
        body = await cache.get(self.key)
        if body is not None:
            self._exchange.cache = "hit"
            self._exchange.served_by = self._exchange.model
        return body

    async def _whole(self) -> bytes:
        """An answer from a provider."""
        runtime = self._runtime
        await runtime.admission.enter()
        self._lead()
        try:
            body = await runtime.chain.whole(
                self._exchange, self._targets, self._prepared, _complete
            )
        finally:
            self._led()
            runtime.admission.leave()
        self._keep(body)
        return body

    async def _stream(self) -> AsyncGenerator[bytes, None]:
        """The events of an answer from a provider."""
        runtime, exchange = self._runtime, self._exchange
        kept: list[bytes] | None = [] if self.key or runtime.keeps_answers else None
        size = 0
        await runtime.admission.enter()
        self._lead()
        try:
            stream = runtime.chain.stream(exchange, self._targets, self._prepared)
            async with aclosing(stream) as events:
                async for piece in events:
                    if kept is not None:
                        size += len(piece)
                        kept.append(piece)
                        if size > LARGEST_KEPT:
                            kept = None
                    yield piece
        finally:
            self._led()
            runtime.admission.leave()
            if kept is not None:
                exchange.answer = b"".join(kept)
        self._keep(exchange.answer)

    def _lead(self) -> None:
        """Requests like this one find out here who answers them."""
        if self.key is not None:
            self._runtime.leading[self.key] = self._exchange

    def _led(self) -> None:
        """The answer is there, or never will be; what it took is counted, whoever is left."""
        self._runtime.used(self._exchange)
        if self.key is not None and self._runtime.leading.get(self.key) is self._exchange:
            del self._runtime.leading[self.key]

    def _keep(self, body: bytes) -> None:
        """Put a whole answer into the cache; not one that another model gave."""
        cache, exchange = self._runtime.cache, self._exchange
        if cache is not None and self.key and body and exchange.served_by == exchange.model:
            cache.put(self.key, body)

    def _prepared(self, target: Target) -> Call:
        return prepare(self._request, self._exchange, target, drop=self._runtime.drops_unsupported)

    def _headers(self) -> Headers:
        exchange = self._exchange
        if exchange.cache == "shared" and self._leader is not None:
            exchange.served_by = self._leader.served_by
        model = (b"x-model", (exchange.served_by or exchange.model).encode())
        return (model, (b"x-cache", exchange.cache.encode())) if exchange.cache else (model,)


def _complete(target: Target, call: Call) -> Awaitable[bytes]:
    return target.provider.complete(call)


async def _once(body: bytes) -> AsyncGenerator[bytes, None]:
    yield body


def _cache_choice(scope: Scope) -> bytes:
    for name, value in scope["headers"]:
        if name == CACHE_CHOICE:
            return bytes(value)
    return b""
