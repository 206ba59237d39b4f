"""A provider that speaks OpenAI's API and answers exactly what a test wrote."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Self

import orjson
from aiohttp import web

if TYPE_CHECKING:
    from collections.abc import Sequence

HOST = "127.0.0.1"


class Scripted:
    """Serves while it is open. A list is streamed: each entry is sent at once, as it is."""

    def __init__(self) -> None:
        self.answer: bytes | Sequence[bytes] = b"{}"
        self.bodies: list[bytes] = []
        self.headers: list[dict[str, str]] = []
        self.paths: list[str] = []

    async def __aenter__(self) -> Self:
        app = web.Application(client_max_size=2**30)
        app.router.add_post("/v1/{path:.*}", self._answer)
        self._runner = web.AppRunner(app, shutdown_timeout=0)
        await self._runner.setup()
        await web.TCPSite(self._runner, HOST, 0).start()
        self.url = f"http://{HOST}:{self._runner.addresses[0][1]}/v1"
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._runner.cleanup()

    @property
    def last(self) -> dict[str, Any]:
        """The body of the latest request."""
        body: dict[str, Any] = orjson.loads(self.bodies[-1])
        return body

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        self.bodies.append(await request.read())
        self.headers.append({name.lower(): value for name, value in request.headers.items()})
        self.paths.append(request.path)
        if isinstance(self.answer, bytes):
            return web.Response(body=self.answer, content_type="application/json")
        response = web.StreamResponse(headers={"content-type": "text/event-stream"})
        await response.prepare(request)
        for piece in self.answer:
            await response.write(piece)
            await asyncio.sleep(0.005)
        await response.write_eof()
        return response


def events(*documents: Any) -> bytes:
    """Events as OpenAI writes them."""
    return b"".join(b"data: %b\n\n" % _encoded(document) for document in documents)


def _encoded(document: Any) -> bytes:
    return document if isinstance(document, bytes) else orjson.dumps(document)
