"""A chat completion request, read and checked.

Only what every provider agrees on is checked here: types, ranges and sizes. Fields that are not
known go on to a provider that takes them; one that does not says so.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Limits:
    """How large a request may be. `image_bytes` is the size of one image, decoded."""

    messages: int = 2048
    image_bytes: int = 10 * 2**20


@dataclass(slots=True)
class ChatRequest:
    """A request whose fields have the right types; `body` is `raw`, decoded."""

    raw: bytes
    body: Mapping[str, Any]
    stream: bool
    include_usage: bool
    """The client asked for the tokens of a stream."""

    @property
    def messages(self) -> list[dict[str, Any]]:
        """At least one; each has a known role."""
        return self.body["messages"]  # type: ignore[no-any-return]  # checked when it was read
