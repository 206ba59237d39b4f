"""A stand-in for LangSmith's ingest: takes everything, and counts the runs that came in."""

from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING, Self

import orjson

from benchmarks.service.upstream.connection import Connection

if TYPE_CHECKING:
    from benchmarks.service.upstream.connection import Received

# Plain multipart, so that runs can be counted without zstandard.
INFO = {
    "version": "0.0.0",
    "batch_ingest_config": {
        "scale_up_qsize_trigger": 1000,
        "scale_up_nthreads_limit": 16,
        "scale_down_nempty_trigger": 4,
        "size_limit": 100,
        "size_limit_bytes": 20_971_520,
        "use_multipart_endpoint": True,
    },
    "instance_flags": {"zstd_compression_enabled": False},
}
QUIET_SECONDS = 1.2
PATIENCE_SECONDS = 10
RUN = re.compile(rb'name="?post\.[0-9a-f-]{36}"?[;\r]')


class Sink:
    """Serves on a free port of the loopback address while it is open."""

    def __init__(self) -> None:
        self.runs = 0
        self.bytes = 0

    async def __aenter__(self) -> Self:
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: Connection(self), "127.0.0.1", 0)
        self.port: int = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()

    async def until_quiet(self) -> None:
        """Wait until nothing has come in for a moment; not for ever."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            seen = -1
            while seen != self.bytes:
                seen = self.bytes
                await asyncio.sleep(QUIET_SECONDS)

    def opened(self, connection: Connection) -> None:
        """A client connected."""

    def closed(self, connection: Connection) -> None:
        """A connection is gone."""

    def received(self, connection: Connection, request: Received) -> None:
        """Count, and say that it is well."""
        self.bytes += len(request.body)
        self.runs += len(RUN.findall(request.body)) or request.path.endswith("/runs")
        if request.path.endswith("/info"):
            connection.answer(200, orjson.dumps(INFO))
        else:
            connection.answer(202, b"{}")
