from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.cache.keys import cache_key
from service.chat.request import ChatRequest
from service.models.catalogue import Model

MODEL = Model(
    name="small",
    provider="openai",
    upstream="gpt-small",
    names=("small", "tiny"),
    defaults={},
    refuses=frozenset(),
    max_tokens=None,
    stream_usage=True,
    requests_per_minute=0,
    tokens_per_minute=0,
)

ASKED: dict[str, Any] = {
    "model": "small",
    "temperature": 0,
    "messages": [
        {"role": "system", "content": "Be short."},
        {"role": "user", "content": [{"type": "text", "text": "Hello"}]},
    ],
    "tools": [{"type": "function", "function": {"name": "f", "parameters": {"type": "object"}}}],
}


def key(
    changes: dict[str, Any] | None = None,
    *,
    model: Model = MODEL,
    tenant: str = "acme",
    opted_in: bool = False,
) -> bytes | None:
    body = orjson.loads(orjson.dumps({**ASKED, **(changes or {})}))
    request = ChatRequest(orjson.dumps(body), body, stream=False, include_usage=False)
    return cache_key(model, request, tenant, opted_in=opted_in)


def test_a_key_is_a_prefix_and_a_digest() -> None:
    assert re.fullmatch(rb"plate-llm:answer:1:[0-9a-f]{64}", key() or b"")


def test_the_same_request_has_the_same_key() -> None:
    assert key() == key()


@pytest.mark.parametrize("temperature", [0, 0.0, -0.0])
def test_a_temperature_of_zero_leaves_nothing_to_chance(temperature: float) -> None:
    assert key({"temperature": temperature}) is not None


@pytest.mark.parametrize("temperature", [0.1, 1, 2, None])
def test_any_other_temperature_has_no_key(temperature: float | None) -> None:
    assert key({"temperature": temperature}) is None


@pytest.mark.parametrize("temperature", [0.1, None])
def test_a_client_may_opt_in(temperature: float | None) -> None:
    assert key({"temperature": temperature}, opted_in=True) is not None


def test_the_operators_temperature_counts_where_the_client_sends_none() -> None:
    model = replace(MODEL, defaults={"temperature": 0.0})
    assert key({"temperature": None}, model=model) is not None
    assert key({"temperature": 0.5}, model=model) is None


def test_the_clients_temperature_counts_before_the_operators() -> None:
    model = replace(MODEL, defaults={"temperature": 0.7})
    assert key({"temperature": 0}, model=model) is not None
    assert key({"temperature": None}, model=model) is None


def test_a_model_that_takes_no_temperature_leaves_its_answers_to_chance() -> None:
    assert key(model=replace(MODEL, refuses=frozenset({"temperature"}))) is None


def test_an_answer_that_the_provider_is_to_store_is_asked_for_each_time() -> None:
    assert key({"store": True}, opted_in=True) is None
    assert key({"store": False}) == key()


@pytest.mark.parametrize(
    "field",
    ["user", "metadata", "safety_identifier", "prompt_cache_key", "prompt_cache_retention"],
)
def test_fields_that_leave_the_answer_as_it_is_leave_the_key_as_it_is(field: str) -> None:
    assert key({field: "something"}) == key()


@pytest.mark.parametrize(
    "change",
    [
        {"stream": True},
        {"stream": True, "stream_options": {"include_usage": True}},
        {"n": 2},
        {"logprobs": True},
        {"seed": 1},
        {"max_tokens": 5},
        {"tools": []},
        {"response_format": {"type": "json_object"}},
        {"service_tier": "flex"},
        {"a_field_that_nobody_knows": 1},
        {"messages": ASKED["messages"][::-1]},
        {"messages": ASKED["messages"][:1]},
    ],
)
def test_everything_else_is_part_of_the_key(change: dict[str, Any]) -> None:
    assert key(change) not in (None, key())


def test_a_name_of_the_model_is_as_good_as_another() -> None:
    assert key({"model": "tiny"}) == key({"model": "small"})


@pytest.mark.parametrize(
    "other",
    [
        replace(MODEL, name="other"),
        replace(MODEL, provider="anthropic"),
        replace(MODEL, upstream="gpt-other"),
        replace(MODEL, defaults={"max_tokens": 100}),
    ],
)
def test_another_model_has_other_keys(other: Model) -> None:
    assert key(model=other) not in (None, key())


def test_tenants_have_keys_of_their_own() -> None:
    assert len({key(tenant=tenant) for tenant in ("acme", "other", "")}) == 3


def test_a_tenant_cannot_be_mistaken_for_a_part_of_the_request() -> None:
    assert key(tenant='","') != key(tenant='"')


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4)
    ),
    max_leaves=12,
)


def reordered(value: Any) -> Any:
    """The same with the fields of each object the other way round."""
    if isinstance(value, dict):
        return {name: reordered(value[name]) for name in reversed(value)}
    return [reordered(item) for item in value] if isinstance(value, list) else value


@given(st.dictionaries(st.text(max_size=6), JSON, max_size=5))
def test_the_order_of_fields_is_never_part_of_the_key(fields: dict[str, Any]) -> None:
    forward = ChatRequest(b"", fields, stream=False, include_usage=False)
    backward = ChatRequest(b"", reordered(fields), stream=False, include_usage=False)
    assert cache_key(MODEL, forward, "t", opted_in=True) == cache_key(
        MODEL, backward, "t", opted_in=True
    )


@given(st.lists(JSON, min_size=2, max_size=5))
def test_the_order_of_a_list_always_is(items: list[Any]) -> None:
    same = orjson.dumps(items, option=orjson.OPT_SORT_KEYS) == orjson.dumps(
        items[::-1], option=orjson.OPT_SORT_KEYS
    )
    assert (key({"stop": items}) == key({"stop": items[::-1]})) is same
