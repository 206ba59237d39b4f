"""The yardstick: a Starlette route that passes bytes through an aiohttp session, and no more."""

from __future__ import annotations

import os
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import aiohttp
from starlette.applications import Starlette
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from starlette.requests import Request

URL = os.environ["UPSTREAM_URL"] + "/chat/completions"
HEADERS = {"content-type": "application/json", "authorization": "Bearer sk-fake"}


@asynccontextmanager
async def lifespan(app: Starlette) -> AsyncIterator[None]:
    """One session for all requests."""
    connector = aiohttp.TCPConnector(limit=0, keepalive_timeout=60)
    async with aiohttp.ClientSession(connector=connector, auto_decompress=False) as session:
        app.state.session = session
        yield


async def chat(request: Request) -> Response:
    """The upstream's answer, as it comes."""
    body = await request.body()
    answer = await request.app.state.session.post(URL, data=body, headers=HEADERS)
    if answer.content_type == "text/event-stream":
        pieces = answer.content.iter_any()
        return StreamingResponse(pieces, answer.status, media_type="text/event-stream")
    return Response(await answer.read(), answer.status, media_type="application/json")


async def ready(_: Request) -> Response:
    """It is up."""
    return Response("ok")


app = Starlette(
    routes=[Route("/v1/chat/completions", chat, methods=["POST"]), Route("/readyz", ready)],
    lifespan=lifespan,
)
