"""What the built-in provider says to a request: always the same to the same request."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import orjson

from service.errors import UpstreamError
from service.providers.echo_schema import instance

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

WORD = re.compile(r"\s+\S*|\S+")
NUMBER = re.compile(r"(?<![\w.])-?\d{1,15}(?:\.\d{1,9})?(?!\w)")
ASKS_FOR_A_TOOL = re.compile(
    r"\b(?:use|call|run)\b.{0,40}\b(?:tool|function)s?\b", re.IGNORECASE | re.DOTALL
)
RESULTS = frozenset({"tool", "function"})
COUNTED = {"image_url": "image", "input_audio": "recording", "file": "file"}
"""What is not repeated but counted."""


@dataclass(slots=True)
class Reply:
    """An answer: words that make up its text when put together, or calls of tools."""

    words: list[str] = field(default_factory=list)
    calls: list[dict[str, Any]] = field(default_factory=list)
    finish_reason: str = "stop"

    @property
    def text(self) -> str:
        """All that is said."""
        return "".join(self.words)

    @property
    def tokens(self) -> int:
        """A word is a token, here."""
        called = (call["function"] for call in self.calls)
        spoken = (f"{function['name']} {function['arguments']}" for function in called)
        return len(self.words) + sum(count(text) for text in spoken)


def reply(body: Mapping[str, Any]) -> Reply:
    """The answer to a request. Raises UpstreamError (400) for tools that are not functions.

    Tools are called when that is required, when the last message asks for it or names one, and
    not again after they have answered. Their arguments, like a JSON answer, are made from the
    schema, and from the numbers of the last message where there is room for a number.
    """
    messages = body["messages"]
    asked = _asked(messages)
    if messages[-1]["role"] not in RESULTS:
        tools = _called(body, asked)
        if tools:
            calls = [_call(tool, asked, len(messages), index) for index, tool in enumerate(tools)]
            return Reply(calls=calls, finish_reason="tool_calls")
    return _limited(_said(body, asked), body)


def count(text: str) -> int:
    """How many words there are in a text."""
    return len(text.split())


def count_input(messages: list[dict[str, Any]]) -> int:
    """How many words there are in a conversation; whatever is no text counts as one."""
    counted = 0
    for message in messages:
        for part in _parts(message):
            counted += count(part["text"]) if part["type"] == "text" else 1
        for call in message.get("tool_calls") or ():
            counted += count(orjson.dumps(call).decode())
    return counted


def _asked(messages: list[dict[str, Any]]) -> str:
    """What the answer repeats: the results of tools, or what was said last by a user, or at all."""
    if messages[-1]["role"] in RESULTS:
        results = []
        for message in reversed(messages):
            if message["role"] not in RESULTS:
                break
            results.append(_shown(message))
        return ", ".join(reversed(results))
    users = [message for message in messages if message["role"] == "user"]
    return _shown((users or messages)[-1])


def _shown(message: dict[str, Any]) -> str:
    """A message's text, and how many images and the like it has."""
    parts = _parts(message)
    shown = ["\n".join(part["text"] for part in parts if part["type"] == "text")]
    kinds = [part["type"] for part in parts]
    for kind, word in COUNTED.items():
        if number := kinds.count(kind):
            shown.append(f"({number} {word}{'s' if number > 1 else ''})")
    return " ".join(filter(None, shown))


def _parts(message: dict[str, Any]) -> list[dict[str, Any]]:
    content = message.get("content")
    if isinstance(content, list):
        return content
    return [{"type": "text", "text": content}] if content else []


def _called(body: Mapping[str, Any], asked: str) -> list[dict[str, Any]]:
    """The functions that are to be called."""
    choice = body.get("tool_choice")
    functions = [tool["function"] for tool in body.get("tools") or () if tool["type"] == "function"]
    if choice == "none" or not (functions or choice):
        return []
    if isinstance(choice, dict) and choice["type"] == "function":
        wanted = choice["function"]["name"]
        return [function for function in functions if function["name"] == wanted][:1]
    if choice not in (None, "auto") and (isinstance(choice, dict) or not functions):
        raise UpstreamError(
            400,
            "The built-in model calls tools of the type function alone.",
            code="unsupported_value",
            param="tool_choice",
            kind="invalid_request_error",
        )
    named = [function for function in functions if _names(asked, function["name"])]
    if named:
        return named[:1] if body.get("parallel_tool_calls") is False else named
    wanted = choice == "required" or ASKS_FOR_A_TOOL.search(asked) is not None
    return functions[:1] if wanted else []


def _names(text: str, name: str) -> bool:
    return re.search(rf"(?<![\w.-]){re.escape(name)}(?![\w-])", text) is not None


def _call(function: dict[str, Any], asked: str, turn: int, index: int) -> dict[str, Any]:
    schema = function.get("parameters") or {"type": "object"}
    return {
        # Unlike every other one in the conversation.
        "id": f"call_echo_{turn}_{index}",
        "type": "function",
        "function": {
            "name": function["name"],
            "arguments": _json(instance(schema, _numbers(asked))),
        },
    }


def _said(body: Mapping[str, Any], asked: str) -> str:
    wanted = body.get("response_format") or {"type": "text"}
    if wanted["type"] == "text":
        return f"echo: {asked}"
    schema = wanted["json_schema"].get("schema") if wanted["type"] == "json_schema" else None
    return _json({"echo": asked} if schema is None else instance(schema, _numbers(asked)))


def _numbers(text: str) -> Iterator[float]:
    for found in NUMBER.finditer(text):
        yield float(found[0]) if "." in found[0] else int(found[0])


def _json(value: Any) -> str:
    try:
        return orjson.dumps(value).decode()
    except orjson.JSONEncodeError:
        raise UpstreamError(
            400,
            "The built-in model cannot make a value of this schema: it is nested too deeply.",
            code="unsupported_value",
            kind="invalid_request_error",
        ) from None


def _limited(text: str, body: Mapping[str, Any]) -> Reply:
    """The answer up to where the request wants it to end."""
    stops = body.get("stop") or ()
    for stop in [stops] if isinstance(stops, str) else stops:
        if stop:
            text = text.partition(stop)[0]
    words = WORD.findall(text)
    limits = [body.get("max_tokens"), body.get("max_completion_tokens")]
    limit = min((limit for limit in limits if limit is not None), default=len(words))
    if len(words) > limit:
        return Reply(words=words[:limit], finish_reason="length")
    return Reply(words=words)
