"""A stand-in for Anthropic's Messages API: it checks requests as the API does, and misbehaves.

https://docs.anthropic.com/en/api/messages and .../messages-streaming
"""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self

import orjson
from aiohttp import web

if TYPE_CHECKING:
    from collections.abc import Iterator

KEY = "sk-ant-test-key"
HOST = "127.0.0.1"
MODEL = "claude-stand-in-1"

_FIELDS = frozenset(
    {
        "max_tokens",
        "messages",
        "metadata",
        "model",
        "output_config",
        "stop_sequences",
        "stream",
        "system",
        "temperature",
        "thinking",
        "tool_choice",
        "tools",
        "top_k",
        "top_p",
    }
)
_TOOL_ID = re.compile(r"[a-zA-Z0-9_-]+")
_BLOCKS = {
    "user": {"text", "image", "document", "tool_result"},
    "assistant": {"text", "tool_use", "thinking"},
}


@dataclass
class Failure:
    """An answer with a status that is none of 2xx."""

    status: int
    kind: str
    message: str = "no"
    headers: dict[str, str] = field(default_factory=dict)


@dataclass
class AnthropicStandIn:
    """Serves while it is open. What it answers is set by its fields."""

    blocks: list[dict[str, Any]] = field(default_factory=lambda: [text("Hello there")])
    stop_reason: str = "end_turn"
    usage: dict[str, Any] = field(default_factory=lambda: {"input_tokens": 11, "output_tokens": 5})
    failure: Failure | None = None
    hangs: bool = False
    """Never answers."""
    breaks_at: int | None = None
    """After so many events of a stream, `breaks` happens."""
    breaks: str = "error"
    """`error`: an error event; `cut`: the connection ends; `end`: the stream ends as if nothing
    were wrong; `hang`: nothing more comes."""

    def __post_init__(self) -> None:
        self.requests: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.asked = asyncio.Event()
        self.left = asyncio.Event()
        """A client went before its answer was complete."""

    async def __aenter__(self) -> Self:
        app = web.Application()
        app.router.add_post("/v1/messages", self._answer)
        self._runner = web.AppRunner(app, handler_cancellation=True, shutdown_timeout=0)
        await self._runner.setup()
        site = web.TCPSite(self._runner, HOST, 0)
        await site.start()
        self.url = f"http://{HOST}:{self._runner.addresses[0][1]}"
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._runner.cleanup()

    @property
    def last(self) -> dict[str, Any]:
        """The body of the latest request."""
        return self.requests[-1]

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        body = orjson.loads(await request.read())
        self.requests.append(body)
        self.headers.append({name.lower(): value for name, value in request.headers.items()})
        self.asked.set()
        failure = self.failure or problem(body, self.headers[-1])
        if failure is not None:
            return web.json_response(error(failure), status=failure.status, headers=failure.headers)
        try:
            if self.hangs:
                await asyncio.sleep(60)
            if not body.get("stream"):
                return web.json_response(self._message())
            return await self._stream(request)
        except (asyncio.CancelledError, ConnectionResetError):
            self.left.set()
            raise

    def _message(self) -> dict[str, Any]:
        return {
            "id": "msg_01stand",
            "type": "message",
            "role": "assistant",
            "model": MODEL,
            "content": self.blocks,
            "stop_reason": self.stop_reason,
            "stop_sequence": None,
            "usage": self.usage,
        }

    async def _stream(self, request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"content-type": "text/event-stream"})
        await response.prepare(request)
        for number, event in enumerate(self._events()):
            if number == self.breaks_at:
                return await self._break(request, response)
            await response.write(framed(event))
        await response.write_eof()
        return response

    async def _break(
        self, request: web.Request, response: web.StreamResponse
    ) -> web.StreamResponse:
        if self.breaks == "error":
            await response.write(framed(error(Failure(529, "overloaded_error", "Overloaded"))))
        elif self.breaks == "hang":
            await asyncio.sleep(60)
        elif self.breaks == "cut" and request.transport is not None:
            request.transport.close()
            return response
        await response.write_eof()
        return response

    def _events(self) -> Iterator[dict[str, Any]]:
        usage = {**self.usage, "output_tokens": 1}
        start = {**self._message(), "content": [], "stop_reason": None, "usage": usage}
        yield {"type": "message_start", "message": start}
        for index, block in enumerate(self.blocks):
            yield from block_events(index, block)
            yield {"type": "ping"}
        delta = {"stop_reason": self.stop_reason, "stop_sequence": None}
        yield {"type": "message_delta", "delta": delta, "usage": self.usage}
        yield {"type": "message_stop"}


