"""What a request becomes for one model: its defaults and limits, without what it cannot take."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from service.chat.parameters import fit
from service.chat.splice import spliced
from service.errors import BadRequest, NotReady
from service.providers.base import Call

if TYPE_CHECKING:
    from service.chat.request import ChatRequest
    from service.exchange import Exchange
    from service.models.catalogue import Model
    from service.routing.chain import Target

TOKEN_LIMITS = ("max_tokens", "max_completion_tokens")
COUNT_TOKENS = {"include_usage": True}


def prepare(request: ChatRequest, exchange: Exchange, target: Target, *, drop: bool) -> Call:
    """The call of a target.

    Raises BadRequest for what its model cannot honour, NotReady where its provider has no key.
    `drop` leaves parameters out that the provider does not have.
    """
    model, provider = target.model, target.provider
    missing = provider.missing()
    if missing is not None:
        raise NotReady(f"{model.name}: {missing}")
    body, dropped = fit(request.body, provider.supported, model.refuses, drop=drop)
    _check_token_limit(body, model)
    added = additions(body, model)
    if request.stream and model.stream_usage and "stream_options" not in body:
        added["stream_options"] = COUNT_TOKENS
    raw = None
    if provider.takes_bytes and not dropped:
        raw = spliced(request.raw, request.body, model.upstream, added)
    return Call(
        request=request,
        model=model.upstream,
        body={**body, **added, "model": model.upstream},
        raw=raw,
        request_id=exchange.request_id,
        trace_headers=exchange.trace.headers() if exchange.trace is not None else (),
    )


def additions(body: dict[str, Any], model: Model) -> dict[str, Any]:
    """The operator's defaults for what the client left open."""
    added: dict[str, Any] = {}
    for name, value in model.defaults.items():
        names = TOKEN_LIMITS if name in TOKEN_LIMITS else (name,)
        if all(body.get(other) is None for other in names):
            added[name] = value
    return added


def _check_token_limit(body: dict[str, Any], model: Model) -> None:
    if model.max_tokens is None:
        return
    for name in TOKEN_LIMITS:
        wanted = body.get(name)
        if wanted is not None and wanted > model.max_tokens:
            raise BadRequest(
                f"{name} must be at most {model.max_tokens} for the model {model.name}.",
                code="max_tokens_exceeded",
                param=name,
            )
