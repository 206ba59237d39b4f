"""The messages of a request: what is wrong is named by its place, what is too large measured."""

from __future__ import annotations

from typing import Any

import pytest

from service.chat.request import Limits
from service.errors import TooLarge
from tests.service.chat.sent import CALL, HELLO, body, image, read, refused

ROLES = "one of system, developer, user, assistant, tool, function"
CONTENT = "a string or a list of parts"
ADDRESS = "an http:, https: or data:image/ URL"

MESSAGE_ERRORS: list[tuple[Any, str, str]] = [
    (7, "messages[0]", "an object, got a number."),
    ({}, "messages[0].role", f"{ROLES}, got nothing."),
    ({"role": 7}, "messages[0].role", f"{ROLES}, got a number."),
    ({"role": "owner", "content": ""}, "messages[0].role", f"{ROLES}, got another string."),
    ({"role": ["user"], "content": ""}, "messages[0].role", f"{ROLES}, got a list."),
    ({"role": "user"}, "messages[0].content", f"{CONTENT}, got nothing."),
    ({"role": "user", "content": None}, "messages[0].content", f"{CONTENT}, got null."),
    ({"role": "assistant"}, "messages[0].content", f"{CONTENT}, got nothing."),
    ({"role": "assistant", "content": 1}, "messages[0].content", f"{CONTENT}, got a number."),
    ({"role": "function", "name": "f"}, "messages[0].content", f"{CONTENT}, got nothing."),
    ({"role": "function", "content": "a"}, "messages[0].name", "a string, got nothing."),
    ({"role": "tool", "content": "a"}, "messages[0].tool_call_id", "a string, got nothing."),
    ({**HELLO, "name": 1}, "messages[0].name", "a string, got a number."),
    (
        {"role": "assistant", "tool_calls": {}},
        "messages[0].tool_calls",
        "a list, got an object.",
    ),
    (
        {"role": "assistant", "content": "a", "tool_calls": [{"id": "a"}]},
        "messages[0].tool_calls[0].type",
        "a string, got nothing.",
    ),
    (
        {"role": "assistant", "tool_calls": [CALL, {**CALL, "function": {"name": "f"}}]},
        "messages[0].tool_calls[1].function.arguments",
        "a string, got nothing.",
    ),
    (
        {"role": "assistant", "tool_calls": [{**CALL, "id": None}]},
        "messages[0].tool_calls[0].id",
        "a string, got null.",
    ),
]


@pytest.mark.parametrize(("message", "param", "expected"), MESSAGE_ERRORS)
def test_a_wrong_message_is_refused_where_it_is_wrong(
    message: Any, param: str, expected: str
) -> None:
    error = refused({"messages": [message]})

    assert (error.param, error.message) == (param, f"{param} must be {expected}")


PART_ERRORS: list[tuple[Any, str, str]] = [
    ("text", "", "an object, got a string."),
    ({}, ".type", "a string, got nothing."),
    ({"type": {}}, ".type", "a string, got an object."),
    ({"type": "text"}, ".text", "a string, got nothing."),
    ({"type": "image_url"}, ".image_url", "an object, got nothing."),
    ({"type": "image_url", "image_url": "http://a"}, ".image_url", "an object, got a string."),
    (image("file:///etc/passwd"), ".image_url.url", f"{ADDRESS}, got another string."),
    (image("data:text/html,hi"), ".image_url.url", f"{ADDRESS}, got another string."),
    ({"type": "input_audio", "input_audio": {}}, ".input_audio.data", "a string, got nothing."),
    ({"type": "file", "file": "a"}, ".file", "an object, got a string."),
]


@pytest.mark.parametrize(("part", "where", "expected"), PART_ERRORS)
def test_a_wrong_part_is_refused_where_it_is_wrong(part: Any, where: str, expected: str) -> None:
    text = {"type": "text", "text": "a"}
    error = refused({"messages": [HELLO, {"role": "user", "content": [text, part]}]})
    param = f"messages[1].content[1]{where}"

    assert (error.param, error.message) == (param, f"{param} must be {expected}")


def test_too_many_messages_are_too_large() -> None:
    with pytest.raises(TooLarge) as caught:
        read(body(HELLO, HELLO, HELLO), Limits(messages=2))

    assert (caught.value.code, caught.value.param) == ("too_many_messages", "messages")
    assert caught.value.message == "messages must hold at most 2, got 3."


@pytest.mark.parametrize(
    ("address", "size"),
    [
        ("data:image/png;base64," + "AAAA" * 2, 6),
        ("data:image/png;base64," + "AAAA" + "AAA=", 5),
        ("DATA:image/png;BASE64," + "AAAA" + "AA==", 4),
        ("data:image/svg+xml,<svg></svg>", 11),
    ],
)
def test_an_image_is_measured_without_decoding_it(address: str, size: int) -> None:
    document = body({"role": "user", "content": [image(address)]})

    assert read(document, Limits(image_bytes=size)).body == document
    with pytest.raises(TooLarge) as caught:
        read(document, Limits(image_bytes=size - 1))
    assert (caught.value.code, caught.value.param, caught.value.message) == (
        "image_too_large",
        "messages[0].content[0].image_url",
        "messages[0].content[0].image_url must hold an image of at most "
        f"{size - 1} bytes, got {size}.",
    )


def test_the_address_of_an_image_may_be_longer_than_an_image() -> None:
    document = body({"role": "user", "content": [image("https://example.com/" + "a" * 50)]})

    assert read(document, Limits(image_bytes=10)).body == document
