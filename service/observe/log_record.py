"""What a line of the log says: the fields of a request, of a record of `logging`, of an error."""

from __future__ import annotations

import logging
import time
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from traceback import walk_tb
from typing import TYPE_CHECKING, Any

import orjson

import service

if TYPE_CHECKING:
    from types import TracebackType

    from service.exchange import Exchange

Fields = dict[str, Any]

OUR_FILES = str(Path(service.__file__).parent.parent) + "/"
OURS = OUR_FILES + service.__name__ + "/"
CAUSES = 4
"""How many errors that led to one are shown."""
FRAMES = 20
PROBES = frozenset({"/livez", "/readyz"})
"""Routes that are asked all the time: a line of their own at level debug alone."""
_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


class Clock:
    """Writes times as RFC 3339, UTC, with milliseconds; the second is written once."""

    def __init__(self) -> None:
        self._second = -1
        self._prefix = ""

    def write(self, seconds: float) -> str:
        """A time in seconds since 1970, as of `time.time`."""
        second = int(seconds)
        if second != self._second:
            self._prefix = time.strftime("%Y-%m-%dT%H:%M:%S.", time.gmtime(second))
            self._second = second
        return f"{self._prefix}{int((seconds - second) * 1000):03d}Z"


@lru_cache(maxsize=4096)
def subject_hash(subject: str) -> str:
    """12 hexadecimal digits that stand for a subject: lines belong together, nobody is named."""
    return sha256(subject.encode(errors="surrogatepass")).hexdigest()[:12]


def encode(fields: Fields) -> bytes:
    """One line of JSON. What JSON cannot hold becomes text."""
    try:
        return orjson.dumps(fields, option=orjson.OPT_APPEND_NEWLINE)
    except TypeError:
        safe = {name: _safe(value) for name, value in fields.items()}
        return orjson.dumps(safe, option=orjson.OPT_APPEND_NEWLINE)


def request_level(exchange: Exchange) -> int:
    """How much a request that was answered matters."""
    if exchange.status >= 500:
        return logging.ERROR
    return logging.DEBUG if exchange.route in PROBES else logging.INFO


def request_fields(exchange: Exchange, seconds: float) -> Fields:
    """What is said of a request that was answered. What does not apply is left out."""
    fields: Fields = {
        "request_id": exchange.request_id,
        "route": exchange.route,
        "method": exchange.method,
        "status": exchange.status,
        "duration_ms": round(seconds * 1000, 2),
    }
    if exchange.trace is not None:
        fields["trace_id"] = exchange.trace.trace_id
    if exchange.subject:
        fields["subject"] = subject_hash(exchange.subject)
    if exchange.error_code:
        fields["error_code"] = exchange.error_code
    if exchange.auth_failure:
        fields["auth_failure"] = exchange.auth_failure
    if exchange.model:
        _add_model(fields, exchange)
    return fields


def _add_model(fields: Fields, exchange: Exchange) -> None:
    fields["model"] = exchange.model
    fields["provider"] = exchange.provider
    usage = exchange.usage
    fields["input_tokens"] = usage.input_tokens
    fields["output_tokens"] = usage.output_tokens
    if usage.estimated:
        fields["tokens_estimated"] = True
    if exchange.stream:
        fields["stream"] = True
    if exchange.first_token_seconds is not None:
        fields["first_token_ms"] = round(exchange.first_token_seconds * 1000, 2)
    if exchange.cache:
        fields["cache"] = exchange.cache
    if exchange.attempts > 1:
        fields["attempts"] = exchange.attempts
    if exchange.fallbacks:
        fields["fallbacks"] = exchange.fallbacks
        fields["served_by"] = exchange.served_by


def record_message(record: logging.LogRecord) -> str:
    """The record's text; where its arguments do not fit, the text without them."""
    try:
        return record.getMessage()
    except (TypeError, ValueError, KeyError):
        return f"{record.msg} (its arguments do not fit)"


def record_extras(record: logging.LogRecord) -> Fields:
    """What the caller gave as `extra`. Objects are named by their type: they may hold anything."""
    return {
        name: value
        if isinstance(value, str | int | float | bool | None)
        else f"<{type(value).__name__}>"
        for name, value in vars(record).items()
        if name not in _STANDARD
    }


def error_fields(error: BaseException, depth: int = CAUSES) -> Fields:
    """Type, text and stack of an error and of what led to it; never values of variables."""
    fields: Fields = {
        "type": f"{type(error).__module__}.{type(error).__qualname__}",
        "message": str(error),
        "stack": _stack(error.__traceback__),
    }
    cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if cause is not None and depth > 1:
        fields["cause"] = error_fields(cause, depth - 1)
    if isinstance(error, BaseExceptionGroup) and depth > 1:
        fields["errors"] = [error_fields(each, depth - 1) for each in error.exceptions[:CAUSES]]
    return fields


def _stack(traceback: TracebackType | None) -> list[str]:
    """Our frames, outermost first, and the one that raised."""
    frames = [
        f"{frame.f_code.co_filename}:{line} in {frame.f_code.co_name}"
        for frame, line in walk_tb(traceback)
    ]
    kept = [frame for frame in frames[:-1] if frame.startswith(OURS)] + frames[-1:]
    return [frame.removeprefix(OUR_FILES) for frame in kept[-FRAMES:]]


def _safe(value: Any) -> Any:
    """Text without lone surrogates, numbers that fit into 64 bits, and these in lists and maps."""
    if isinstance(value, dict):
        return {str(_safe(str(name))): _safe(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_safe(each) for each in value]
    if isinstance(value, bool | float | None):
        return value
    if isinstance(value, int) and abs(value) < 2**63:
        return value
    return str(value).encode(errors="replace").decode()
