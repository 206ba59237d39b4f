"""What is kept of an answer: its status, and what can be told without repeating what it says."""

from __future__ import annotations

import json
import re
import time
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from http.client import HTTPResponse

MOST_BYTES = 256 * 1024
"""Of an answer that are read: none of those that are asked for here is longer."""

_CODE = re.compile(r"[a-z_]{1,40}")
"""An error's code. Anything else may hold more than a word, and is not shown."""


class Reply(NamedTuple):
    """A whole answer. `document` is None where it is no JSON."""

    status: int
    document: Any

    @property
    def error(self) -> dict[str, Any]:
        """The error in OpenAI's form; {} where there is none."""
        found = self.field("error")
        return found if isinstance(found, dict) and "message" in found else {}

    @property
    def said(self) -> str:
        """The status, and the error's code."""
        code = self.error.get("code")
        shown = isinstance(code, str) and _CODE.fullmatch(code)
        return f"status {self.status} ({code})" if shown else f"status {self.status}"

    def field(self, name: str) -> Any:
        """A field of the document; None where there is none."""
        return self.document.get(name) if isinstance(self.document, dict) else None


class Streamed(NamedTuple):
    """An answer that came in pieces."""

    head: Reply
    """Its status; the document is that of an error, whole or in the stream."""
    chunks: int = 0
    """With choices in them."""
    done: bool = False
    """Whether it ended as a stream has to."""
    waited: float = 0
    """Seconds from the request to the first chunk."""
    took: float = 0
    """Seconds from the first chunk to the last."""


def whole(response: HTTPResponse) -> Reply:
    """All of an answer."""
    return Reply(response.status, _json(response.read(MOST_BYTES)))


def streamed(response: HTTPResponse, begun: float) -> Streamed:
    """An answer as it comes. `begun` is when it was asked for, of the monotonic clock: what holds a
    stream back may hold its head back, too."""
    if response.status != 200:
        return Streamed(whole(response))
    arrivals, failure, done, size = [], None, False, 0
    while size < MOST_BYTES and (line := response.readline(MOST_BYTES)):
        size += len(line)
        name, _, data = line.partition(b":")
        if name != b"data":
            continue
        if data.strip() == b"[DONE]":
            done = True
            break
        chunk = Reply(200, _json(data))
        failure = chunk.document if chunk.error else failure
        if chunk.field("choices"):
            arrivals.append(time.monotonic() - begun)
    if not arrivals:
        return Streamed(Reply(200, failure), done=done)
    took = arrivals[-1] - arrivals[0]
    return Streamed(Reply(200, failure), len(arrivals), done, arrivals[0], took)


def _json(content: bytes) -> Any:
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        return None
