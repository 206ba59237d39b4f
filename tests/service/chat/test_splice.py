"""Changes in the bytes of a request."""

from __future__ import annotations

import json
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.chat.splice import spliced
from service.errors import BadRequest

WORDS = st.sampled_from(
    [
        "model",
        '"model"',
        'say "model',
        'model"',
        '\\"model"',
        '"model":',
        "m",
        "",
        "}",
        "{",
        ",",
        "é",
    ]
)
SCALARS = WORDS | st.none() | st.booleans() | st.integers(-(2**31), 2**31) | st.text(max_size=8)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=3),
    max_leaves=12,
)
OBJECTS = st.dictionaries(WORDS | st.just("temperature"), VALUES, max_size=6)
MODELS = st.none() | WORDS
DEFAULTS = st.dictionaries(
    st.sampled_from(["temperature", "max_tokens", "stream_options"]),
    st.integers(0, 9) | st.just({"include_usage": True}),
)
FLAG = st.booleans()
SPACING = st.sampled_from([(",", ":"), (", ", ": "), (" ,\n", "\t:\r\n ")])


def change(raw: bytes, model: str | None = None, **defaults: Any) -> bytes:
    return spliced(raw, orjson.loads(raw), model, defaults)


def spelled(member: tuple[str, bool, Any]) -> bytes:
    """A member of an object, the key perhaps in escapes."""
    key, escaped, value = member
    if escaped:
        name = '"' + "".join(f"\\u{ord(letter):04X}" for letter in key) + '"'
    else:
        name = json.dumps(key)
    return f"{name} : {json.dumps(value)}".encode()


@st.composite
def members(draw: st.DrawFn, models: int) -> bytes:
    """An object in JSON with so many top-level keys that read `model`."""
    others = draw(st.lists(st.tuples(WORDS.filter(lambda key: key != "model"), FLAG, VALUES)))
    own = draw(
        st.lists(st.tuples(st.just("model"), FLAG, VALUES), min_size=models, max_size=models)
    )
    shuffled = draw(st.permutations(others + own))
    return b"{" + b" , ".join(spelled(member) for member in shuffled) + b"}"


def test_another_model_takes_the_place_of_the_clients() -> None:
    raw = b'{ "messages" : [] , "model" : "a" , "n":1.0 }'

    assert change(raw, "b") == b'{ "messages" : [] , "model" : "b" , "n":1.0 }'


def test_a_request_that_needs_no_change_keeps_its_bytes() -> None:
    raw = b'{"model":"a","seed":1e2}'

    assert change(raw, "a") is raw


def test_a_model_is_added_where_there_is_none() -> None:
    assert change(b' {"messages":[]}', "b") == b' {"model":"b","messages":[]}'


def test_an_empty_object_stays_valid() -> None:
    assert change(b"{ }", "b", temperature=0.5) == b'{"model":"b","temperature":0.5 }'


def test_a_null_model_is_replaced() -> None:
    assert change(b'{"model":null,"a":1}', "b") == b'{"model":"b","a":1}'


def test_defaults_are_put_right_after_the_opening_brace() -> None:
    changed = change(b'{"model":"a"}', None, max_tokens=5, stream_options={"include_usage": True})

    assert changed == b'{"max_tokens":5,"stream_options":{"include_usage":true},"model":"a"}'


def test_a_default_never_takes_the_place_of_a_clients_value() -> None:
    raw = b'{"model":"a","temperature":0}'

    assert change(raw, "a", temperature=0.7) == raw


def test_a_default_takes_the_place_of_null() -> None:
    raw = b'{"temperature" : null, "model":"a"}'

    assert change(raw, "b", temperature=0.7) == b'{"temperature" : 0.7, "model":"b"}'


def test_a_nested_model_is_left_alone() -> None:
    raw = b'{"tools":[{"model":"x"}],"model":"a","metadata":{"model":"y"}}'

    assert change(raw, "b") == raw.replace(b'"a"', b'"b"')


