from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.charts.conftest import ROOT

if TYPE_CHECKING:
    from tests.charts.conftest import Render

CHART = "plate-llm"
CONTRACT = ROOT / "service" / "env-contract.json"


def contract() -> dict[str, dict[str, Any]]:
    variables = json.loads(CONTRACT.read_text("utf-8"))["variables"]
    return {variable["name"]: variable for variable in variables}


def test_staging_gets_exactly_this(render: Render) -> None:
    assert render(CHART, env="stg").env == {
        "AUTH_AUDIENCE": "plate-llm",
        "AUTH_JWT_SECRET": ("app-env-secrets", "JWT_SECRET"),
        "AUTH_MODE": "jwt",
        "ANTHROPIC_API_KEY": ("cluster-env-secrets", "ANTHROPIC_API_KEY"),
        "CACHE_URL": "redis://plate-cache:6379/0",
        "LANGCHAIN_API_KEY": ("cluster-env-secrets", "LANGCHAIN_API_KEY"),
        "LANGCHAIN_PROJECT": "plate-llm-stg",
        "LANGCHAIN_TRACING_V2": "true",
        "LLM_ENVIRONMENT": "staging",
        "LLM_MODEL_NAME": "openai:gpt-4o-mini",
        "METRICS_PORT": "9090",
        "OPENAI_API_KEY": ("cluster-env-secrets", "OPENAI_API_KEY"),
        "PLATE_API_URL": "http://plate-api",
        "PORT": "8000",
        "SHUTDOWN_GRACE_SECONDS": "105",
    }


def test_production_differs_where_it_should(render: Render) -> None:
    staging, production = render(CHART, env="stg").env, render(CHART, env="prod").env
    names = staging.keys() | production.keys()
    assert {
        name: production.get(name) for name in names if staging.get(name) != production.get(name)
    } == {
        "LANGCHAIN_API_KEY": None,
        "LANGCHAIN_PROJECT": None,
        "LANGCHAIN_TRACING_V2": "false",
        "LLM_ENVIRONMENT": "production",
    }


EVERY_SETTING = {
    "port": 8080,
    "metrics": {"port": 9191},
    "llm": {
        "modelName": "anthropic:claude",
        "models": ["openai:a", {"name": "b", "maxTokens": 1000000}],
        "fallbackModels": ["openai:c"],
        "temperature": 0,
        "maxTokens": 1000000,
        "baseUrl": "https://llm.internal/v1",
        "environment": "staging",
    },
    "auth": {"jwksUrl": "https://keys", "issuer": "https://issuer", "audience": "plate"},
    "plateApi": {"url": "http://api"},
    "cache": {"url": "redis://cache"},
    "tracing": {"project": "p"},
}


def test_every_setting_becomes_a_variable_spelled_as_written(render: Render) -> None:
    assert render(CHART, EVERY_SETTING).env == {
        "AUTH_AUDIENCE": "plate",
        "AUTH_ISSUER": "https://issuer",
        "AUTH_JWKS_URL": "https://keys",
        "AUTH_MODE": "jwt",
        "CACHE_URL": "redis://cache",
        "LANGCHAIN_PROJECT": "p",
        "LANGCHAIN_TRACING_V2": "false",
        "LLM_BASE_URL": "https://llm.internal/v1",
        "LLM_ENVIRONMENT": "staging",
        "LLM_FALLBACK_MODELS": '["openai:c"]',
        "LLM_MAX_TOKENS": "1000000",
        "LLM_MODELS": '["openai:a",{"maxTokens":1000000,"name":"b"}]',
        "LLM_MODEL_NAME": "anthropic:claude",
        "LLM_TEMPERATURE": "0",
        "METRICS_PORT": "9191",
        "PLATE_API_URL": "http://api",
        "PORT": "8080",
        "SHUTDOWN_GRACE_SECONDS": "105",
    }


