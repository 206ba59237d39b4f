"""Requests for chat completions, read from bytes that anybody may have sent."""

from __future__ import annotations

import json
from typing import Any

import orjson
import pytest

from service.chat.parse import parse
from service.errors import BadRequest
from tests.service.chat.sent import LIMITS, body, read, refused


def test_a_request_keeps_its_bytes_and_what_they_hold() -> None:
    raw = b'{"model": "m", "messages": [{"role": "user", "content": "hi"}], "seed": 1}'

    request = parse(raw, LIMITS)

    assert request.raw is raw
    assert request.body == json.loads(raw)
    assert (request.stream, request.include_usage) == (False, False)


@pytest.mark.parametrize(
    ("fields", "stream", "include_usage"),
    [
        ({"stream": True}, True, False),
        ({"stream": None}, False, False),
        ({"stream": True, "stream_options": None}, True, False),
        ({"stream": True, "stream_options": {"include_usage": False}}, True, False),
        ({"stream": True, "stream_options": {"include_usage": True}}, True, True),
    ],
)
def test_a_request_says_how_it_is_answered(
    fields: dict[str, Any], stream: bool, include_usage: bool
) -> None:
    request = read(body(**fields))

    assert (request.stream, request.include_usage) == (stream, include_usage)


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (b"", "The body is empty; it must be a JSON object."),
        (b" \n", "The body is empty; it must be a JSON object."),
        (b"[]", "The body must be a JSON object, got a list."),
        (b"null", "The body must be a JSON object, got null."),
        (
            b'{"a":}',
            "The body is not valid JSON: unexpected character, expected a JSON value: "
            "line 1 column 6 (char 5).",
        ),
        (b"[" * 5000, "The body is nested too deeply: at most 250 levels are read."),
        (
            b'{"x":' + b"[" * 250 + b"]" * 250 + b"}",
            "The body is nested too deeply: at most 250 levels are read.",
        ),
    ],
)
def test_what_is_no_json_object_is_refused(raw: bytes, message: str) -> None:
    with pytest.raises(BadRequest) as caught:
        parse(raw, LIMITS)

    assert caught.value.message == message


@pytest.mark.parametrize(
    "raw", [b'{"temperature":NaN}', b'{"seed":1e999}', b'{"user":"\xff"}', rb'{"user":"\ud800"}']
)
def test_what_json_does_not_know_is_refused(raw: bytes) -> None:
    with pytest.raises(BadRequest) as caught:
        parse(raw, LIMITS)

    assert caught.value.code == "invalid_json"


def test_the_deepest_body_that_is_read_can_be_written_again() -> None:
    deep = b'{"messages":[{"role":"user","content":"a"}],"x":' + b"[" * 249 + b"]" * 249 + b"}"

    assert orjson.dumps([parse(deep, LIMITS).body]) == b"[" + deep + b"]"


def test_brackets_side_by_side_are_not_deep() -> None:
    document = body(metadata={"code": "[" * 300}, x=[[]] * 300)

    assert read(document).body == document


def test_a_body_with_too_many_objects_is_refused() -> None:
    error = refused(body(x=[{}] * 100_000))

    assert str(error) == "The body has too many objects and lists: at most 100000 are read."
    assert error.code == "invalid_json"


def test_brackets_in_strings_are_no_objects() -> None:
    message = {"role": "user", "content": '{"[\\' * 60_000}

    assert read(body(message)).messages == [message]
