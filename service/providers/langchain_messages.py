"""OpenAI's messages as LangChain's.

LangChain's messages have no room for everything that OpenAI's can hold, and its own conversion
back rewrites some of it. So a message can keep the client's own beside it: as long as nothing,
a callback for example, has changed the message, the client's own is what goes to the provider.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import orjson
from langchain_core.messages import (
    AIMessage,
    ChatMessage,
    FunctionMessage,
    HumanMessage,
    InvalidToolCall,
    SystemMessage,
    ToolCall,
    ToolMessage,
)

if TYPE_CHECKING:
    from langchain_core.messages import BaseMessage

    Content = str | list[str | dict[Any, Any]]

ORIGIN = "openai_message"
"""Key in `additional_kwargs`."""

_AS_THEY_ARE = frozenset({"text", "image_url", "refusal"})
"""Types of parts that LangChain reads as OpenAI writes them."""


class Origin(NamedTuple):
    """The client's message, and what LangChain's began as."""

    message: dict[str, Any]
    content: Content
    tool_calls: list[ToolCall]


def keeping_origin(message: dict[str, Any]) -> BaseMessage:
    """A message for LangChain that keeps the client's own beside it."""
    made = to_langchain(message)
    calls = [call.copy() for call in made.tool_calls] if isinstance(made, AIMessage) else []
    made.additional_kwargs[ORIGIN] = Origin(message, _copy(made.content), calls)
    return made


def original(message: BaseMessage) -> tuple[dict[str, Any] | None, bool]:
    """The client's message, where it was kept, and whether LangChain's is still the same."""
    origin = message.additional_kwargs.get(ORIGIN)
    if not isinstance(origin, Origin):
        return None, False
    same = message.content == origin.content
    if isinstance(message, AIMessage):
        same = same and message.tool_calls == origin.tool_calls
    return origin.message, same


def to_langchain(message: dict[str, Any]) -> BaseMessage:
    """A message for LangChain, with all that LangChain has a field for."""
    role = message.get("role")
    name = text_of(message.get("name"))
    if role == "assistant":
        return AIMessage(name=name, **assistant_fields(message))
    content = _content(message.get("content"))
    if role == "user":
        return HumanMessage(content=content, name=name)
    if role in {"system", "developer"}:
        # This is how langchain-openai tells the two apart.
        more = {"__openai_role__": role} if role == "developer" else {}
        return SystemMessage(content=content, name=name, additional_kwargs=more)
    if role == "tool":
        call = text_of(message.get("tool_call_id")) or ""
        return ToolMessage(content=content, tool_call_id=call, name=name)
    if role == "function":
        return FunctionMessage(content=content, name=name or "")
    return ChatMessage(content=content, role=str(role), name=name)


def assistant_fields(message: dict[str, Any]) -> dict[str, Any]:
    """What an assistant's message becomes in an AIMessage: the arguments of its constructor."""
    more = {
        key: value
        for key in ("refusal", "reasoning_content", "audio", "function_call", "annotations")
        if (value := message.get(key))
    }
    fields: dict[str, Any] = {
        "content": _content(message.get("content")),
        "additional_kwargs": more,
    }
    if calls := message.get("tool_calls"):
        fields["tool_calls"], fields["invalid_tool_calls"] = _tool_calls(calls)
    return fields


def _tool_calls(calls: Any) -> tuple[list[ToolCall], list[InvalidToolCall]]:
    """Calls whose arguments are a JSON object, and the others."""
    good: list[ToolCall] = []
    bad: list[InvalidToolCall] = []
    for call in calls if isinstance(calls, list) else ():
        function = call.get("function") if isinstance(call, dict) else None
        if not isinstance(function, dict):
            continue
        id_, name = text_of(call.get("id")), text_of(function.get("name")) or ""
        text = function.get("arguments")
        arguments = _object(text)
        if arguments is None:
            bad.append(
                InvalidToolCall(
                    name=name, args=text_of(text), id=id_, error=None, type="invalid_tool_call"
                )
            )
        else:
            good.append(ToolCall(name=name, args=arguments, id=id_, type="tool_call"))
    return good, bad


def _object(text: Any) -> dict[str, Any] | None:
    """The arguments of a call; none at all are written as an empty text by some."""
    if text == "":
        return {}
    try:
        value = orjson.loads(text)
    except (orjson.JSONDecodeError, TypeError):
        return None
    return value if isinstance(value, dict) else None


def _content(value: Any) -> Content:
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return [_part(part) for part in value]
    return ""


def _part(part: Any) -> str | dict[Any, Any]:
    """A part of a message as LangChain's standard content has it.

    What it does not know is wrapped as its `non_standard`: unwrapped, a part that resembles one of
    LangChain's own would be taken for one.
    """
    if isinstance(part, str):
        return part
    if isinstance(part, dict):
        kind = text_of(part.get("type"))
        if kind in _AS_THEY_ARE:
            return part
        known = _audio(part) if kind == "input_audio" else None
        known = _file(part) if kind == "file" else known
        if known is not None:
            return known
    return {"type": "non_standard", "value": part}


def _audio(part: dict[Any, Any]) -> dict[Any, Any] | None:
    audio = part.get("input_audio")
    if not isinstance(audio, dict) or not isinstance(audio.get("data"), str):
        return None
    return {"type": "audio", "base64": audio["data"], "mime_type": f"audio/{audio.get('format')}"}


def _file(part: dict[Any, Any]) -> dict[Any, Any] | None:
    file = part.get("file")
    data = file.get("file_data") if isinstance(file, dict) else None
    if not isinstance(data, str) or not data.startswith("data:"):
        return None
    kind, separator, encoded = data[5:].partition(";base64,")
    if not separator:
        return None
    return {"type": "file", "base64": encoded, "mime_type": kind}


def _copy(content: Content) -> Content:
    """A copy that does not change with the parts of a message."""
    if isinstance(content, str):
        return content
    return [part.copy() if isinstance(part, dict) else part for part in content]


def text_of(value: Any) -> str | None:
    """A text; None for anything else."""
    return value if isinstance(value, str) else None
