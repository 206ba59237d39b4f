"""Settings that do not fit together."""

from __future__ import annotations

import json

import pytest

from tests.service.settings.environments import loaded, refusal

BUILT_IN = "must not name the built-in model while LLM_ENVIRONMENT is production"
NO_KEY = (
    "AUTH_MODE: jwt needs a key to verify tokens with: set AUTH_JWT_SECRET, AUTH_JWKS_URL, "
    "AUTH_PUBLIC_KEY or PLATE_API_URL"
)

REFUSED: dict[str, tuple[dict[str, str], str]] = {
    "an open door in production": (
        {"LLM_ENVIRONMENT": "production", "AUTH_MODE": "none"},
        "AUTH_MODE: must be jwt while LLM_ENVIRONMENT is production",
    ),
    "the built-in model as production's default": (
        {"LLM_ENVIRONMENT": "production", "LLM_MODEL_NAME": "builtin:echo"},
        f"LLM_MODEL_NAME: {BUILT_IN}",
    ),
    "the built-in model among production's": (
        {"LLM_ENVIRONMENT": "production", "LLM_MODELS": '["openai:a", "builtin:echo"]'},
        f"LLM_MODELS[1].model: {BUILT_IN}",
    ),
    "the built-in model under another name in production": (
        {
            "LLM_ENVIRONMENT": "production",
            "LLM_MODELS": '[{"model": "builtin:echo", "name": "gpt"}]',
            "LLM_FALLBACK_MODELS": '["gpt"]',
        },
        f"LLM_MODELS[0].model: {BUILT_IN}",
    ),
    "the built-in model for production's bad times": (
        {"LLM_ENVIRONMENT": "production", "LLM_FALLBACK_MODELS": '["builtin:echo"]'},
        f"LLM_FALLBACK_MODELS[0]: {BUILT_IN}\n"
        "LLM_FALLBACK_MODELS[0]: must be a name of LLM_MODELS, or of LLM_MODEL_NAME's model",
    ),
    "tokens without a key": ({"AUTH_JWT_SECRET": ""}, NO_KEY),
    "a compatible model without an address": (
        {"LLM_MODELS": '["openai-compatible:llama"]'},
        "LLM_BASE_URL: is needed by a model that is openai-compatible",
    ),
    "a fallback that nobody knows": (
        {"LLM_MODELS": '["openai:a"]', "LLM_FALLBACK_MODELS": '["a", "openai:b"]'},
        "LLM_FALLBACK_MODELS[1]: must be a name of LLM_MODELS, or of LLM_MODEL_NAME's model",
    ),
    "a name twice": (
        {"LLM_MODELS": '["openai:a", "anthropic:a"]'},
        "LLM_MODELS[1]: has a name or alias that LLM_MODELS[0] has, too",
    ),
    "an alias that is a name": (
        {"LLM_MODELS": '["openai:a", {"model": "openai:b", "aliases": ["a"]}]'},
        "LLM_MODELS[1]: has a name or alias that LLM_MODELS[0] has, too",
    ),
    "the default's name": (
        {"LLM_MODELS": '["anthropic:gpt-4o-mini"]'},
        "LLM_MODELS[0]: has a name or alias that LLM_MODEL_NAME has, too",
    ),
    "tracing without a key": (
        {"LANGCHAIN_TRACING_V2": "true"},
        "LANGCHAIN_API_KEY: is needed while LANGCHAIN_TRACING_V2 is true",
    ),
    "one port for both": (
        {"PORT": "9000", "METRICS_PORT": "9000"},
        "METRICS_PORT: must be another port than PORT",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refused(case: str) -> None:
    variables, message = REFUSED[case]
    assert refusal(**variables) == message


ACCEPTED: dict[str, dict[str, str]] = {
    "an open door in staging": {"LLM_ENVIRONMENT": "staging", "AUTH_MODE": "none"},
    "an open door without keys": {"AUTH_MODE": "none", "AUTH_JWT_SECRET": ""},
    "the built-in model in staging": {
        "LLM_ENVIRONMENT": "staging",
        "LLM_MODEL_NAME": "builtin:echo",
    },
    "keys by URL": {"AUTH_JWT_SECRET": "", "AUTH_JWKS_URL": "https://id.example.org/keys"},
    "keys from plate-api": {"AUTH_JWT_SECRET": "", "PLATE_API_URL": "http://plate-api"},
    "one model under two names": {
        "LLM_MODELS": '["openai:a", {"model": "openai:a", "name": "b", "maxTokens": 5}]'
    },
    "a compatible model with an address": {
        "LLM_MODEL_NAME": "openai-compatible:llama",
        "LLM_BASE_URL": "http://vllm:8000/v1",
    },
    "tracing with its key": {"LANGCHAIN_TRACING_V2": "true", "LANGCHAIN_API_KEY": "lsv2-1"},
}


@pytest.mark.parametrize("variables", ACCEPTED.values(), ids=ACCEPTED)
def test_accepted(variables: dict[str, str]) -> None:
    assert loaded(**variables)


def test_fallbacks_may_be_named_in_every_way_and_are_known_by_name() -> None:
    models = [{"model": "openai:a", "name": "x", "aliases": ["y"]}, "anthropic:b"]
    settings = loaded(
        LLM_MODELS=json.dumps(models),
        LLM_FALLBACK_MODELS='["anthropic:b", "y", "openai:a", "gpt-4o-mini"]',
    )
    assert settings.llm_fallback_models == ("b", "x", "gpt-4o-mini")
