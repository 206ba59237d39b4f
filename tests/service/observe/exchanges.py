"""A request that was answered, as the tests of this folder look at it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from service.exchange import Exchange, Usage
from service.trace_context import TraceContext

TRACE = TraceContext("4bf92f3577b34da6a3ce929d0e0e4736", "b7ad6b7169203331", "", 1, "")
ANSWERED = Exchange(
    request_id="req_1",
    method="POST",
    path="/v1/chat/completions",
    started=0.0,
    route="/v1/chat/completions",
    trace=TRACE,
    subject="alice@example.com",
    tenant="acme",
    model="gpt-5",
    provider="openai",
    served_by="gpt-5",
    status=200,
    cache="miss",
    usage=Usage(12, 30),
    attempts=1,
    request_body=b'{"model": "gpt-5", "messages": [{"role": "user", "content": "Hi"}]}',
    answer=b'{"choices":[{"index":0,"message":{"role":"assistant","content":"Hello"}}]}',
)


def answered(**fields: Any) -> Exchange:
    """A completion by `gpt-5` that succeeded, but for these fields."""
    return replace(ANSWERED, **fields)
