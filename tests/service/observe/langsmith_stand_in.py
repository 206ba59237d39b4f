"""A stand-in for LangSmith's ingest API: it takes runs apart and keeps them.

python -m tests.service.observe.langsmith_stand_in 9200
"""

from __future__ import annotations

import asyncio
import re
import sys
from typing import TYPE_CHECKING, Any, Self

import orjson
import zstandard
from aiohttp import web

if TYPE_CHECKING:
    from collections.abc import Mapping

Run = dict[str, Any]

INFO = {
    "version": "0.15.0",
    "instance_flags": {"zstd_compression_enabled": True},
    "batch_ingest_config": {
        "use_multipart_endpoint": True,
        "scale_up_qsize_trigger": 1000,
        "scale_up_nthreads_limit": 16,
        "scale_down_nempty_trigger": 4,
        "size_limit": 100,
        "size_limit_bytes": 20 * 2**20,
    },
}
_NAME = re.compile(
    r'form-data; name="(?P<event>post|patch)\.(?P<id>[0-9a-f-]{36})(\.(?P<field>[a-z]+))?"'
)


class LangSmithStandIn:
    """Listens on a free port of the loopback. Used as an async context manager."""

    def __init__(self, port: int = 0) -> None:
        self._port = port
        self.runs: list[Run] = []
        """All runs, each with the fields that came as parts of their own."""
        self.posts: list[Mapping[str, str]] = []
        """The headers of each POST."""
        self.sizes: list[int] = []
        """How many runs each POST held."""
        self.statuses: list[int] = []
        """What the next POSTs are answered; 202 when there are no more. The runs are not kept."""
        self.hangs = False
        """Whether POSTs are read and never answered."""

    @property
    def url(self) -> str:
        """What LANGCHAIN_ENDPOINT would be."""
        return f"http://127.0.0.1:{self._port}"

    async def __aenter__(self) -> Self:
        application = web.Application(client_max_size=64 * 2**20)
        application.router.add_get("/info", self._info)
        application.router.add_post("/runs/multipart", self._ingest)
        # aiohttp needs a package of its own for zstd, which is not installed.
        self._runner = web.AppRunner(application, auto_decompress=False, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self._port)
        await site.start()
        self._port = self._runner.addresses[0][1]
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._runner.cleanup()

    async def _info(self, _: web.Request) -> web.Response:
        return web.json_response(INFO)

    async def _ingest(self, request: web.Request) -> web.Response:
        body = await request.read()
        self.posts.append(dict(request.headers))
        if self.hangs:
            await asyncio.Event().wait()
        if self.statuses:
            return web.json_response({"error": "told to"}, status=self.statuses.pop(0))
        if request.headers.get("Content-Encoding") == "zstd":
            body = zstandard.ZstdDecompressor().decompressobj().decompress(body)
        runs = decoded(body, request.headers["Content-Type"])
        self.runs += runs
        self.sizes.append(len(runs))
        return web.json_response({"message": "Runs batch ingested"}, status=202)


def decoded(body: bytes, content_type: str) -> list[Run]:
    """The runs of a request. Raises AssertionError where it is not framed as it must be."""
    kind, _, boundary = content_type.partition("; boundary=")
    assert kind == "multipart/form-data"
    delimiter = f"--{boundary}".encode()
    before, *parts, end = body.split(delimiter)
    assert (before, end) == (b"", b"--\r\n")
    runs: dict[str, Run] = {}
    for part in parts:
        head, _, rest = part.partition(b"\r\n\r\n")
        headers = dict(line.split(": ", 1) for line in head.decode().strip().splitlines())
        content = rest.removesuffix(b"\r\n")
        assert headers["Content-Type"] == "application/json"
        assert int(headers["Content-Length"]) == len(content)
        match = _NAME.fullmatch(headers["Content-Disposition"])
        assert match is not None, headers
        document = orjson.loads(content)
        run = runs.setdefault(match["id"], {})
        run |= {match["field"]: document} if match["field"] else document
    return list(runs.values())


async def _serve(port: int) -> None:
    async with LangSmithStandIn(port) as server:
        sys.stdout.write(f"{server.url}\n")
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(_serve(int(sys.argv[1])))
