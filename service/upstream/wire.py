"""HTTP to one OpenAI-compatible endpoint, with its key and its errors.

Deadlines are the caller's: whoever is cancelled here closes the connection.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import aiohttp
from yarl import URL

from service.upstream import failures
from service.upstream.sse import EventSplitter, EventTooLongError

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Mapping

    from pydantic import SecretStr

LARGEST_ANSWER = 64 * 2**20
LARGEST_ERROR = 64 * 2**10
AFTER_DONE_SECONDS = 1.0
"""How long a provider may take to end a stream after its last event, for its connection to stay."""


class Wire:
    """Sends requests. Every failure is an `UpstreamError`."""

    def __init__(
        self,
        session: aiohttp.ClientSession,
        base_url: str,
        key: SecretStr | None,
    ) -> None:
        self._session = session
        self._base = base_url.rstrip("/")
        self._urls: dict[str, URL] = {}
        self._headers = {"content-type": "application/json", "accept-encoding": "identity"}
        if key is not None:
            self._headers["authorization"] = f"Bearer {key.get_secret_value()}"

    async def json(self, path: str, body: bytes, headers: Mapping[str, str]) -> bytes:
        """The whole answer to a request, as the provider wrote it."""
        try:
            response = await self._post(path, body, headers)
            try:
                return await _whole(response)
            finally:
                response.release()
        except (aiohttp.ClientError, OSError) as error:
            raise failures.from_exception(error) from None

    async def events(
        self, path: str, body: bytes, headers: Mapping[str, str]
    ) -> AsyncGenerator[list[bytes], None]:
        """The data of the events of a stream, in the groups in which they arrive.

        The last one is `[DONE]`; a stream that ends without it raises.
        """
        response = None
        try:
            response = await self._post(path, body, headers)
            if response.content_type != "text/event-stream":
                raise failures.nonsense("no stream")
            splitter = EventSplitter()
            while True:
                group = _group(splitter, await response.content.readany())
                if group:
                    yield group
                    if group[-1] == b"[DONE]":
                        break
            await _finish(response)
        except (aiohttp.ClientError, OSError) as error:
            raise failures.from_exception(error) from None
        finally:
            if response is not None:
                response.close()

    async def _post(
        self, path: str, body: bytes, headers: Mapping[str, str]
    ) -> aiohttp.ClientResponse:
        """The answer's head. Raises UpstreamError for one that is none of 2xx."""
        url = self._urls.get(path)
        if url is None:
            url = self._urls[path] = URL(self._base + path)
        sent = {**self._headers, **headers} if headers else self._headers
        response = await self._session.post(url, data=body, headers=sent, allow_redirects=False)
        if 200 <= response.status < 300:
            return response
        try:
            content = await _beginning(response)
        finally:
            response.close()
        raise failures.from_status(response.status, content, response.headers)


async def _beginning(response: aiohttp.ClientResponse) -> bytes:
    """The body of an error, as much of it as can matter; it may come in pieces."""
    content = b""
    while len(content) < LARGEST_ERROR and (piece := await response.content.readany()):
        content += piece
    return content


async def _whole(response: aiohttp.ClientResponse) -> bytes:
    """The body, up to LARGEST_ANSWER bytes."""
    length = response.content_length
    if length is not None and length <= LARGEST_ANSWER:
        return await response.read()
    pieces = []
    size = 0
    async for piece in response.content.iter_any():
        size += len(piece)
        if size > LARGEST_ANSWER:
            response.close()
            raise failures.nonsense("too large")
        pieces.append(piece)
    return b"".join(pieces)


def _group(splitter: EventSplitter, piece: bytes) -> list[bytes]:
    """The events that are complete with this piece; an empty piece is the end of the stream."""
    if not piece:
        raise failures.unreachable("the provider's stream ended too early", "upstream_lost")
    try:
        group = splitter.feed(piece)
    except EventTooLongError:
        raise failures.nonsense("too large") from None
    if b"[DONE]" in group:
        del group[group.index(b"[DONE]") + 1 :]
    return group


async def _finish(response: aiohttp.ClientResponse) -> None:
    """Read to the end, so that the connection can be used again."""
    try:
        async with asyncio.timeout(AFTER_DONE_SECONDS):
            while await response.content.readany():
                pass
    except (aiohttp.ClientError, OSError, TimeoutError):
        # All events have come; `close` gives this connection up.
        return
    response.release()
