"""A request as LangSmith wants it: a run, encoded as parts of `multipart/form-data`.

Source: https://docs.langchain.com/langsmith/smith-api/runs/ingest-runs-multipart and
https://docs.langchain.com/langsmith/run-data-format. The bodies of request and answer are parts of
their own and go on as they are: nothing is decoded, and 9 us are enough for a run.
"""

from __future__ import annotations

import os
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import orjson

from service.observe.log_record import subject_hash
from service.observe.streamed_answer import DATA, joined

if TYPE_CHECKING:
    from service.exchange import Exchange

BODY_BYTES = 2**20
"""The largest request or answer that is sent; in place of a larger one stands its size."""
BOUNDARY = os.urandom(16).hex()
"""Nobody outside of this process can know it, so that no content can hold it."""
END = f"--{BOUNDARY}--\r\n".encode()
_PART = (
    f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="post.%s"\r\n'
    "Content-Type: application/json\r\nContent-Length: %d\r\n\r\n%s\r\n"
).encode()
_EMBEDDINGS = "/v1/embeddings"


def encoded_run(exchange: Exchange, seconds: float, project: str, now: float) -> bytes:
    """The parts of one run that ended `now` (seconds since 1970) after so many seconds."""
    began = now - seconds
    start_time = _time(began)
    run_id = new_run_id(began)
    run = {
        "id": run_id,
        "trace_id": run_id,
        "dotted_order": f"{start_time[:26].translate(_NO_PUNCTUATION)}Z{run_id}",
        "name": exchange.route.removeprefix("/v1/"),
        "run_type": "embedding" if exchange.route == _EMBEDDINGS else "llm",
        "session_name": project,
        "start_time": start_time,
        "end_time": _time(now),
    }
    name = run_id.encode()
    parts = [
        _part(name, orjson.dumps(run)),
        _part(name + b".inputs", _sent(exchange.request_body)),
        _part(name + b".extra", orjson.dumps({"metadata": _metadata(exchange)})),
    ]
    if exchange.answer:
        parts.append(_part(name + b".outputs", _outputs(exchange.answer)))
    if exchange.status >= 400 or exchange.error_code:
        error = f"{exchange.status} {exchange.error_code}".rstrip()
        parts.append(_part(name + b".error", orjson.dumps(error)))
    if exchange.first_token_seconds is not None:
        events = [{"name": "new_token", "time": _time(began + exchange.first_token_seconds)}]
        parts.append(_part(name + b".events", orjson.dumps(events)))
    return b"".join(parts)


def new_run_id(seconds: float) -> str:
    """A UUID of version 7 (RFC 9562) for this time: runs are stored in the order of their ids."""
    bits = int.from_bytes(os.urandom(10), "big") | int(seconds * 1000) << 80
    bits = bits & ~(0xF << 76) | 0x7 << 76
    bits = bits & ~(0x3 << 62) | 0x2 << 62
    text = f"{bits:032x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


_NO_PUNCTUATION = str.maketrans("", "", "-:.")


def _metadata(exchange: Exchange) -> dict[str, Any]:
    usage = exchange.usage
    metadata: dict[str, Any] = {
        "request_id": exchange.request_id,
        "ls_provider": exchange.provider,
        "ls_model_name": exchange.served_by or exchange.model,
        "ls_model_type": "embedding" if exchange.route == _EMBEDDINGS else "chat",
        "status": exchange.status,
        "stream": exchange.stream,
        "attempts": exchange.attempts,
        "fallbacks": exchange.fallbacks,
        "usage_metadata": {
            "input_tokens": usage.input_tokens,
            "output_tokens": usage.output_tokens,
            "total_tokens": usage.total,
        },
    }
    if exchange.trace is not None:
        metadata["trace_id"] = exchange.trace.trace_id
    if exchange.subject:
        metadata["subject"] = subject_hash(exchange.subject)
    if exchange.cache:
        metadata["cache"] = exchange.cache
    return metadata


def _outputs(answer: bytes) -> bytes:
    if answer.startswith(DATA) and len(answer) <= BODY_BYTES:
        return orjson.dumps(joined(answer))
    return _sent(answer)


def _sent(body: bytes) -> bytes:
    return body if len(body) <= BODY_BYTES else b'{"omitted_bytes":%d}' % len(body)


def _time(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="microseconds")


def _part(name: bytes, content: bytes) -> bytes:
    return _PART % (name, len(content), content)
