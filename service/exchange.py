"""One request and its answer, as the parts of the service pass it on and as the log shows it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from service.trace_context import TraceContext


@dataclass(slots=True)
class Usage:
    """Tokens. `estimated` where the provider did not count them."""

    input_tokens: int = 0
    output_tokens: int = 0
    estimated: bool = False

    @property
    def total(self) -> int:
        """Input and output together."""
        return self.input_tokens + self.output_tokens


@dataclass(slots=True)
class Exchange:
    """What is known of a request that is being answered.

    The gateway makes it, each part fills in what it learns, and metrics, log and tracing read it
    when the answer is complete. Times are in seconds of `time.perf_counter`.
    """

    request_id: str
    method: str
    path: str
    started: float
    route: str = "other"
    """The path's pattern: one of few, so that it can be a label."""
    trace: TraceContext | None = None
    subject: str = ""
    tenant: str = ""
    """Whose cache this is: answers are shared within a tenant only."""
    model: str = ""
    """The model as this service lists it."""
    provider: str = ""
    """The provider that answered, or was asked last."""
    served_by: str = ""
    """The model that answered, or was asked last: not `model` after a fallback."""
    stream: bool = False
    status: int = 0
    error_code: str = ""
    auth_failure: str = ""
    cache: str = ""
    """`hit`, `miss`, `shared` (answered by another request in flight), or "" where none applies."""
    usage: Usage = field(default_factory=Usage)
    first_token_seconds: float | None = None
    attempts: int = 0
    fallbacks: int = 0
    request_body: bytes = b""
    answer: bytes = b""
    """The whole answer, kept only while tracing wants it."""
