"""What a provider of models is, and what it is asked."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from service.exchange import Usage

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from service.chat.request import ChatRequest


@dataclass(slots=True)
class Call:
    """One attempt to have a request answered by one model.

    `body` is the request with this model's defaults and the operator's limits applied; it may be
    changed by nobody. `raw` is the same as bytes where the client's own bytes can go on, else
    None. The provider writes `usage`.
    """

    request: ChatRequest
    model: str
    """The provider's name of the model."""
    body: dict[str, Any]
    raw: bytes | None
    request_id: str
    trace_headers: tuple[tuple[str, str], ...] = ()
    """W3C trace context for the provider, `traceparent` first."""
    usage: Usage = field(default_factory=Usage)
    stream_usage: bool = True
    """Whether the provider may be asked to count the tokens of a stream."""


class Provider(Protocol):
    """One way to reach models. Both methods raise `service.errors.UpstreamError` alone."""

    name: str
    takes_bytes: bool
    """It sends the client's own bytes on where it can."""
    supported: frozenset[str] | None
    """Parameters that it takes; None: whatever it is given."""

    async def complete(self, call: Call) -> bytes:
        """The answer, an OpenAI `chat.completion` object as JSON."""
        ...

    def stream(self, call: Call) -> AsyncGenerator[bytes, None]:
        """The answer as server-sent events in OpenAI's form.

        Each item holds one or more whole events; the last event is `data: [DONE]`. A stream that
        ends without it raises. Where the client did not ask for usage, none is shown.
        """
        ...

    async def embed(self, call: Call) -> bytes:
        """An OpenAI list of embeddings as JSON. Raises `BadRequest` where there are none."""
        ...

    def missing(self) -> str | None:
        """Why this provider cannot answer (a key that is not set), or None when it can."""
        ...

    async def close(self) -> None:
        """Give back what it holds."""
        ...
