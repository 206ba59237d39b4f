"""OpenAI's API, and what speaks it, through LangChain."""

from __future__ import annotations

from contextlib import aclosing
from functools import lru_cache
from typing import TYPE_CHECKING, Any, cast

import orjson

from service.chat.events import DONE, framed, read_usage, without_usage
from service.providers.langchain_answers import completion, said
from service.providers.langchain_chat import LangChainProvider
from service.providers.langchain_messages import keeping_origin
from service.providers.langchain_wire import AnswerMessage, AnswerPiece, WireChatOpenAI
from service.providers.openai_answers import embeddings

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from langchain_core.messages import AIMessageChunk, BaseMessage
    from langchain_core.outputs import ChatGeneration, LLMResult

    from service.providers.base import Call
    from service.providers.langchain_wire import Event
    from service.upstream.wire import Wire

MODELS = 64
"""How many model objects are kept for one provider."""

_SEEN = frozenset(
    {
        "frequency_penalty",
        "logit_bias",
        "logprobs",
        "max_completion_tokens",
        "max_tokens",
        "n",
        "parallel_tool_calls",
        "presence_penalty",
        "reasoning_effort",
        "response_format",
        "seed",
        "service_tier",
        "temperature",
        "tool_choice",
        "tools",
        "top_logprobs",
        "top_p",
        "user",
    }
)
"""Fields that callbacks see as LangChain's own parameters.

All others travel in `extra_body`, because their names may mean something else to LangChain:
`metadata`, `tags` and `callbacks` are settings of a run.
"""


def openai_provider(name: str, wire: Wire, missing_key: str | None = None) -> LangChainProvider:
    """A provider over an endpoint that speaks OpenAI's API."""
    return LangChainProvider(name, OpenAIDialect(wire), missing_key)


class OpenAIDialect:
    """Sends what the client sent and gives back what the provider answered."""

    supported: frozenset[str] | None = None

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self._model = lru_cache(MODELS)(lambda name: WireChatOpenAI.over(wire, name))

    async def answer(self, call: Call) -> bytes:
        """The provider's answer, with all its choices."""
        stop, arguments = _arguments(call)
        model = self._model(call.model)
        result = await model.agenerate([_messages(call)], stop=stop, **arguments)
        return _written(result, call)

    async def events(self, call: Call) -> AsyncGenerator[bytes, None]:
        """The provider's events, those that arrived together as one item."""
        stop, arguments = _arguments(call)
        model = self._model(call.model)
        call.usage.estimated = True
        waiting: list[bytes] = []
        async with aclosing(model.astream(_messages(call), stop=stop, **arguments)) as pieces:  # type: ignore[type-var]  # a generator
            async for piece in pieces:
                event = piece.take() if isinstance(piece, AnswerPiece) else None
                if event is None:
                    # LangChain's own last piece, which has nothing in it.
                    continue
                shown = _shown(event, piece, call)
                if shown is not None:
                    waiting.append(framed(shown))
                if waiting and not event.waits:
                    yield b"".join(waiting)
                    waiting.clear()
        waiting.append(framed(DONE))
        yield b"".join(waiting)

    async def embed(self, call: Call) -> bytes:
        """The provider's embeddings, untouched."""
        return await embeddings(self._wire, call)

    async def close(self) -> None:
        """The connections belong to the session."""


def _messages(call: Call) -> list[BaseMessage]:
    return [keeping_origin(message) for message in call.body["messages"]]


def _arguments(call: Call) -> tuple[list[str] | None, dict[str, Any]]:
    """The stop sequences and the other arguments for LangChain."""
    arguments: dict[str, Any] = {}
    rest: dict[str, Any] = {}
    stop = None
    for name, value in call.body.items():
        if name in _SEEN:
            arguments[name] = value
        elif name == "stop" and isinstance(value, list):
            stop = value
        elif name not in {"messages", "model"}:
            rest[name] = value
    if rest:
        arguments["extra_body"] = rest
    if call.trace_headers:
        arguments["extra_headers"] = dict(call.trace_headers)
    return stop, arguments


def _written(result: LLMResult, call: Call) -> bytes:
    """The provider's answer; where something has changed a message, with the change."""
    generations = cast("list[ChatGeneration]", result.generations[0])
    messages = [cast("AnswerMessage", generation.message) for generation in generations]
    answer = messages[0].answer if isinstance(messages[0], AnswerMessage) else None
    if answer is None:
        # A callback had LangChain stream the answer and put it together again.
        return completion(messages[0], call)
    read_usage(answer.document.get("usage"), call.usage)
    if all(message.unchanged for message in messages):
        return answer.raw
    choices = [
        {**choice, "message": {**choice["message"], **said(message)}}
        for choice, message in zip(answer.document["choices"], messages, strict=True)
    ]
    return orjson.dumps({**answer.document, "choices": choices})


def _shown(event: Event, piece: AIMessageChunk, call: Call) -> bytes | None:
    """An event as the client gets to see it, None for one that it does not; counts its tokens."""
    data, chunk = event.data, event.chunk
    if call.usage.estimated:
        call.usage.output_tokens += 1
    if piece.content != event.content:
        chunk["choices"][0]["delta"]["content"] = piece.text
        data = orjson.dumps(chunk)
    if "usage" not in chunk:
        return data
    read_usage(chunk["usage"], call.usage)
    return data if call.request.include_usage else without_usage(data, chunk)
