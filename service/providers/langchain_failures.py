"""What an exception of a chat model means for the client.

The libraries that models are made of have no exception in common, and most of them are not even
installed here. So exceptions are told apart by what such libraries agree on: the attributes
`status_code`, `response` and `body`, and the names of their classes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson

from service.errors import UpstreamError
from service.upstream import failures

if TYPE_CHECKING:
    from collections.abc import Mapping

_TIMEOUTS = frozenset({"TimeoutException", "APITimeoutError", "ModelTimeoutError"})
_CONNECTIONS = frozenset({"TransportError", "APIConnectionError", "ModelConnectionError"})
"""Names of base classes, in httpx, httpx2, the SDKs of OpenAI and Anthropic, and LangChain."""


def from_model(error: Exception) -> UpstreamError:
    """The error behind an exception. Its text is shown only where an API wrote it."""
    status = getattr(error, "status_code", None)
    body = getattr(error, "body", None)
    if isinstance(status, int) and 400 <= status < 600:
        return failures.from_status(status, _encoded(body), _headers(error))
    if isinstance(body, dict) and "error" in body:
        # The status was 200: the provider broke off its answer with an event.
        return failures.from_event(body["error"])
    names = {kind.__name__ for kind in type(error).__mro__}
    if isinstance(error, TimeoutError) or names & _TIMEOUTS:
        return failures.timed_out()
    if isinstance(error, OSError) or names & _CONNECTIONS:
        return failures.from_exception(error)
    message = f"the model failed with {type(error).__name__}"
    return UpstreamError(502, message, code="upstream_failed", retryable=True)


def unsupported(message: str, param: str | None = None) -> UpstreamError:
    """A 400 for what a model cannot be asked."""
    return UpstreamError(
        400, message, code="unsupported_parameter", param=param, kind="invalid_request_error"
    )


def _encoded(body: Any) -> bytes:
    return orjson.dumps(body) if isinstance(body, dict) else b""


def _headers(error: Exception) -> Mapping[str, str]:
    headers: Mapping[str, str] | None = getattr(getattr(error, "response", None), "headers", None)
    return headers if headers is not None else {}
