"""OpenAI's API and what speaks it: the client's own bytes go on, and the answer's come back.

Nothing between client and provider can lose a field that nobody here knows. The answer is read
only for its token counts.
"""

from __future__ import annotations

from contextlib import aclosing
from typing import TYPE_CHECKING, Any

import orjson

from service.chat.events import DONE, NULL_USAGE, framed, read_usage, without_usage
from service.providers.openai_answers import CHAT, checked, embeddings
from service.upstream import failures

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from service.providers.base import Call
    from service.upstream.wire import Wire


class OpenAIBytes:
    """Passes requests on. `missing_key` says what is not set, where something is."""

    takes_bytes = True
    supported: frozenset[str] | None = None

    def __init__(self, name: str, wire: Wire, missing_key: str | None = None) -> None:
        self.name = name
        self._wire = wire
        self._missing_key = missing_key

    def missing(self) -> str | None:
        """Which variable has to be set first."""
        return self._missing_key

    async def complete(self, call: Call) -> bytes:
        """The provider's answer, untouched."""
        answer = await self._wire.json(CHAT, _bytes_of(call), dict(call.trace_headers))
        read_usage(checked(answer, "choices").get("usage"), call.usage)
        return answer

    async def stream(self, call: Call) -> AsyncGenerator[bytes, None]:
        """The provider's events; those about usage only where the client asked for them."""
        headers = dict(call.trace_headers)
        call.usage.estimated = True
        async with aclosing(self._wire.events(CHAT, _bytes_of(call), headers)) as groups:
            async for group in groups:
                shown = _shown(group, call)
                if shown:
                    yield shown

    async def embed(self, call: Call) -> bytes:
        """The provider's embeddings, untouched."""
        return await embeddings(self._wire, call)

    async def close(self) -> None:
        """The connections belong to the session."""


def _shown(group: list[bytes], call: Call) -> bytes:
    """The events of a group that the client gets to see; counts what it was not told."""
    if len(group) == 1:
        kept = _seen(group[0], call)
        return b"" if kept is None else framed(kept)
    kept_ones = (_seen(data, call) for data in group)
    return b"".join(framed(kept) for kept in kept_ones if kept is not None)


def _seen(data: bytes, call: Call) -> bytes | None:
    """What the client gets to see of an event."""
    if data == DONE:
        return data
    usage = call.usage
    if usage.estimated:
        usage.output_tokens += 1
    if usage.output_tokens > 1 and data.startswith(b"{") and data.endswith(b"}"):
        # Reading each token costs more than passing it on. A name between quotes is a field or a
        # text of its own: quotes inside of a text are escaped.
        shown = data if call.request.include_usage else data.replace(NULL_USAGE, b"", 1)
        if b'"usage"' not in shown and b'"error"' not in shown:
            return shown
    chunk = _chunk(data)
    if "usage" in chunk:
        read_usage(chunk["usage"], usage)
        if not call.request.include_usage:
            return without_usage(data, chunk)
    return data


def _bytes_of(call: Call) -> bytes:
    return call.raw if call.raw is not None else orjson.dumps(call.body)


def _chunk(data: bytes) -> dict[str, Any]:
    """A chunk of a stream. Raises UpstreamError for an error event and for nonsense."""
    try:
        chunk = orjson.loads(data)
    except orjson.JSONDecodeError:
        raise failures.nonsense("no JSON") from None
    if not isinstance(chunk, dict):
        raise failures.nonsense("no JSON object")
    if chunk.get("error"):
        raise failures.from_event(chunk["error"])
    return chunk