def test_a_value_that_reads_model_is_left_alone() -> None:
    raw = b'{"user":"model","model":"model","stop":["model"]}'

    assert change(raw, "b") == b'{"user":"model","model":"b","stop":["model"]}'


def test_the_end_of_a_string_with_a_quote_is_no_key() -> None:
    raw = rb'{"user":"say \"model","model":"a"}'

    assert change(raw, "b") == rb'{"user":"say \"model","model":"b"}'


def test_a_field_that_is_there_a_thousand_times_is_refused() -> None:
    raw = b'{"model":"a","x":"model"' + b',"":1' * 1000 + b"}"
    with pytest.raises(BadRequest, match="too many fields"):
        change(raw, "b")


def test_a_key_in_escapes_is_replaced() -> None:
    raw = rb'{"\u006dodel":"a","user":"model"}'

    assert change(raw, "b") == rb'{"\u006dodel":"b","user":"model"}'


def test_what_follows_the_object_of_the_value_stays() -> None:
    raw = b'{"model":null , "a":[1,{"b":"]"}] }\n'

    assert change(raw, "b") == b'{"model":"b" , "a":[1,{"b":"]"}] }\n'


@pytest.mark.parametrize(
    "raw",
    [
        b'{"model":"a","model":"b"}',
        b'{"model":"a","x":{"y":[]},"model":"a"}',
        rb'{"model":"a","mode\u006c":"b"}',
        rb'{"\u006D\u006F\u0064\u0065\u006C":"a","model":"b"}',
    ],
)
@pytest.mark.parametrize("model", [None, "a", "c"])
def test_two_models_are_refused(raw: bytes, model: str | None) -> None:
    with pytest.raises(BadRequest) as caught:
        change(raw, model)

    assert (caught.value.param, caught.value.code) == ("model", "duplicate_field")


@given(OBJECTS, MODELS, DEFAULTS, SPACING)
def test_a_changed_request_reads_as_it_should(
    body: dict[str, Any], model: str | None, defaults: dict[str, Any], spacing: tuple[str, str]
) -> None:
    raw = json.dumps(body, separators=spacing).encode()
    present = {name: value for name, value in body.items() if value is not None}
    expected = {**body, **defaults, **{n: v for n, v in present.items() if n in defaults}}
    if model is not None:
        expected["model"] = model

    assert json.loads(spliced(raw, body, model, defaults)) == expected


@given(OBJECTS, MODELS, DEFAULTS, SPACING)
def test_every_other_byte_stays(
    body: dict[str, Any], model: str | None, defaults: dict[str, Any], spacing: tuple[str, str]
) -> None:
    """The old values cut out of the old bytes leave what the new ones leave of the new bytes."""
    comma, colon = spacing
    changed = {
        name: value
        for name, value in {**defaults, **({} if model is None else {"model": model})}.items()
        if name in body and (name == "model" or body[name] is None)
    }
    added = {name: value for name, value in defaults.items() if name not in body}
    if model is not None and "model" not in body:
        added = {"model": model, **added}
    members = [orjson.dumps({name: value})[1:-1] for name, value in added.items()]
    kept = [
        json.dumps(name).encode()
        + colon.encode()
        + (
            orjson.dumps(changed[name])
            if name in changed and changed[name] != value
            else json.dumps(value, separators=spacing).encode()
        )
        for name, value in body.items()
    ]
    expected = b",".join([*members, comma.encode().join(kept)] if kept else members)
    raw = json.dumps(body, separators=spacing).encode()

    assert spliced(raw, body, model, defaults) == b"{" + expected + b"}"


@given(members(models=1), WORDS)
def test_a_model_is_found_however_it_is_spelled(raw: bytes, model: str) -> None:
    assert json.loads(change(raw, model)) == {**json.loads(raw), "model": model}


@given(members(models=2), MODELS)
def test_two_models_are_always_refused(raw: bytes, model: str | None) -> None:
    with pytest.raises(BadRequest):
        change(raw, model)
