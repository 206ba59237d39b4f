"""The one layer around every request: ids, host, CORS, tokens, rates, errors, metrics and log."""

from __future__ import annotations

import logging
from time import perf_counter, time
from typing import TYPE_CHECKING

from starlette.exceptions import HTTPException

from service import trace_context
from service.auth.refusals import KeysUnavailableError
from service.errors import (
    ApiError,
    Forbidden,
    Headers,
    MethodNotAllowed,
    NotFound,
    RateLimited,
    Unauthorized,
)
from service.exchange import Exchange
from service.observe.log import CURRENT_EXCHANGE
from service.web.answers import send_whole
from service.web.body import ClientGoneError
from service.web.origins import SECURITY, Hosts, Origins

if TYPE_CHECKING:
    from collections.abc import Awaitable, Sequence

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from service.runtime import Runtime

logger = logging.getLogger(__name__)

CLIENT_GONE = 499
"""nginx's status for a client that left before its answer; it goes into metrics and log alone."""

PROBES = frozenset({"/livez", "/readyz"})
"""Asked by the kubelet under the pod's address, many times a minute."""

INTERNAL_ERROR = ApiError("The service failed to answer. Its log says why.", code="internal_error")


class _Head:
    """The fields of a request's head that this layer reads."""

    __slots__ = ("authorization", "host", "origin", "request_id", "traceparent", "tracestate")

    def __init__(self, headers: list[tuple[bytes, bytes]]) -> None:
        self.authorization = self.host = self.origin = b""
        self.request_id: bytes | None = None
        self.traceparent: bytes | None = None
        self.tracestate: bytes | None = None
        for name, value in headers:
            if name == b"authorization":
                self.authorization = value
            elif name == b"host":
                self.host = value
            elif name == b"origin":
                self.origin = value
            elif name == b"x-request-id":
                self.request_id = value
            elif name == b"traceparent":
                # Two of them are none.
                self.traceparent = value if self.traceparent is None else b""
            elif name == b"tracestate":
                self.tracestate = b",".join(filter(None, (self.tracestate, value)))


class Gateway:
    """Pure ASGI: `app` answers what this layer lets through."""

    def __init__(self, app: ASGIApp, runtime: Runtime, paths: Sequence[str]) -> None:
        self._app = app
        self._runtime = runtime
        self._hosts = Hosts(runtime.settings.http_allowed_hosts)
        self._origins = Origins(runtime.settings.http_cors_origins)
        self._labels = {path: path for path in paths if "{" not in path}
        self._prefixes = {path.partition("{")[0]: path for path in paths if "{" in path}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; everything else (lifespan) goes on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        head = _Head(scope["headers"])
        path = scope["path"]
        exchange = Exchange(
            request_id=trace_context.request_id(head.request_id),
            method=scope["method"],
            path=path,
            started=perf_counter(),
            route=self._labels.get(path) or self._label(path),
            trace=trace_context.parse(head.traceparent, head.tracestate),
        )
        scope["state"]["exchange"] = exchange
        added = self._origins.headers(head.origin)
        answer = _Answer(send, exchange, added, closing=self._runtime.draining)
        CURRENT_EXCHANGE.set(exchange)
        try:
            await self._guarded(scope, receive, answer, head)
        finally:
            self._runtime.finished(exchange)

    def _label(self, path: str) -> str:
        """A path that holds a name, as a label: one of few."""
        for prefix, label in self._prefixes.items():
            if path.startswith(prefix):
                return label
        return "other"

    async def _guarded(self, scope: Scope, receive: Receive, answer: _Answer, head: _Head) -> None:
        """Turn everything that goes wrong into an answer, as long as none has begun."""
        exchange = answer.exchange
        try:
            await self._admitted(scope, receive, answer, head)
        except RateLimited as error:
            self._runtime.metrics.rate_limited(error.limit)
            await _send_error(answer, error)
        except ApiError as error:
            await _send_error(answer, error)
        except HTTPException as error:
            await _send_error(answer, _refusal(exchange, error))
        except ClientGoneError:
            exchange.status = CLIENT_GONE
        except Exception:
            logger.exception("a request failed")
            await _send_error(answer, INTERNAL_ERROR)

    async def _admitted(self, scope: Scope, receive: Receive, answer: _Answer, head: _Head) -> None:
        runtime, exchange = self._runtime, answer.exchange
        path = exchange.path
        if path not in PROBES and not self._hosts.any:
            self._hosts.check(head.host)
        if exchange.method == "OPTIONS" and head.origin:
            await self._preflight(scope, answer, head)
            return
        if path.startswith("/v1/"):
            await self._identify(exchange, head)
            if exchange.method == "POST":
                answer.limits = runtime.limiter.admit(exchange.subject, time()).headers
        await self._app(scope, receive, answer)

    async def _identify(self, exchange: Exchange, head: _Head) -> None:
        verifier = self._runtime.verifier
        identity = verifier.cached(head.authorization)
        if identity is None:
            try:
                identity = await verifier.verify(head.authorization)
            except (Unauthorized, Forbidden, KeysUnavailableError) as error:
                exchange.auth_failure = error.reason
                raise
        exchange.subject, exchange.tenant = identity.subject, identity.tenant

    async def _preflight(self, scope: Scope, answer: _Answer, head: _Head) -> None:
        """A browser asks whether a page may send its request."""
        wanted = dict(scope["headers"]).get(b"access-control-request-headers", b"")
        headers = self._origins.preflight(head.origin, wanted) or ()
        await answer({"type": "http.response.start", "status": 204, "headers": [*headers]})
        await answer({"type": "http.response.body", "body": b""})


class _Answer:
    """Sends an answer with what every answer has, and remembers its status."""

    __slots__ = ("_added", "_closing", "_send", "exchange", "limits")

    def __init__(self, send: Send, exchange: Exchange, added: Headers, *, closing: bool) -> None:
        self._send = send
        self._added = added
        self._closing = closing
        self.exchange = exchange
        self.limits: Headers = ()

    def __call__(self, message: Message) -> Awaitable[None]:
        if message["type"] == "http.response.start":
            self.exchange.status = message["status"]
            headers = [
                *message["headers"],
                (b"x-request-id", self.exchange.request_id.encode()),
                *SECURITY,
                *self._added,
                *self.limits,
            ]
            if self._closing:
                # The client takes a new connection, and with it another pod.
                headers.append((b"connection", b"close"))
            message["headers"] = headers
        return self._send(message)


async def _send_error(answer: _Answer, error: ApiError) -> None:
    """The answer to a request that failed; nothing where an answer has begun already.

    The server then closes the connection, so that the client sees that the answer is not whole.
    """
    exchange = answer.exchange
    exchange.error_code = error.code or error.type
    if not exchange.status:
        await send_whole(answer, error.status, error.body(), error.headers)


def _refusal(exchange: Exchange, error: HTTPException) -> ApiError:
    """The router's own refusals, in the form of all others."""
    path = exchange.path[:100]
    if error.status_code == 405:
        allowed = (error.headers or {}).get("Allow", "")
        return MethodNotAllowed(f"{exchange.method} is not for {path}.", allowed=allowed)
    return NotFound(f"There is nothing at {path}; /openapi.json lists what there is.")
