"""Calls as the service makes them, and answers as clients read them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson

from service.chat.request import ChatRequest
from service.errors import UpstreamError
from service.providers.base import Call

if TYPE_CHECKING:
    from service.providers.base import Provider

TRACE = (("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"),)
HELLO = [{"role": "user", "content": "hi"}]


def call(model: str = "m", *, usage: bool = False, **fields: Any) -> Call:
    """A call with these fields of a request; `usage` is whether the client asked for it."""
    body = {"model": model, "messages": HELLO, **fields}
    stream = bool(body.get("stream"))
    request = ChatRequest(raw=orjson.dumps(body), body=body, stream=stream, include_usage=usage)
    return Call(request, model, body, None, "req-1", TRACE)


async def whole(provider: Provider, made: Call) -> dict[str, Any]:
    """The answer, decoded."""
    answer: dict[str, Any] = orjson.loads(await provider.complete(made))
    return answer


async def data_of(provider: Provider, made: Call) -> list[bytes]:
    """The data of all events of a stream."""
    text = b"".join([item async for item in provider.stream(made)])
    assert text.endswith(b"\n\n")
    return [part[6:] for part in text.split(b"\n\n") if part.startswith(b"data: ")]


async def chunks(provider: Provider, made: Call) -> list[dict[str, Any]]:
    """The chunks of a stream, which ends as it should."""
    *events, done = await data_of(provider, made)
    assert done == b"[DONE]"
    return [orjson.loads(event) for event in events]


async def until_it_breaks(provider: Provider, made: Call) -> tuple[bytes, UpstreamError]:
    """What a stream gives before it raises, and what it raises."""
    came = b""
    try:
        async for item in provider.stream(made):
            came += item
    except UpstreamError as error:
        return came, error
    raise AssertionError("it did not break")


def deltas(events: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The deltas of the first choice, without the empty ones."""
    found = [event["choices"][0]["delta"] for event in events if event["choices"]]
    return [delta for delta in found if delta]


def content(events: list[dict[str, Any]]) -> str:
    """The text of a stream."""
    return "".join(delta.get("content") or "" for delta in deltas(events))