def text(value: str) -> dict[str, Any]:
    """A block of text."""
    return {"type": "text", "text": value}


def tool_use(id_: str, name: str, **arguments: Any) -> dict[str, Any]:
    """A block that calls a tool."""
    return {"type": "tool_use", "id": id_, "name": name, "input": arguments}


def thinking(value: str) -> dict[str, Any]:
    """A block of thoughts."""
    return {"type": "thinking", "thinking": value, "signature": "c2ln"}


def block_events(index: int, block: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The events of one block, its text in pieces of four characters."""
    empty: dict[str, Any] = {
        "text": {"type": "text", "text": ""},
        "thinking": {"type": "thinking", "thinking": "", "signature": ""},
        "tool_use": {**block, "input": {}},
    }[block["type"]]
    yield {"type": "content_block_start", "index": index, "content_block": empty}
    kind, name, whole = {
        "text": ("text_delta", "text", block.get("text", "")),
        "thinking": ("thinking_delta", "thinking", block.get("thinking", "")),
        "tool_use": ("input_json_delta", "partial_json", orjson.dumps(block.get("input")).decode()),
    }[block["type"]]
    for start in range(0, len(whole), 4):
        delta = {"type": kind, name: whole[start : start + 4]}
        yield {"type": "content_block_delta", "index": index, "delta": delta}
    yield {"type": "content_block_stop", "index": index}


def framed(event: dict[str, Any]) -> bytes:
    """An event with its name."""
    return b"event: %b\ndata: %b\n\n" % (event["type"].encode(), orjson.dumps(event))


def error(failure: Failure) -> dict[str, Any]:
    """The body of an error."""
    return {
        "type": "error",
        "error": {"type": failure.kind, "message": failure.message},
        "request_id": "req_stand",
    }


def problem(body: dict[str, Any], headers: dict[str, str]) -> Failure | None:
    """What the API would refuse in a request."""
    bearer = headers.get("authorization", "").removeprefix("Bearer ")
    if headers.get("x-api-key", bearer) != KEY:
        return Failure(401, "authentication_error", f"invalid x-api-key {KEY}")
    if "anthropic-version" not in headers:
        return _invalid("anthropic-version: header is required")
    return _field_problem(body) or next(
        (found for turn in body["messages"] if (found := _turn_problem(turn))), None
    )


def _field_problem(body: dict[str, Any]) -> Failure | None:
    if extra := sorted(set(body) - _FIELDS):
        return _invalid(f"{extra[0]}: Extra inputs are not permitted")
    if not isinstance(body.get("max_tokens"), int) or body["max_tokens"] < 1:
        return _invalid("max_tokens: Field required")
    if not 0 <= body.get("temperature", 1) <= 1:
        return _invalid("temperature: range: 0..1")
    if not body.get("messages"):
        return _invalid("messages: at least one message is required")
    return None


def _turn_problem(turn: dict[str, Any]) -> Failure | None:
    allowed = _BLOCKS.get(turn["role"])
    if allowed is None:
        return _invalid(f"messages: unexpected role {turn['role']}")
    content = turn["content"]
    if not content:
        return _invalid("messages: all messages must have non-empty content")
    for block in content if isinstance(content, list) else ():
        if block["type"] not in allowed:
            return _invalid(f"messages: {block['type']} is not allowed in {turn['role']}")
        id_ = block.get("id") or block.get("tool_use_id") or "fine"
        if not _TOOL_ID.fullmatch(id_):
            return _invalid(f"messages: {id_} does not match {_TOOL_ID.pattern}")
    return None


def _invalid(message: str) -> Failure:
    return Failure(400, "invalid_request_error", message)
