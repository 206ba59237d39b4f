"""What a model takes, and what becomes of the rest."""

from __future__ import annotations

from typing import Any

import pytest

from service.chat.parameters import defaults_for, fit
from service.errors import BadRequest

NOTHING: frozenset[str] = frozenset()
BODY = {"model": "m", "messages": [], "stream": True, "temperature": 1, "seed": 4, "user": None}


def test_a_provider_that_takes_everything_is_given_everything() -> None:
    assert fit(BODY, None, NOTHING, drop=False) == (BODY, ())


def test_the_request_itself_is_not_changed() -> None:
    fitting, _ = fit(BODY, None, NOTHING, drop=False)

    assert fitting is not BODY


def test_what_a_provider_does_not_take_is_refused_by_name() -> None:
    with pytest.raises(BadRequest) as caught:
        fit(BODY, frozenset({"temperature"}), NOTHING, drop=False)

    assert (caught.value.param, caught.value.code) == ("seed", "unsupported_parameter")
    assert caught.value.message == (
        "This model's provider does not take seed. Leave it out, or have the operator set "
        "LLM_DROP_UNSUPPORTED, so that what a model does not take is dropped."
    )


def test_what_a_model_refuses_is_refused_although_its_provider_takes_it() -> None:
    with pytest.raises(BadRequest) as caught:
        fit(BODY, None, frozenset({"temperature"}), drop=False)

    assert caught.value.message.startswith("This model does not take temperature.")


def test_what_is_not_taken_is_dropped_where_the_operator_wants_that() -> None:
    expected = {"model": "m", "messages": [], "stream": True, "user": None}

    assert fit(BODY, frozenset({"user"}), NOTHING, drop=True) == (expected, ("temperature", "seed"))


def test_a_null_asks_for_nothing() -> None:
    body: dict[str, Any] = {"model": "m", "messages": [], "logprobs": None}

    assert fit(body, NOTHING, frozenset({"logprobs"}), drop=False) == (body, ())


def test_what_the_service_sees_to_is_never_refused() -> None:
    body: dict[str, Any] = {"messages": [], "stream": True, "stream_options": {}}

    assert fit(body, NOTHING, frozenset(body), drop=False) == (body, ())


def test_a_name_that_a_client_made_up_is_repeated_on_one_line() -> None:
    with pytest.raises(BadRequest) as caught:
        fit({"a\nb" + "c" * 200: 1}, NOTHING, NOTHING, drop=False)

    assert caught.value.param == "a?b" + "c" * 97


@pytest.mark.parametrize(
    ("model", "provider", "expected"),
    [
        ("gpt-4o-mini", "openai", {"temperature": 0.2, "max_tokens": 9}),
        ("gpt-4.1", "openai", {"temperature": 0.2, "max_tokens": 9}),
        ("ft:gpt-4o:acme::x", "openai", {"temperature": 0.2, "max_tokens": 9}),
        ("o1", "openai", {"max_completion_tokens": 9}),
        ("o3-mini", "openai", {"max_completion_tokens": 9}),
        ("o4-mini-2025-04-16", "openai", {"max_completion_tokens": 9}),
        ("ft:o4-mini:acme::x", "openai", {"max_completion_tokens": 9}),
        ("gpt-5", "openai", {"max_completion_tokens": 9}),
        ("gpt-5.5-pro", "openai", {"max_completion_tokens": 9}),
        ("gpt-6-sol", "openai", {"max_completion_tokens": 9}),
        ("gpt-5-chat-latest", "openai", {"temperature": 0.2, "max_completion_tokens": 9}),
        ("openai/gpt-5-mini", "openai-compatible", {"max_completion_tokens": 9}),
        ("gpt-oss-120b", "openai-compatible", {"temperature": 0.2, "max_tokens": 9}),
        ("qwen/o2-thing", "openai-compatible", {"max_completion_tokens": 9}),
        ("claude-3-5-sonnet-latest", "anthropic", {"temperature": 0.2, "max_tokens": 9}),
        ("claude-opus-4-20250514", "anthropic", {"temperature": 0.2, "max_tokens": 9}),
        ("claude-haiku-4-5-20251001", "anthropic", {"temperature": 0.2, "max_tokens": 9}),
        ("claude-opus-4-6", "anthropic", {"temperature": 0.2, "max_tokens": 9}),
        ("claude-opus-4-7", "anthropic", {"max_tokens": 9}),
        ("claude-haiku-5-5", "anthropic", {"max_tokens": 9}),
        ("claude-fable-5", "anthropic", {"max_tokens": 9}),
        ("claude-mythos-preview", "anthropic", {"max_tokens": 9}),
        ("anthropic/claude-opus-4.8", "openai-compatible", {"max_tokens": 9}),
        ("acme.models.o1_factory", "langchain", {"temperature": 0.2, "max_tokens": 9}),
        ("echo", "builtin", {"temperature": 0.2, "max_tokens": 9}),
    ],
)
def test_the_operators_defaults_are_what_the_model_takes(
    model: str, provider: str, expected: dict[str, float | int]
) -> None:
    assert defaults_for(model, provider, 0.2, 9, NOTHING) == expected


def test_without_an_operators_word_there_are_no_defaults() -> None:
    assert defaults_for("gpt-4o", "openai", None, None, NOTHING) == {}


def test_a_default_that_the_model_refuses_is_left_out() -> None:
    refuses = frozenset({"temperature", "max_tokens"})

    assert defaults_for("m", "openai", 0.0, 9, refuses) == {"max_completion_tokens": 9}
