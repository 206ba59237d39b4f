"""LangChain's messages as answers of OpenAI's API, whole and in pieces."""

from __future__ import annotations

from time import time
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import orjson
from langchain_core.messages import AIMessageChunk
from langchain_core.messages.ai import add_usage

from service.chat.events import DONE, framed
from service.providers import langchain_usage

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from langchain_core.messages import AIMessage
    from langchain_core.messages.ai import UsageMetadata

    from service.providers.base import Call

_FINISH = {
    "content_filter": "content_filter",
    "length": "length",
    "max_tokens": "length",
    "model_context_window_exceeded": "length",
    "recitation": "content_filter",
    "refusal": "content_filter",
    "safety": "content_filter",
    "tool_calls": "tool_calls",
    "tool_use": "tool_calls",
}
"""Why an answer ended, as providers say it, in OpenAI's words. All else is `stop`."""


def completion(message: AIMessage, call: Call) -> bytes:
    """A whole answer as a `chat.completion` object. Its tokens are written down in `call`."""
    metadata = message.response_metadata
    choice = {
        "index": 0,
        "message": {"role": "assistant", "refusal": None, **said(message)},
        "logprobs": None,
        "finish_reason": finish_reason(metadata, calls=bool(message.tool_calls)),
    }
    return orjson.dumps(
        {
            **_head("chat.completion"),
            "model": model_name(metadata) or _asked_for(call),
            "choices": [choice],
            "usage": langchain_usage.to_openai(message.usage_metadata, call.usage),
        }
    )


def said(message: AIMessage) -> dict[str, Any]:
    """What a message says, as the fields `content` and `tool_calls`."""
    calls = [
        _call(call["id"], call["name"], orjson.dumps(call["args"]).decode())
        for call in message.tool_calls
    ]
    calls += [
        _call(call.get("id"), call.get("name"), call.get("args") or "")
        for call in message.invalid_tool_calls
    ]
    text = str(message.text)
    if not calls:
        return {"content": text}
    return {"content": text or None, "tool_calls": calls}


def finish_reason(metadata: Mapping[str, Any], *, calls: bool) -> str:
    """Why an answer ended, in OpenAI's words. `calls` says whether tools are called in it."""
    reason = _FINISH.get(ended(metadata).lower(), "stop")
    return "tool_calls" if calls and reason == "stop" else reason


def ended(metadata: Mapping[str, Any]) -> str:
    """Why an answer ended, in the provider's words; "" while it has not."""
    for name in ("finish_reason", "stop_reason", "done_reason"):
        if isinstance(reason := metadata.get(name), str):
            return reason
    return ""


def model_name(metadata: Mapping[str, Any]) -> str:
    """The model that answered, where the provider says so."""
    name = metadata.get("model_name") or metadata.get("model")
    return name if isinstance(name, str) else ""


class EventWriter:
    """Writes the pieces of one answer as `chat.completion.chunk` events."""

    def __init__(self, call: Call) -> None:
        self._call = call
        self._head = {**_head("chat.completion.chunk"), "model": _asked_for(call)}
        self._calls: dict[Any, int] = {}
        self._begun = False
        self._metadata: dict[str, Any] = {}
        self._counted: UsageMetadata | None = None
        self.characters = 0
        """How long the answer is so far."""

    @property
    def ended(self) -> bool:
        """Whether the model has said why it ended."""
        return bool(ended(self._metadata))

    def events(self, piece: AIMessage) -> bytes:
        """The events of a piece; empty for one that holds nothing that a client sees."""
        self._note(piece)
        deltas: list[dict[str, Any]] = []
        if not self._begun:
            self._begun = True
            deltas.append({"role": "assistant", "content": "", "refusal": None})
        if text := str(piece.text):
            deltas.append({"content": text})
            self.characters += len(text)
        deltas += [{"tool_calls": [call]} for call in self._call_deltas(piece)]
        return b"".join(self._event([_choice(delta)]) for delta in deltas)

    def last_events(self) -> bytes:
        """The events after the last piece."""
        reason = finish_reason(self._metadata, calls=bool(self._calls))
        events = [self._event([_choice({}, reason)])]
        usage = langchain_usage.to_openai(self._counted, self._call.usage)
        if self._call.request.include_usage:
            events.append(self._event([], usage))
        return b"".join((*events, framed(DONE)))

    @property
    def counted(self) -> bool:
        """Whether the model has counted its tokens."""
        return self._counted is not None

    def _note(self, piece: AIMessage) -> None:
        """What a piece says about the answer as a whole."""
        if piece.usage_metadata is not None:
            self._counted = add_usage(self._counted, piece.usage_metadata)
        if piece.response_metadata:
            self._metadata.update(piece.response_metadata)
            self._head["model"] = model_name(self._metadata) or self._head["model"]

    def _call_deltas(self, piece: AIMessage) -> Iterable[dict[str, Any]]:
        if isinstance(piece, AIMessageChunk):
            for chunk in piece.tool_call_chunks:
                yield self._call_delta(chunk)
            return
        # A model that cannot stream gives one whole message.
        for call in said(piece).get("tool_calls", ()):
            position = self._calls.setdefault(call["id"], len(self._calls))
            yield {"index": position, **call}

    def _call_delta(self, chunk: Mapping[str, Any]) -> dict[str, Any]:
        """A piece of a call. The first of each has its id and name, and only that one."""
        key, arguments = chunk.get("index"), chunk.get("args") or ""
        self.characters += len(arguments)
        if key is None:
            # Without a number, a name begins the next call.
            begins = bool(chunk.get("name")) or not self._calls
            key = ("call", len(self._calls) - (0 if begins else 1))
        if key not in self._calls:
            position = self._calls[key] = len(self._calls)
            return {"index": position, **_call(chunk.get("id"), chunk.get("name"), arguments)}
        return {"index": self._calls[key], "function": {"arguments": arguments}}

    def _event(self, choices: list[dict[str, Any]], usage: dict[str, Any] | None = None) -> bytes:
        chunk = {**self._head, "choices": choices}
        if self._call.request.include_usage:
            chunk["usage"] = usage
        return framed(orjson.dumps(chunk))


def _choice(delta: dict[str, Any], reason: str | None = None) -> dict[str, Any]:
    return {"index": 0, "delta": delta, "logprobs": None, "finish_reason": reason}


def _call(id_: str | None, name: str | None, arguments: str) -> dict[str, Any]:
    """A tool call. Clients refer to its id, so it gets one where the model gave none."""
    return {
        "id": id_ or f"call_{uuid4().hex}",
        "type": "function",
        "function": {"name": name or "", "arguments": arguments},
    }


def _head(kind: str) -> dict[str, Any]:
    return {"id": f"chatcmpl-{uuid4().hex}", "object": kind, "created": int(time())}


def _asked_for(call: Call) -> str:
    """The model by the client's own name for it: the provider's may be the path of a factory."""
    return str(call.request.body.get("model") or call.model)
