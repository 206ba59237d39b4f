"""What is expected of a service with certain settings."""

from __future__ import annotations

import pytest

from plate_llm_cli.smoke.expectations import Expectations


def test_without_settings_the_service_is_as_by_default() -> None:
    expected = Expectations()
    assert expected.asks_for_tokens
    assert (expected.audience, expected.issuer, expected.scopes, expected.model) == ("",) * 4
    assert expected.cache_seconds == 300
    assert expected.body_bytes == 20 * 1024 * 1024
    assert (expected.requests_per_minute, expected.tokens_per_minute) == (0, 0)
    assert expected.origins == ()


def test_nobody_needs_a_token_where_that_is_set() -> None:
    assert not Expectations({"AUTH_MODE": "none"}).asks_for_tokens


def test_issuer_is_plate_api_unless_another_is_set() -> None:
    settings = {"PLATE_API_URL": "http://plate-api"}
    assert Expectations(settings).issuer == "http://plate-api"
    assert Expectations({**settings, "AUTH_ISSUER": "https://id"}).issuer == "https://id"


def test_model_is_named_as_clients_name_it() -> None:
    assert Expectations({"LLM_MODEL_NAME": "openai:gpt-4o-mini"}).model == "gpt-4o-mini"


@pytest.mark.parametrize(
    ("settings", "replicas", "shares"),
    [
        ({}, 1, True),
        ({}, 3, False),
        ({}, None, False),
        ({"CACHE_URL": "redis://plate-cache:6379/0"}, 3, True),
    ],
)
def test_replicas_share_a_cache_where_there_is_one(
    settings: dict[str, str], replicas: int | None, shares: bool
) -> None:
    assert Expectations(settings, replicas=replicas).shares_cache is shares


@pytest.mark.parametrize("text", ["", "soon", "1.5"])
def test_number_that_is_none_counts_as_left_out(text: str) -> None:
    assert Expectations({"CACHE_TTL_SECONDS": text}).cache_seconds == 300


@pytest.mark.parametrize(
    ("text", "origins"),
    [
        (
            '["https://a.example", 7, "https://b.example"]',
            ("https://a.example", "https://b.example"),
        ),
        ("https://a.example", ()),
        ('{"https://a.example": 1}', ()),
    ],
)
def test_origins_are_a_list_in_json(text: str, origins: tuple[str, ...]) -> None:
    assert Expectations({"HTTP_CORS_ORIGINS": text}).origins == origins
