from __future__ import annotations

from typing import Any

import pytest
from pydantic import SecretStr

from service.settings.settings import Settings
from tests.service.settings.environments import LEAST, SECRET, loaded, refusal, warnings

PUBLIC_KEY = """\
-----BEGIN PUBLIC KEY-----
MCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=
-----END PUBLIC KEY-----"""
"""The first one of RFC 8032, 7.1."""


def test_the_least_environment_leaves_every_default() -> None:
    settings = loaded()
    given = {name.lower() for name in LEAST}
    differing = {
        name
        for name, field in Settings.model_fields.items()
        if name not in given and getattr(settings, name) != field.default
    }
    assert differing == set()


READ: list[tuple[str, str, Any]] = [
    ("OPENAI_API_KEY", "sk-1\n", SecretStr("sk-1")),
    ("ANTHROPIC_BASE_URL", "https://claude.internal/", "https://claude.internal"),
    ("LLM_BASE_URL", "http://vllm:8000/v1", "http://vllm:8000/v1"),
    ("LLM_TEMPERATURE", "0", 0.0),
    ("LLM_MAX_TOKENS", "4096", 4096),
    ("LLM_ENVIRONMENT", "staging", "staging"),
    ("LLM_PASSTHROUGH", "off", "off"),
    ("LLM_DROP_UNSUPPORTED", "true", True),
    ("LLM_FIRST_TOKEN_SECONDS", "0.05", 0.05),
    ("LLM_RETRIES", "0", 0),
    ("AUTH_JWKS_URL", "https://id.example.org/keys?v=1", "https://id.example.org/keys?v=1"),
    ("AUTH_PUBLIC_KEY", PUBLIC_KEY + "\n", PUBLIC_KEY),
    ("AUTH_PUBLIC_KEY", PUBLIC_KEY.replace("\n", "\\n"), PUBLIC_KEY),
    ("AUTH_PUBLIC_KEY", PUBLIC_KEY.replace("\n", "\r\n"), PUBLIC_KEY),
    ("PLATE_API_URL", "http://plate-api/", "http://plate-api"),
    ("CACHE_URL", "redis://:p%40ss@cache:6379/0", SecretStr("redis://:p%40ss@cache:6379/0")),
    ("CACHE_URL", "unix:///run/cache.sock", SecretStr("unix:///run/cache.sock")),
    ("HTTP_ALLOWED_HOSTS", '["LLM.example.org", "*.svc"]', ("llm.example.org", "*.svc")),
    ("HTTP_CORS_ORIGINS", '["http://localhost:3000"]', ("http://localhost:3000",)),
    ("LANGCHAIN_TRACING_SAMPLING_RATE", "0.1", 0.1),
    ("LOG_PROMPTS", "false", False),
    ("PORT", "0", 0),
]


@pytest.mark.parametrize(("name", "text", "value"), READ)
def test_a_variable_is_read(name: str, text: str, value: Any) -> None:
    assert getattr(loaded(**{name: text}), name.lower()) == value


@pytest.mark.parametrize("name", [name.upper() for name in Settings.model_fields])
def test_an_empty_variable_counts_as_unset(name: str) -> None:
    other = {"AUTH_JWKS_URL": "https://id.example.org/keys"}
    if name == "LLM_MODEL_NAME":
        assert refusal(LLM_MODEL_NAME="") == (
            "LLM_MODEL_NAME: is needed: Default model, as <provider>:<model>."
        )
    elif name != "AUTH_JWKS_URL":
        assert loaded(**other, **{name: " "}) == loaded(
            **other, **({"AUTH_JWT_SECRET": ""} if name == "AUTH_JWT_SECRET" else {})
        )


def test_nothing_but_the_given_environment_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LLM_TEMPERATURE", "1.5")
    monkeypatch.setenv("OPENAI_API_KEY", "sk-other")
    assert (loaded().llm_temperature, loaded().openai_api_key) == (None, None)


def test_a_missing_key_of_a_provider_is_for_readiness_to_tell() -> None:
    assert loaded(LLM_MODEL_NAME="anthropic:claude").anthropic_api_key is None


def test_ports_may_both_be_picked_by_the_system() -> None:
    settings = loaded(PORT="0", METRICS_PORT="0")
    assert (settings.port, settings.metrics_port) == (0, 0)


UNKNOWN = [
    (
        "LLM_TEMPRATURE",
        "LLM_TEMPRATURE is not a setting of this service, and is not read; "
        "did you mean LLM_TEMPERATURE?",
    ),
    (
        "llm_temperature",
        "llm_temperature is not a setting of this service, and is not read; "
        "did you mean LLM_TEMPERATURE?",
    ),
    (
        "LIMIT_OF_SOMETHING_ELSE_ALTOGETHER_QQ",
        "LIMIT_OF_SOMETHING_ELSE_ALTOGETHER_QQ is not a setting of this service, and is not read",
    ),
    (
        "AUTH_SECRET",
        "AUTH_SECRET is not a setting of this service, and is not read; "
        "did you mean AUTH_JWT_SECRET?",
    ),
]


@pytest.mark.parametrize(("name", "warning"), UNKNOWN)
def test_a_variable_that_looks_like_ours_is_warned_of(name: str, warning: str) -> None:
    assert warnings(**{name: "1"}) == [warning]


@pytest.mark.parametrize(
    "name",
    [
        "HTTP_PROXY",
        "http_proxy",
        "PATH",
        "LANGSMITH_TRACING",
        "AUTH_SERVICE_HOST",
        "AUTH_SERVICE_PORT_HTTP",
        "CACHE_PORT",
        "CACHE_PORT_6379_TCP",
        "CACHE_PORT_6379_TCP_ADDR",
    ],
)
def test_other_peoples_variables_are_left_alone(name: str) -> None:
    assert warnings(**{name: "1"}) == []


def test_white_space_around_the_signing_secret_is_warned_of() -> None:
    assert warnings(AUTH_JWT_SECRET=SECRET + "\n") == [
        "AUTH_JWT_SECRET begins or ends with white space, which is part of the key: "
        "no token verifies unless the issuer's has it, too"
    ]
