"""POST /v1/embeddings."""

from __future__ import annotations

from functools import partial
from time import time
from typing import TYPE_CHECKING

import orjson

from service.chat.embeddings import parse_embeddings
from service.chat.events import read_usage
from service.chat.request import ChatRequest
from service.chat.splice import spliced
from service.errors import NotReady
from service.limits.budget import Hold
from service.providers.base import Call
from service.web.answers import send_whole
from service.web.body import read_json_body
from service.web.presence import while_present

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from starlette.types import Receive, Scope, Send

    from service.exchange import Exchange
    from service.models.catalogue import Model
    from service.routing.chain import Target
    from service.runtime import Runtime


class Embeddings:
    """An ASGI application. Only the model that is named is asked: another's vectors differ."""

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
        body = parse_embeddings(raw)
        model = runtime.catalogue.find(body.get("model"))
        exchange.model = model.name
        exchange.request_body = raw
        runtime.limiter.admit_model(exchange.subject, model, time())
        request = ChatRequest(raw=raw, body=body, stream=False, include_usage=False)
        answer = await while_present(receive, self._asked(exchange, request, model))
        await send_whole(send, 200, answer, ((b"x-model", exchange.served_by.encode()),))

    async def _asked(self, exchange: Exchange, request: ChatRequest, model: Model) -> bytes:
        runtime = self._runtime
        await runtime.admission.enter()
        try:
            # The first target is the model itself.
            answer = await runtime.chain.whole(
                exchange, runtime.targets(model)[:1], partial(_prepared, request, exchange), _embed
            )
        finally:
            runtime.admission.leave()
        read_usage(orjson.loads(answer).get("usage"), exchange.usage)
        runtime.used(exchange)
        return answer


def _prepared(request: ChatRequest, exchange: Exchange, target: Target) -> Call:
    missing = target.provider.missing()
    if missing is not None:
        raise NotReady(f"{target.model.name}: {missing}")
    upstream = target.model.upstream
    body = {**request.body, "model": upstream}
    return Call(
        request=request,
        model=upstream,
        body=body,
        raw=spliced(request.raw, request.body, upstream, {}) or orjson.dumps(body),
        request_id=exchange.request_id,
        trace_headers=exchange.trace.headers() if exchange.trace is not None else (),
    )


def _embed(target: Target, call: Call) -> Awaitable[bytes]:
    return target.provider.embed(call)
