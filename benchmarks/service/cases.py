"""What is measured: each case is a server and a work, and each goal one line of the table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from benchmarks.service import servers, works

if TYPE_CHECKING:
    from benchmarks.service.servers import Server
    from benchmarks.service.works import Work


@dataclass(frozen=True, slots=True)
class Case:
    """CPU time of `server` at `work`, as a ratio to the bare pass-through at the same.

    `limit` is the goal, None where there is none (peers). With `beyond`, only what it takes more
    than that case counts. `first_p50` and `first_p99` are goals in milliseconds: how much later
    than the upstream itself the first token may come.
    """

    name: str
    server: Server
    work: Work
    limit: float | None = None
    beyond: str = ""
    first_p50: float | None = None
    first_p99: float | None = None
    asks: float = 1
    """How often the upstream is asked for each request: 0 where the cache answers."""


REQUESTS = (
    Case("passthrough", servers.PASSTHROUGH, works.SHORT, limit=2),
    Case("passthrough-uncached", servers.PASSTHROUGH, works.UNCACHED, limit=2),
    Case("langchain", servers.LANGCHAIN, works.SHORT, limit=4),
    Case("langchain-uncached", servers.LANGCHAIN, works.UNCACHED, limit=4),
    Case("cache-hit", servers.PASSTHROUGH, works.REPEATED, limit=1, asks=0),
    Case(
        "passthrough-traced",
        servers.PASSTHROUGH_TRACED,
        works.SHORT,
        limit=1.2,
        beyond="passthrough",
    ),
    Case("langchain-traced", servers.LANGCHAIN_TRACED, works.SHORT, limit=1.2, beyond="langchain"),
    Case("default-langchain", servers.DEFAULT_LANGCHAIN, works.SHORT),
    Case("portkey", servers.PORTKEY, works.SHORT),
    Case("langserve", servers.LANGSERVE, works.SHORT),
    Case("litellm", servers.LITELLM, works.SHORT),
    Case("passthrough-long", servers.PASSTHROUGH, works.LONG),
    Case("langchain-long", servers.LANGCHAIN, works.LONG, limit=10),
    Case("default-langchain-long", servers.DEFAULT_LANGCHAIN, works.LONG),
    Case("litellm-long", servers.LITELLM, works.LONG),
)
STREAMS = (
    Case(
        "passthrough-stream",
        servers.PASSTHROUGH,
        works.STREAM,
        limit=1,
        first_p50=3,
        first_p99=8,
    ),
    Case("langchain-stream", servers.LANGCHAIN, works.STREAM, limit=1.6, first_p50=3, first_p99=8),
    Case("default-langchain-stream", servers.DEFAULT_LANGCHAIN, works.STREAM),
)
CASES = REQUESTS + STREAMS


@dataclass(frozen=True, slots=True)
class Lifetime:
    """A server from its start on: how soon it is ready, and what memory it holds."""

    name: str
    server: Server
    ready_seconds: float
    idle_mebibytes: float


LIFETIMES = (
    Lifetime("passthrough-lifetime", servers.PASSTHROUGH, 0.5, 110),
    Lifetime("langchain-lifetime", servers.LANGCHAIN, 1.5, 110),
)

NAMES = tuple(case.name for case in (*CASES, *LIFETIMES))
