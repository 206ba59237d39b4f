"""A request of OpenAI's API in the terms of LangChain's ChatAnthropic.

Nothing is lost without a word: what Anthropic's API has nothing for is refused. Two things have no
counterpart and only advise: `detail` of an image and `name` of a tool's answer; they are left out.
Anthropic needs `max_tokens`: without one, LangChain takes the most that the model can give.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from langchain_core.messages import AIMessage, BaseMessage, SystemMessage

from service.providers.langchain_failures import unsupported
from service.providers.langchain_messages import text_of, to_langchain

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

SUPPORTED = frozenset(
    {
        "max_completion_tokens",
        "max_tokens",
        "messages",
        "model",
        "parallel_tool_calls",
        "reasoning_effort",
        "response_format",
        "stop",
        "stream",
        "stream_options",
        "temperature",
        "tool_choice",
        "tools",
        "top_p",
        "user",
    }
)
"""The fields of a request that can be honoured. Of some, not every value can."""

EFFORTS = ("low", "medium", "high", "xhigh", "max")

_PARTS = {
    "assistant": frozenset({"text", "refusal"}),
    "developer": frozenset({"text"}),
    "system": frozenset({"text"}),
    "tool": frozenset({"text", "image_url"}),
    "user": frozenset({"text", "image_url", "file"}),
}
"""The types of parts that a message of each role may have."""


def conversation(
    messages: Iterable[dict[str, Any]], *, keeps_places: bool, drop: bool
) -> list[BaseMessage]:
    """The messages. Instructions come first unless the model takes them anywhere.

    `drop` leaves names out that cannot be sent. Raises UpstreamError (400).
    """
    made = [
        _message(message, f"messages[{index}]", drop=drop) for index, message in enumerate(messages)
    ]
    if keeps_places:
        return made
    return sorted(made, key=lambda message: not isinstance(message, SystemMessage))


def arguments(body: Mapping[str, Any], *, drop: bool) -> tuple[list[str] | None, dict[str, Any]]:
    """The stop sequences and the other arguments. `drop` leaves values out that have none."""
    given = {name: value for name, value in body.items() if value is not None}
    made: dict[str, Any] = {
        name: value for name, value in given.items() if name in {"temperature", "top_p"}
    }
    limit = given.get("max_completion_tokens", given.get("max_tokens"))
    if limit is not None:
        made["max_tokens"] = limit
    if "user" in given:
        # `metadata` alone would be LangChain's own.
        made["extra_body"] = {"metadata": {"user_id": given["user"]}}
    if given.get("tools"):
        made["tools"] = [_tool(tool, index) for index, tool in enumerate(given["tools"])]
    if choice := _tool_choice(given):
        made["tool_choice"] = choice
    for name, value in (("reasoning_effort", _effort), ("response_format", _format)):
        if name in given and (made_of := value(given[name], drop=drop)) is not None:
            made[name] = made_of
    stop = given.get("stop")
    return [stop] if isinstance(stop, str) else stop, made


def _message(message: dict[str, Any], where: str, *, drop: bool) -> BaseMessage:
    role = message.get("role")
    allowed = _PARTS.get(str(role))
    if allowed is None:
        raise unsupported(f"{where} has the role {role!r}, which this model does not know.", where)
    if message.get("name") is not None and role != "tool" and not drop:
        raise unsupported(f"{where} has a name, which this model does not take.", f"{where}.name")
    content = message.get("content")
    for position, part in enumerate(content if isinstance(content, list) else ()):
        _check_part(part, allowed, f"{where}.content[{position}]")
    made = to_langchain(message)
    if isinstance(made, AIMessage):
        return _assistant(message, made, where)
    return made


def _assistant(message: dict[str, Any], made: AIMessage, where: str) -> AIMessage:
    """An earlier answer. Anthropic has no words for a refusal: its text is what was said."""
    for name in ("audio", "function_call"):
        if message.get(name):
            raise unsupported(f"{where}.{name} cannot be sent to this model.", f"{where}.{name}")
    if len(made.tool_calls) < len(message.get("tool_calls") or ()):
        raise unsupported(
            f"{where}.tool_calls must be functions whose arguments are JSON objects.",
            f"{where}.tool_calls",
        )
    refusal = message.get("refusal")
    if isinstance(made.content, list):
        made.content = [_as_text(part) for part in made.content]
    elif not made.content and isinstance(refusal, str):
        made.content = refusal
    return made


def _as_text(part: str | dict[Any, Any]) -> str | dict[Any, Any]:
    if isinstance(part, dict) and part.get("type") == "refusal":
        return {"type": "text", "text": part.get("refusal") or ""}
    return part


def _check_part(part: Any, allowed: frozenset[str], where: str) -> None:
    kind = text_of(part.get("type")) if isinstance(part, dict) else None
    if kind not in allowed:
        raise unsupported(f"{where} is of a type that this model does not take there.", where)
    if kind == "image_url":
        image = part.get("image_url")
        url = image.get("url") if isinstance(image, dict) else None
        if not isinstance(url, str) or not url.startswith(("data:image/", "https://", "http://")):
            raise unsupported(f"{where} must be an image by https or as data.", where)
    if kind == "file":
        file = part.get("file")
        data = file.get("file_data") if isinstance(file, dict) else None
        if not isinstance(data, str) or not data.startswith("data:"):
            raise unsupported(f"{where} must hold the file itself, as data.", where)


def _tool(tool: Any, index: int) -> dict[str, Any]:
    """A function in Anthropic's form.

    Not through `bind_tools`, which leaves tools out that it takes for impossible.
    """
    function = tool.get("function") if isinstance(tool, dict) else None
    if not isinstance(function, dict):
        raise unsupported(f"tools[{index}] is no function.", f"tools[{index}]")
    made = {
        "name": function.get("name"),
        "input_schema": function.get("parameters") or {"type": "object", "properties": {}},
    }
    for name in ("description", "strict"):
        if function.get(name) is not None:
            made[name] = function[name]
    return made


def _tool_choice(given: Mapping[str, Any]) -> dict[str, Any] | None:
    """Which tools may be called, and how many at once; None for the model's own choice."""
    wanted = given.get("tool_choice")
    kinds: dict[str, dict[str, Any]] = {
        "auto": {"type": "auto"},
        "none": {"type": "none"},
        "required": {"type": "any"},
    }
    choice: dict[str, Any] | None = None
    if isinstance(wanted, str) and wanted in kinds:
        choice = kinds[wanted]
    elif isinstance(wanted, dict) and isinstance(wanted.get("function"), dict):
        choice = {"type": "tool", "name": wanted["function"].get("name")}
    elif wanted is not None:
        raise unsupported("This model does not take that tool_choice.", "tool_choice")
    if given.get("parallel_tool_calls") is not False or not given.get("tools"):
        return choice
    choice = choice or {"type": "auto"}
    return choice if choice["type"] == "none" else {**choice, "disable_parallel_tool_use": True}


def _effort(value: Any, *, drop: bool) -> Any:
    if value in EFFORTS:
        return value
    if drop:
        return None
    raise unsupported(
        f"reasoning_effort of this model is one of {', '.join(EFFORTS)}.", "reasoning_effort"
    )


def _format(value: Any, *, drop: bool) -> Any:
    """A JSON schema; a text is what comes anyway. JSON without a schema cannot be asked for."""
    kind = value.get("type") if isinstance(value, dict) else None
    if kind == "text":
        return None
    if kind == "json_schema" and isinstance(value["json_schema"].get("schema"), dict):
        return value
    if drop:
        return None
    raise unsupported(
        "This model takes a response_format of the type text, or json_schema with a schema.",
        "response_format",
    )
