"""The built-in provider: `builtin:echo` says what it was told, without a network or a key.

It is for trying things out and for tests: it is deterministic, understands what real models do
(tools, JSON schemas, images, limits) just well enough, and is refused in production.
`builtin:echo-slow` says a word every 20 ms.
"""

from __future__ import annotations

import asyncio
from time import time
from typing import TYPE_CHECKING, Any

import orjson

from service.chat.events import DONE, framed
from service.errors import BadRequest
from service.providers import echo_vectors
from service.providers.echo_reply import Reply, count, count_input, reply

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Iterator

    from service.providers.base import Call

SECONDS_A_WORD = {"echo": 0.0, "echo-slow": 0.02}

SUPPORTED = frozenset(
    {
        "frequency_penalty",
        "max_completion_tokens",
        "max_tokens",
        "metadata",
        "n",
        "parallel_tool_calls",
        "presence_penalty",
        "reasoning_effort",
        "response_format",
        "seed",
        "service_tier",
        "stop",
        "temperature",
        "tool_choice",
        "tools",
        "top_p",
        "user",
    }
)
"""What it honours, and what makes no difference to somebody who always says the same."""

ARGUMENTS_A_PIECE = 16
"""Characters of a tool's arguments in one piece of a stream."""


class EchoProvider:
    """Says what it was told. It fails only for tools that are no functions."""

    name = "builtin"
    takes_bytes = False
    supported: frozenset[str] | None = SUPPORTED

    async def complete(self, call: Call) -> bytes:
        """The whole answer, after as long as it would take to say it."""
        said = _counted(call)
        await asyncio.sleep(SECONDS_A_WORD.get(call.model, 0.0) * said.tokens)
        message: dict[str, Any] = {"role": "assistant", "content": said.text, "refusal": None}
        if said.calls:
            message |= {"content": None, "tool_calls": said.calls}
        ending = {"logprobs": None, "finish_reason": said.finish_reason}
        choices = [
            {"index": index, "message": message, **ending} for index in range(_choices(call))
        ]
        answer = _head(call, "chat.completion")
        return orjson.dumps({**answer, "choices": choices, "usage": _usage(call)})

    async def stream(self, call: Call) -> AsyncGenerator[bytes, None]:
        """The answer word by word, that of each choice in turn."""
        said = _counted(call)
        head = _head(call, "chat.completion.chunk")
        if call.request.include_usage:
            head["usage"] = None
        pause = SECONDS_A_WORD.get(call.model, 0.0)
        for delta, finish_reason in _deltas(said):
            await asyncio.sleep(pause)
            choice = {"delta": delta, "logprobs": None, "finish_reason": finish_reason}
            chunks = (
                {**head, "choices": [{"index": index, **choice}]} for index in range(_choices(call))
            )
            yield b"".join(framed(orjson.dumps(chunk)) for chunk in chunks)
        last = framed(DONE)
        if call.request.include_usage:
            last = framed(orjson.dumps({**head, "choices": [], "usage": _usage(call)})) + last
        yield last

    async def embed(self, call: Call) -> bytes:
        """A vector of length 1 for each input. Raises BadRequest for very long ones."""
        body = call.body
        dimensions = body.get("dimensions") or echo_vectors.DIMENSIONS
        if dimensions > echo_vectors.MOST_DIMENSIONS:
            raise BadRequest(
                f"dimensions must be at most {echo_vectors.MOST_DIMENSIONS} for this model.",
                code="invalid_value",
                param="dimensions",
            )
        texts = echo_vectors.inputs(body["input"])
        vectors: list[Any] = [echo_vectors.vector(text, dimensions) for text in texts]
        if body.get("encoding_format") == "base64":
            vectors = [echo_vectors.encoded(vector) for vector in vectors]
        data = [
            {"object": "embedding", "index": index, "embedding": vector}
            for index, vector in enumerate(vectors)
        ]
        tokens = sum(map(count, texts))
        usage = {"prompt_tokens": tokens, "total_tokens": tokens}
        return orjson.dumps({"object": "list", "data": data, "model": call.model, "usage": usage})

    def missing(self) -> str | None:
        """It needs nothing."""
        return None

    async def close(self) -> None:
        """It holds nothing."""


def _counted(call: Call) -> Reply:
    """The answer, its tokens written down."""
    said = reply(call.body)
    call.usage.input_tokens = count_input(call.body["messages"])
    call.usage.output_tokens = said.tokens * _choices(call)
    return said


def _choices(call: Call) -> int:
    return call.body.get("n") or 1


def _deltas(said: Reply) -> Iterator[tuple[dict[str, Any], str | None]]:
    """What each piece of a stream adds, and why the answer ended with it."""
    yield {"role": "assistant", "content": None if said.calls else "", "refusal": None}, None
    for word in said.words:
        yield {"content": word}, None
    for index, called in enumerate(said.calls):
        name, arguments = called["function"]["name"], called["function"]["arguments"]
        opening = {**called, "function": {"name": name, "arguments": ""}}
        yield {"tool_calls": [{"index": index, **opening}]}, None
        for start in range(0, len(arguments), ARGUMENTS_A_PIECE):
            piece = {"arguments": arguments[start : start + ARGUMENTS_A_PIECE]}
            yield {"tool_calls": [{"index": index, "function": piece}]}, None
    yield {}, said.finish_reason


def _head(call: Call, kind: str) -> dict[str, Any]:
    return {
        "id": f"chatcmpl-{call.request_id}",
        "object": kind,
        "created": int(time()),
        "model": call.model,
    }


def _usage(call: Call) -> dict[str, int]:
    usage = call.usage
    return {
        "prompt_tokens": usage.input_tokens,
        "completion_tokens": usage.output_tokens,
        "total_tokens": usage.total,
    }
