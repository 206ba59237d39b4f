"""The messages of a chat completion request: their roles, contents, parts and tool calls."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from service.chat.checks import (
    Check,
    check_length,
    check_required,
    fields,
    listed,
    record,
    text,
    variants,
    word,
)
from service.chat.document import MISSING, wrong_type, wrong_value
from service.errors import TooLarge

if TYPE_CHECKING:
    from service.chat.request import Limits

ROLES = ("system", "developer", "user", "assistant", "tool", "function")
PLAIN_ROLES = frozenset({"system", "developer", "user", "assistant"})
"""Who may say a string and nothing else."""

IN_PLACE_OF_CONTENT = ("tool_calls", "function_call", "refusal", "audio")
"""What an assistant's message may hold when it has no text."""

URL_SCHEMES = ("http://", "https://", "data:image/")
LONGEST_SCHEME = max(map(len, URL_SCHEMES))
PARTS = "a string or a list of parts"


def check_messages(messages: Any, limits: Limits) -> None:
    """Check a conversation. Raises BadRequest, and TooLarge for too many or large images."""
    if type(messages) is not list:
        raise wrong_type("messages", "a list of at least one message", messages)
    count = len(messages)
    check_length(messages, "messages", 1, None)
    if count > limits.messages:
        raise TooLarge(
            f"messages must hold at most {limits.messages}, got {count}.",
            code="too_many_messages",
            param="messages",
        )
    for index, message in enumerate(messages):
        # Most messages are a role and a string. What is not is looked at closely.
        if (
            type(message) is dict
            and len(message) == 2
            and type(message.get("content")) is str
            and type(role := message.get("role")) is str
            and role in PLAIN_ROLES
        ):
            continue
        _check_message(message, f"messages[{index}]", limits)


def _check_message(message: Any, where: str, limits: Limits) -> None:
    record(message, where)
    check_required(message, where, "role", _role)
    role = message["role"]
    content = message.get("content", MISSING)
    if type(content) is list:
        _check_parts(content, f"{where}.content", limits)
    elif type(content) is not str and not _may_be_silent(message, content):
        raise wrong_type(f"{where}.content", PARTS, content)
    for field, check in REQUIRED[role].items():
        check_required(message, where, field, check)
    for field, value in message.items():
        if value is not None and field in OPTIONAL:
            OPTIONAL[field](value, f"{where}.{field}")


def _may_be_silent(message: dict[str, Any], content: Any) -> bool:
    """Whether a message needs no content, because it holds something else."""
    if content is not None and content is not MISSING:
        return False
    if message["role"] == "function":
        return content is None
    return message["role"] == "assistant" and any(
        message.get(field) is not None for field in IN_PLACE_OF_CONTENT
    )


def _check_parts(parts: list[Any], where: str, limits: Limits) -> None:
    check_length(parts, where, 1, None)
    for index, part in enumerate(parts):
        place = f"{where}[{index}]"
        _part(part, place)
        if part["type"] == "image_url":
            _check_size(part["image_url"]["url"], f"{place}.image_url", limits.image_bytes)


def _image_address(value: Any, where: str) -> None:
    text(value, where)
    if not value[:LONGEST_SCHEME].lower().startswith(URL_SCHEMES):
        raise wrong_value(where, "an http:, https: or data:image/ URL", "another string")


def _check_size(url: str, where: str, limit: int) -> None:
    """Refuse an image in the request that is too large. Its size is known without decoding it."""
    if len(url) <= limit or url[:5].lower() != "data:":
        return
    comma = url.find(",")
    size = len(url) - comma - 1
    if url[:comma].lower().endswith(";base64"):
        size = size * 3 // 4 - url.count("=", len(url) - 2)
    if size > limit:
        raise TooLarge(
            f"{where} must hold an image of at most {limit} bytes, got {size}.",
            code="image_too_large",
            param=where,
        )


_role = word(*ROLES)
_called = fields({"name": text, "arguments": text}, {})
_part = variants(
    {
        "text": fields({"text": text}, {}),
        "refusal": fields({"refusal": text}, {}),
        "image_url": fields({"image_url": fields({"url": _image_address}, {"detail": text})}, {}),
        "input_audio": fields({"input_audio": fields({"data": text, "format": text}, {})}, {}),
        "file": fields({"file": record}, {}),
    }
)
_tool_call = variants({"function": fields({"id": text, "function": _called}, {})})

OPTIONAL: dict[str, Check] = {
    "name": text,
    "refusal": text,
    "audio": record,
    "tool_calls": listed(_tool_call, 1),
    "function_call": _called,
}
REQUIRED: dict[str, dict[str, Check]] = {
    **{role: {} for role in ROLES},
    "tool": {"tool_call_id": text},
    "function": {"name": text},
}
