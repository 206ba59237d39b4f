"""Requests for embeddings, read from bytes that anybody may have sent."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.chat.embeddings import parse_embeddings
from service.errors import BadRequest

INPUT = "a string, a list of strings, a list of tokens or a list of such lists"
TEXTS = st.text(min_size=1, max_size=9)
TOKENS = st.lists(st.integers(0, 2**31), min_size=1, max_size=4)
INPUTS = st.one_of(
    TEXTS, st.lists(TEXTS, min_size=1), TOKENS, st.lists(TOKENS, min_size=1, max_size=4)
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["input", "dimensions", "a"]), inner, max_size=3)
    ),
)


def refused(body: Any) -> BadRequest:
    with pytest.raises(BadRequest) as caught:
        parse_embeddings(json.dumps(body).encode())
    return caught.value


@given(
    st.fixed_dictionaries(
        {"input": INPUTS},
        optional={
            "model": st.text() | st.none(),
            "encoding_format": st.sampled_from(["float", "base64", None]),
            "dimensions": st.integers(1, 4096) | st.none(),
            "user": st.text() | st.none(),
            "another": st.booleans(),
        },
    )
)
def test_a_request_that_is_right_is_taken_as_it_is(body: dict[str, Any]) -> None:
    assert parse_embeddings(json.dumps(body).encode()) == body


@pytest.mark.parametrize(
    ("given_input", "param", "expected"),
    [
        (None, "input", f"{INPUT}, got null."),
        (5, "input", f"{INPUT}, got a number."),
        ("", "input", "a string that is not empty, got an empty one."),
        (["a", ""], "input[1]", "a string that is not empty, got an empty one."),
        ([1.5], "input[0]", f"{INPUT}, got a number."),
        ([True], "input[0]", f"{INPUT}, got a boolean."),
        ([1, "a"], "input[1]", "a token, a whole number, got a string."),
        ([1, -1], "input[1]", "a token, at least 0, got a smaller one."),
        ([[1], [True]], "input[1][0]", "a token, a whole number, got a boolean."),
        (["a", 1], "input[1]", f"of the kind of input[0]; input must be {INPUT}."),
        ([[1], "a"], "input[1]", f"of the kind of input[0]; input must be {INPUT}."),
    ],
)
def test_a_wrong_input_is_refused_where_it_is_wrong(
    given_input: Any, param: str, expected: str
) -> None:
    error = refused({"input": given_input})

    assert (error.param, error.message) == (param, f"{param} must be {expected}")


@pytest.mark.parametrize(
    ("body", "param", "message"),
    [
        ({}, "input", f"input must be {INPUT}, got nothing."),
        ({"input": []}, "input", "input must hold at least 1, got none."),
        ({"input": [[1], []]}, "input[1]", "input[1] must hold at least 1, got none."),
        ({"input": ["a"] * 2049}, "input", "input must hold at most 2048, got 2049."),
        ({"input": "a", "model": 1}, "model", "model must be a string, got a number."),
        (
            {"input": "a", "encoding_format": "hex"},
            "encoding_format",
            "encoding_format must be one of float, base64, got another string.",
        ),
        (
            {"input": "a", "dimensions": 0},
            "dimensions",
            "dimensions must be a whole number, at least 1, got a smaller one.",
        ),
        ({"input": "a", "user": []}, "user", "user must be a string, got a list."),
    ],
)
def test_a_wrong_field_is_refused_by_name(body: Any, param: str, message: str) -> None:
    error = refused(body)

    assert (error.param, error.message) == (param, message)


def test_one_text_of_many_tokens_is_no_list_of_many_inputs() -> None:
    body = {"input": [7] * 5000}

    assert parse_embeddings(json.dumps(body).encode()) == body


@given(JSON | st.fixed_dictionaries({"input": JSON}))
def test_any_json_is_a_request_or_refused(body: Any) -> None:
    with suppress(BadRequest):
        parse_embeddings(json.dumps(body).encode())


@given(st.binary(max_size=40))
def test_any_bytes_are_a_request_or_refused(raw: bytes) -> None:
    with suppress(BadRequest):
        parse_embeddings(raw)
