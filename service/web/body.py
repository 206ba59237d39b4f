"""Reads the body of a request, no more of it than is allowed and no longer than is decent."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from service.errors import BadRequest, RequestTimeout, TooLarge

if TYPE_CHECKING:
    from starlette.types import Message, Receive, Scope

    from service.limits.budget import Hold

READ_SECONDS = 30.0
"""For the whole body; a client that sends drop by drop holds nothing for longer."""


class ClientGoneError(Exception):
    """The client closed its connection: nobody is left to answer."""


async def read_json_body(scope: Scope, receive: Receive, limit: int, hold: Hold) -> bytes:
    """The bytes of a JSON body.

    Raises TooLarge past `limit` bytes (before any of them is read, where the request tells its
    length), Overloaded where `hold` gets no room for it, RequestTimeout, BadRequest for another
    content type, ClientGoneError.
    """
    _check_head(scope, limit)
    try:
        async with asyncio.timeout(READ_SECONDS):
            return await _read(receive, limit, hold)
    except TimeoutError:
        raise RequestTimeout(
            f"The body of the request did not arrive within {READ_SECONDS:.0f} seconds."
        ) from None


async def _read(receive: Receive, limit: int, hold: Hold) -> bytes:
    message = await _receive(receive)
    body: bytes = message.get("body", b"")
    _checked(len(body), limit)
    hold.at_least(len(body))
    if not message.get("more_body"):
        return body
    pieces = [body]
    size = len(body)
    while message.get("more_body"):
        message = await _receive(receive)
        pieces.append(message.get("body", b""))
        size += len(pieces[-1])
        _checked(size, limit)
        hold.at_least(size)
    return b"".join(pieces)


def _check_head(scope: Scope, limit: int) -> None:
    """What the header fields already tell."""
    for name, value in scope["headers"]:
        if name == b"content-length":
            if value.isdigit():
                _checked(int(value), limit)
        elif name == b"content-type" and b"json" not in value.lower():
            raise BadRequest(
                "The body must be JSON: send the header content-type: application/json.",
                code="unsupported_content_type",
            )
        elif name == b"content-encoding" and value.lower() != b"identity":
            raise BadRequest(
                "The body must not be compressed.", code="unsupported_content_encoding"
            )


def _checked(size: int, limit: int) -> None:
    if size > limit:
        raise TooLarge(f"The request is larger than {limit // 2**20} MiB.")


async def _receive(receive: Receive) -> Message:
    message = await receive()
    if message["type"] == "http.disconnect":
        raise ClientGoneError
    return message
