"""The description tells clients exactly what the parsers let through, no more and no less."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import jsonschema_rs
import pytest

from service.chat.embeddings import parse_embeddings
from service.chat.parse import parse
from service.chat.request import Limits
from service.endpoints import openapi
from service.errors import BadRequest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

COMPONENTS = openapi.description()["components"]
HELLO = {"role": "user", "content": "Hello"}
CALLS = [{"id": "a", "type": "function", "function": {"name": "add", "arguments": "{}"}}]
TOOL: dict[str, Any] = {
    "type": "function",
    "function": {"name": "add", "parameters": {"type": "object"}},
}
PICTURE = {"type": "image_url", "image_url": {"url": "https://example.com/a.png"}}


def validator(name: str) -> jsonschema_rs.Draft202012Validator:
    return jsonschema_rs.Draft202012Validator(
        {"$ref": f"#/components/schemas/{name}", "components": COMPONENTS}
    )


CHAT = validator("ChatCompletionRequest")
EMBEDDINGS = validator("EmbeddingsRequest")


def chat_is_parsed(body: Any) -> bool:
    try:
        parse(json.dumps(body).encode(), Limits(messages=4096))
    except BadRequest:
        return False
    return True


def embeddings_are_parsed(body: Any) -> bool:
    try:
        parse_embeddings(json.dumps(body).encode())
    except BadRequest:
        return False
    return True


GOOD: dict[str, dict[str, Any]] = {
    "a message": {"messages": [HELLO]},
    "every role": {
        "messages": [
            {"role": "system", "content": "Add."},
            {"role": "developer", "content": [{"type": "text", "text": "Add."}]},
            {"role": "user", "content": [{"type": "text", "text": "What?"}, PICTURE]},
            {"role": "assistant", "content": None, "tool_calls": CALLS},
            {"role": "tool", "content": "7", "tool_call_id": "a"},
            {"role": "function", "content": None, "name": "add"},
        ]
    },
    "tools": {"messages": [HELLO], "tools": [TOOL], "tool_choice": "required"},
    "a tool by name": {
        "messages": [HELLO],
        "tools": [TOOL],
        "tool_choice": {"type": "function", "function": {"name": "add"}},
    },
    "a schema": {
        "messages": [HELLO],
        "response_format": {"type": "json_schema", "json_schema": {"name": "sum", "schema": {}}},
    },
    "a stream": {"messages": [HELLO], "stream": True, "stream_options": {"include_usage": True}},
    "probabilities": {"messages": [HELLO], "logprobs": True, "top_logprobs": 20},
    "lists and pairs": {
        "messages": [HELLO],
        "metadata": {"a": "b"},
        "logit_bias": {"1": 1},
        "stop": ["a", "b"],
        "modalities": ["text"],
        "functions": [TOOL["function"]],
        "function_call": {"name": "add"},
    },
    "a field that nobody knows": {"messages": [HELLO], "safety_identifier": "x"},
}

BAD: dict[str, dict[str, Any]] = {
    "nothing": {},
    "no messages": {"messages": []},
    "a role that nobody has": {"messages": [{"role": "robot", "content": "Hello"}]},
    "a user who says nothing": {"messages": [{"role": "user"}]},
    "an assistant who says nothing": {"messages": [{"role": "assistant", "content": None}]},
    "no parts": {"messages": [{"role": "user", "content": []}]},
    "an image without an address": {
        "messages": [{"role": "user", "content": [{"type": "image_url", "image_url": {}}]}]
    },
    "a file of ours": {
        "messages": [
            {"role": "user", "content": [{**PICTURE, "image_url": {"url": "file:///etc/passwd"}}]}
        ]
    },
    "an answer of no tool call": {"messages": [{"role": "tool", "content": "7"}]},
    "heat": {"messages": [HELLO], "temperature": 2.1},
    "a number as text": {"messages": [HELLO], "temperature": "1"},
    "true as a number": {"messages": [HELLO], "n": True},
    "five stops": {"messages": [HELLO], "stop": ["a", "b", "c", "d", "e"]},
    "a tool without a name": {"messages": [HELLO], "tools": [{"type": "function", "function": {}}]},
    "a tool that has to be called, of none": {"messages": [HELLO], "tool_choice": "required"},
    "options of no stream": {"messages": [HELLO], "stream_options": {"include_usage": True}},
    "other tokens' probabilities alone": {"messages": [HELLO], "top_logprobs": 1},
    "a format without its schema": {
        "messages": [HELLO],
        "response_format": {"type": "json_schema"},
    },
    "long metadata": {"messages": [HELLO], "metadata": {"a": "b" * 513}},
}


@pytest.mark.parametrize("body", GOOD.values(), ids=GOOD)
def test_a_good_request_is_described_and_let_through(body: dict[str, Any]) -> None:
    assert (CHAT.is_valid(body), chat_is_parsed(body)) == (True, True)


@pytest.mark.parametrize("body", BAD.values(), ids=BAD)
def test_a_bad_request_is_neither_described_nor_let_through(body: dict[str, Any]) -> None:
    assert (CHAT.is_valid(body), chat_is_parsed(body)) == (False, False)


EDGES: tuple[Any, ...] = (
    *(None, True, False),
    *(
        -(2**63),
        -101,
        -100,
        -3,
        -2,
        -1,
        0,
        1,
        2,
        3,
        4,
        20,
        21,
        100,
        101,
        128,
        129,
        2**64 - 1,
        2**64,
    ),
    *(-100.5, -2.5, -0.5, 0.5, 1.5, 2.5, 99.5),
    *("", "a", "a b", "b" * 64, "b" * 65, "c" * 512, "c" * 513, "none", "auto", "required"),
    *("function", "text", "user", "assistant", "tool", "json_object", "json_schema", "refusal"),
    *("float", "image_url", "data:image/png;base64,AA==", "http://a", "ftp://a", "file"),
    *([], [None], [1], [-1], ["a"], [""], ["a", 1], ["a"] * 4, ["a"] * 5, ["a"] * 2049, [[1], "a"]),
    *([TOOL] * 128, [TOOL] * 129, [TOOL["function"]], [[1]], [[1.5]], [[]], [{}], [HELLO], CALLS),
    *({}, {"a": None}, {"a": 1}, {"1": 100}, {"1": 101}, {"a": "b"}, {"a": "c" * 513}),
    *({"k" * 65: "v"}, {f"{number}": "v" for number in range(17)}),
    *(TOOL, HELLO, {"name": "add"}, {"name": "a b"}, {"type": "custom"}, {"type": 1}),
    *({"type": "function"}, {"include_usage": True}, {"include_usage": 1}, {"type": "text"}),
)
"""What is just inside or just outside of what some field or other takes."""


def variations(good: Any) -> Iterator[Any]:
    """Copies of `good` with each thing inside exchanged for each edge, or left out."""
    yield from EDGES
    places = good if isinstance(good, dict) else range(len(good)) if type(good) is list else ()
    for place in places:
        for held in variations(good[place]):
            changed = good.copy()
            changed[place] = held
            yield changed
        changed = good.copy()
        del changed[place]
        yield changed


@pytest.mark.parametrize("field", COMPONENTS["schemas"]["ChatCompletionRequest"]["properties"])
def test_what_is_described_of_a_field_is_what_is_let_through(field: str) -> None:
    for good in GOOD.values():
        for value in EDGES:
            assert_agreement(CHAT, chat_is_parsed, {**good, field: value})


@pytest.mark.parametrize("good", GOOD.values(), ids=GOOD)
def test_what_is_described_is_what_is_let_through(good: dict[str, Any]) -> None:
    for body in variations(good):
        assert_agreement(CHAT, chat_is_parsed, body)


@pytest.mark.parametrize("given", ["a", ["a", "b"], [1, 2], [[1], [2, 3]]])
def test_what_is_described_is_what_embeddings_are_made_of(given: Any) -> None:
    good = {"input": given, "encoding_format": "float", "dimensions": 3, "model": "a", "user": "b"}
    for body in variations(good):
        assert_agreement(EMBEDDINGS, embeddings_are_parsed, body)


def assert_agreement(
    schema: jsonschema_rs.Draft202012Validator, is_parsed: Callable[[Any], bool], body: Any
) -> None:
    if schema.is_valid(body) != is_parsed(body):
        assert names_another_tool(body), body


def names_another_tool(body: Any) -> bool:
    """A schema cannot say that the tool to be called is one of those in another field."""
    match body:
        case {"tools": [*tools], "tool_choice": {"function": {"name": chosen}}}:
            functions = [tool for tool in tools if tool["type"] == "function"]
            return chosen not in [tool["function"]["name"] for tool in functions]
    return False
