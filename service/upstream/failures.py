"""What a provider's failure means for the client.

A provider's message goes on to the client, without what was meant for us: keys, addresses, names
of our account, stack traces.
"""

from __future__ import annotations

import asyncio
import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any

import aiohttp
import orjson

from service.errors import UpstreamError

if TYPE_CHECKING:
    from collections.abc import Mapping

MESSAGE_LENGTH = 500
LONGEST_RETRY_AFTER = 24 * 3600.0

_PRIVATE = re.compile(
    r"""
    (?:https?|wss?|rediss?)://[^\s"'<>)]+          # addresses
    | \b(?:sk|pk|rk|org|proj|key|lsv2|sess)[-_][\w*.-]{4,}  # keys and accounts
    | \bBearer\s+\S+
    | \beyJ[\w-]+\.[\w.-]+                         # tokens
    | (?:[\w-]+\.)+(?:svc|internal|local|cluster)\b(?:\.[\w.]+)?(?::\d+)?
    """,
    re.VERBOSE | re.IGNORECASE,
)

RETRYABLE = frozenset({408, 409, 425, 429, 500, 502, 503, 504, 529})
"""What another attempt may cure. 529 is Anthropic's `overloaded`."""

_OURS = frozenset({401, 402, 403, 407})
"""The provider refuses our account, which is no fault of the client."""


def from_status(status: int, body: bytes, headers: Mapping[str, str]) -> UpstreamError:
    """The error behind an answer that is none of 2xx."""
    if status in _OURS:
        return refused_account()
    error = _error_object(body)
    message = presentable(error.get("message")) or f"the provider answered with status {status}"
    retryable = status in RETRYABLE or status >= 500
    return UpstreamError(
        _status(status),
        message,
        code=_word(error.get("code")),
        param=_word(error.get("param")),
        kind=_word(error.get("type")) or _kind(status),
        retryable=retryable,
        retry_after=retry_after(headers) if retryable else None,
    )


def from_event(error: Any) -> UpstreamError:
    """The error behind an error event in a stream."""
    details = error if isinstance(error, dict) else {"message": error}
    message = presentable(details.get("message")) or "the provider broke off its answer"
    code = _word(details.get("code"))
    kind = _word(details.get("type")) or "api_error"
    return UpstreamError(502, message, code=code, kind=kind, retryable=True)


def from_exception(error: BaseException) -> UpstreamError:
    """The error behind a connection that could not be made, was lost, or was too slow."""
    if isinstance(error, TimeoutError | asyncio.TimeoutError):
        return timed_out()
    if isinstance(error, aiohttp.ClientSSLError | aiohttp.ClientConnectorCertificateError):
        return unreachable("no trusted connection to the provider could be made", "upstream_tls")
    if isinstance(error, aiohttp.ClientConnectorError):
        return unreachable("the provider could not be reached", "upstream_unreachable")
    return unreachable("the connection to the provider was lost", "upstream_lost")


def unreachable(message: str, code: str) -> UpstreamError:
    """A 502 that another attempt, or another provider, may cure."""
    return UpstreamError(502, message, code=code, kind="api_connection_error", retryable=True)


def timed_out() -> UpstreamError:
    """A 504."""
    message = "the provider did not answer in time"
    return UpstreamError(
        504, message, code="upstream_timeout", kind="api_timeout_error", retryable=True
    )


def refused_account() -> UpstreamError:
    """A 502: a client can do nothing about our key, and 401 would make it doubt its own."""
    message = "the provider refused the credentials of this service"
    return UpstreamError(502, message, code="upstream_unauthorized")


def nonsense(what: str) -> UpstreamError:
    """A 502 for an answer that is none."""
    message = f"the provider's answer is {what}"
    return UpstreamError(502, message, code="upstream_invalid", retryable=True)


def presentable(message: object) -> str:
    """A provider's message as a client may see it: one line, nothing private; "" for none."""
    if not isinstance(message, str):
        return ""
    # What is not shown is not searched: that takes time by the square of the length.
    line = message.strip().split("\n", 1)[0][: 2 * MESSAGE_LENGTH]
    return _PRIVATE.sub("[redacted]", line)[:MESSAGE_LENGTH].strip()


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds until another attempt, as the provider says; None where it says nothing usable.

    `retry-after-ms` is OpenAI's, `retry-after` may be seconds or a date (RFC 9110, 10.2.3).
    """
    milliseconds = _number(headers.get("retry-after-ms"))
    if milliseconds is not None:
        return milliseconds / 1000
    text = headers.get("retry-after")
    seconds = _number(text)
    if seconds is None and text:
        try:
            seconds = (parsedate_to_datetime(text) - datetime.now(UTC)).total_seconds()
        except (TypeError, ValueError, OverflowError):
            return None
    if seconds is None:
        return None
    return min(max(seconds, 0.0), LONGEST_RETRY_AFTER)


def _number(text: str | None) -> float | None:
    if not text or not text.strip().replace(".", "", 1).isdecimal():
        return None
    return min(float(text), LONGEST_RETRY_AFTER * 1000)


def _error_object(body: bytes) -> dict[str, Any]:
    """The `error` of an OpenAI-style body; some servers write a text, some leave the level out."""
    try:
        document = orjson.loads(body)
    except orjson.JSONDecodeError:
        return {}
    if not isinstance(document, dict):
        return {}
    error = document.get("error", document)
    if isinstance(error, str):
        return {"message": error}
    return error if isinstance(error, dict) else {}


def _word(value: object) -> str | None:
    """A short word for programs, as a provider gave it."""
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str) or not value or len(value) > 100:
        return None
    return _PRIVATE.sub("[redacted]", value)


def _status(status: int) -> int:
    """The status for the client: the provider's own where it is one that clients know."""
    if status == 529:
        return 503
    return status if 400 <= status < 600 else 502


def _kind(status: int) -> str:
    if status == 429:
        return "rate_limit_error"
    return "invalid_request_error" if status < 500 else "api_error"
