"""The events of a streamed answer, as far as this service has to understand them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson

if TYPE_CHECKING:
    from service.exchange import Usage

DONE = b"[DONE]"
NULL_USAGE = b',"usage":null'
"""As OpenAI writes it into each chunk of a stream whose tokens it counts."""


def framed(data: bytes) -> bytes:
    """One event with this data, which has no line ends."""
    return b"data: " + data + b"\n\n"


def read_usage(counted: Any, usage: Usage) -> None:
    """Take over the `usage` object of an answer; anything else is left out."""
    if not isinstance(counted, dict):
        return
    incoming, outgoing = counted.get("prompt_tokens"), counted.get("completion_tokens")
    if isinstance(incoming, int):
        usage.input_tokens = incoming
    if isinstance(outgoing, int):
        usage.output_tokens = outgoing
    usage.estimated = False


def without_usage(data: bytes, chunk: dict[str, Any]) -> bytes | None:
    """A chunk as a client sees it that did not ask for usage; None for one that held nothing else.

    A quote inside of a JSON string is escaped, so that the bytes of NULL_USAGE can only be a
    field; the chunk keeps every other byte.
    """
    if chunk["usage"] is None:
        shorter = data.replace(NULL_USAGE, b"", 1)
        if len(shorter) < len(data):
            return shorter
    elif not chunk.get("choices"):
        return None
    return orjson.dumps({name: value for name, value in chunk.items() if name != "usage"})
