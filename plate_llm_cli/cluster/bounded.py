"""Answers of an API server, none of which is read without end, be it in bytes or in seconds."""

from __future__ import annotations

import time
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING, Any, Final

from urllib3 import HTTPHeaderDict, HTTPResponse

if TYPE_CHECKING:
    from collections.abc import Iterator

_CHUNK: Final = 1 << 16
_REFUSAL: Final = 1 << 20
"""Bytes of a refusal, of which a sentence is shown."""
_REFUSAL_SECONDS: Final = 5.0
_OK: Final = range(200, 300)


@dataclass(frozen=True, slots=True)
class Bounded:
    """The pool of connections of the official client, which itself reads refusals to their end."""

    pool: Any

    def request(self, *arguments: Any, **named: Any) -> Any:
        """As the pool does; of a refusal the beginning alone."""
        response = self.pool.request(*arguments, **named)
        if response.status in _OK:
            return response
        seconds = min(_REFUSAL_SECONDS, named["timeout"].read_timeout or _REFUSAL_SECONDS)
        body = b"".join(_beginning(until(time.monotonic() + seconds, response)))
        headers = HTTPHeaderDict(response.headers)
        headers.discard("Content-Encoding")
        headers.discard("Transfer-Encoding")
        response.close()
        return HTTPResponse(BytesIO(body), headers, response.status, reason=response.reason)

    def clear(self) -> None:
        """Close what is open."""
        self.pool.clear()


def until(end: float, response: Any) -> Iterator[bytes]:
    """What comes until `end`, by `time.monotonic`, however little that is at a time."""
    while time.monotonic() <= end and (chunk := response.read1(_CHUNK)):
        yield chunk


def _beginning(chunks: Iterator[bytes]) -> Iterator[bytes]:
    size = 0
    for chunk in chunks:
        yield chunk
        size += len(chunk)
        if size > _REFUSAL:
            return
