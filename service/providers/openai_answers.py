"""Whole answers in OpenAI's form, checked as far as this service relies on them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson

from service.upstream import failures

if TYPE_CHECKING:
    from service.providers.base import Call
    from service.upstream.wire import Wire

CHAT = "/chat/completions"
EMBEDDINGS = "/embeddings"


def checked(answer: bytes, needed: str) -> dict[str, Any]:
    """The answer as an object with a list under `needed`. Raises UpstreamError for others."""
    try:
        document = orjson.loads(answer)
    except orjson.JSONDecodeError:
        raise failures.nonsense("no JSON") from None
    if not isinstance(document, dict):
        raise failures.nonsense("no JSON object")
    if not isinstance(document.get(needed), list):
        if document.get("error"):
            raise failures.from_event(document["error"])
        raise failures.nonsense(f"without {needed}")
    return document


async def embeddings(wire: Wire, call: Call) -> bytes:
    """The provider's embeddings, untouched. The call's bytes already name its model."""
    sent = call.raw if call.raw is not None else orjson.dumps(call.body)
    answer = await wire.json(EMBEDDINGS, sent, dict(call.trace_headers))
    checked(answer, "data")
    return answer