@pytest.mark.parametrize(
    ("temperature", "variable"), [(0, "0"), (0.0, "0"), (0.7, "0.7"), (1.0, "1"), ("0.70", "0.70")]
)
def test_temperature(render: Render, temperature: float | str, variable: str) -> None:
    assert render(CHART, {"llm": {"temperature": temperature}}).env["LLM_TEMPERATURE"] == variable


@pytest.mark.parametrize("absent", [None, ""])
def test_null_and_empty_leave_the_services_default(render: Render, absent: str | None) -> None:
    values = {"llm": {"temperature": absent, "maxTokens": absent, "modelName": absent}}
    env = render(CHART, values).env
    assert not {"LLM_TEMPERATURE", "LLM_MAX_TOKENS", "LLM_MODEL_NAME"} & env.keys()


def test_hostile_text_stays_text(render: Render) -> None:
    text = "a\"b\n- name: EVIL: {{ .Values }} $(PORT) '#"
    assert render(CHART, {"llm": {"modelName": text}}).env["LLM_MODEL_NAME"] == text


def test_the_chart_injects_only_what_the_service_reads(render: Render) -> None:
    injected = render(CHART, EVERY_SETTING).env.keys() | render(CHART, env="stg").env.keys()
    assert injected - contract().keys() == set()


def test_every_variable_of_the_contract_can_be_injected(render: Render) -> None:
    injected = render(CHART, EVERY_SETTING).env.keys() | render(CHART, env="stg").env.keys()
    assert contract().keys() - injected == set()


@pytest.mark.parametrize("env", ["stg", "prod"])
def test_secrets_and_only_secrets_come_from_secrets(render: Render, env: str) -> None:
    injected = render(CHART, env=env).env
    assert {name for name, value in injected.items() if isinstance(value, tuple)} == {
        name for name in injected if contract()[name]["secret"]
    }


@pytest.mark.parametrize("env", ["stg", "prod"])
def test_each_required_variable_is_injected(render: Render, env: str) -> None:
    required = {name for name, variable in contract().items() if variable["required"]}
    assert required - render(CHART, env=env).env.keys() == set()


def test_the_container_port_has_one_source(render: Render) -> None:
    rendered = render(CHART, {"port": 8123, "networkPolicy": {"enabled": True}}, env="stg")
    service = next(s for s in rendered.of("Service") if s["metadata"]["name"] == "plate-llm-stg")
    policy = rendered.one("NetworkPolicy")
    assert rendered.container["ports"][0] == {
        "name": "http",
        "containerPort": 8123,
        "protocol": "TCP",
    }
    assert rendered.env["PORT"] == "8123"
    assert service["spec"]["ports"][0]["targetPort"] == "http"
    assert policy["spec"]["ingress"][0]["ports"] == [{"port": 8123, "protocol": "TCP"}]


@pytest.mark.parametrize("target", [8000, "8000", "http"])
def test_a_target_port_that_agrees_is_kept(render: Render, target: int | str) -> None:
    service = render(CHART, {"service": {"targetPort": target}}).one("Service")
    assert str(service["spec"]["ports"][0]["targetPort"]) == str(target)


def test_switched_off_secrets_are_not_read(render: Render) -> None:
    values = {"appSecrets": {"enabled": False}, "tracing": {"enabled": False}}
    assert not [v for v in render(CHART, values, env="stg").env.values() if isinstance(v, tuple)]


def test_extra_variables_come_last(render: Render) -> None:
    extra = [
        {"name": "LOG_LEVEL", "value": "debug"},
        {"name": "POD", "valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}}},
    ]
    assert render(CHART, {"extraEnv": extra}, env="stg").container["env"][-2:] == extra


def test_github_credentials_stay_with_plate_api(render: Render) -> None:
    env = render(CHART, env="prod").env
    assert not [name for name in env if name.startswith("GITHUB_") or name == "ENCRYPTION_KEY"]
