"""Whatever is sent: it is a request, or an error that says why not."""

from __future__ import annotations

import json
from typing import Any

import orjson
from hypothesis import example, given
from hypothesis import strategies as st

from service.chat.parse import parse
from service.chat.request import ChatRequest, Limits
from service.errors import BadRequest, TooLarge
from tests.service.chat.requests import chat_requests

KEYS = st.sampled_from(
    [
        "messages",
        "role",
        "content",
        "type",
        "text",
        "tools",
        "function",
        "name",
        "image_url",
        "url",
        "tool_calls",
        "tool_choice",
        "response_format",
        "stream",
        "stream_options",
        "model",
        "stop",
    ]
)


@given(chat_requests())
def test_a_request_that_is_right_is_taken_as_it_is(document: dict[str, Any]) -> None:
    raw = orjson.dumps(document)

    assert parse(raw, Limits()) == ChatRequest(
        raw=raw,
        body=document,
        stream=document.get("stream") is True,
        include_usage=bool((document.get("stream_options") or {}).get("include_usage")),
    )


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=20,
)


@given(JSON | st.fixed_dictionaries({"messages": st.lists(JSON, max_size=3)}))
def test_any_json_is_a_request_or_refused(document: Any) -> None:
    read_or_refused(json.dumps(document).encode())


@st.composite
def nearly_right(draw: st.DrawFn) -> bytes:
    """A request that is right but for one thing that was put somewhere in it."""
    document: Any = draw(chat_requests())
    place = document
    for _ in range(draw(st.integers(0, 6))):
        keys = list(place) if isinstance(place, dict) else list(range(len(place)))
        inner = [key for key in keys if isinstance(place[key], dict | list)]
        if not inner:
            break
        place = place[draw(st.sampled_from(inner))]
    keys = list(place) if isinstance(place, dict) else list(range(len(place)))
    if keys:
        place[draw(st.sampled_from(keys))] = draw(JSON)
    return json.dumps(document).encode()


@given(nearly_right())
def test_a_request_with_one_fault_is_a_request_or_refused(raw: bytes) -> None:
    read_or_refused(raw)


@given(st.binary(max_size=60))
@example(b"\xef\xbb\xbf{}")
@example(b'{"messages":[{"role":"user","content":"a"}]}\x00')
def test_any_bytes_are_a_request_or_refused(raw: bytes) -> None:
    read_or_refused(raw)


def read_or_refused(raw: bytes) -> None:
    """Nothing else may come out: any other exception fails the test."""
    try:
        request = parse(raw, Limits(messages=2, image_bytes=4))
    except (BadRequest, TooLarge):
        return
    # What is passed on can be written again.
    orjson.dumps(request.body)
