from __future__ import annotations

import json
import secrets
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from plate_llm_cli.values.merge import coalesce
from plate_llm_cli.values.plate_llm_env import SETTINGS
from plate_llm_cli.values.registry import check_values
from service.settings.settings import load
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
        "SHUTDOWN_DELAY_SECONDS": "2",
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


PUBLIC_KEY = """\
-----BEGIN PUBLIC KEY-----
MCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=
-----END PUBLIC KEY-----
"""
"""The first one of RFC 8032, 7.1."""

EVERY_SETTING = {
    "port": 8080,
    "metrics": {"port": 9191},
    "llm": {
        "modelName": "anthropic:claude",
        "models": ["openai-compatible:a", {"model": "openai:b", "maxTokens": 1000000}],
        "fallbackModels": ["openai:b", "a"],
        "temperature": 0,
        "maxTokens": 1000000,
        "baseUrl": "https://llm.internal/v1",
        "anthropicBaseUrl": "https://claude.internal",
        "environment": "staging",
        "dropUnsupported": True,
        "passthrough": "off",
        "timeoutSeconds": 900,
        "firstTokenSeconds": 0.5,
        "stallSeconds": 30,
        "retries": 0,
    },
    "auth": {
        "jwksUrl": "https://keys",
        "publicKey": PUBLIC_KEY,
        "issuer": "https://issuer",
        "audience": "plate",
        "scopes": "llm:chat llm:embed",
        "leewaySeconds": 0,
        "tenantClaim": "org",
    },
    "plateApi": {"url": "http://api"},
    "cache": {"url": "redis://cache", "ttlSeconds": 0, "shared": True, "memoryMegabytes": 128},
    "limits": {
        "requestsPerMinute": 60,
        "tokensPerMinute": 1000000,
        "concurrency": 64,
        "queue": 0,
        "queueSeconds": 2.5,
        "bodyMegabytes": 10,
        "messages": 100,
        "imageMegabytes": 5,
    },
    "http": {"allowedHosts": ["llm.example.org"], "corsOrigins": ["https://app.example.org"]},
    "playground": {"enabled": True},
    "tracing": {"project": "p", "endpoint": "https://traces", "samplingRate": 0.1},
    "log": {"level": "warning", "prompts": False},
    "shutdown": {"delaySeconds": 0},
}
EVERY_SECRET = [
    "ANTHROPIC_API_KEY",
    "AUTH_JWT_SECRET",
    "LANGCHAIN_API_KEY",
    "LLM_API_KEY",
    "OPENAI_API_KEY",
]


def test_every_setting_becomes_a_variable_spelled_as_written(render: Render) -> None:
    assert render(CHART, EVERY_SETTING).env == {
        "ANTHROPIC_BASE_URL": "https://claude.internal",
        "AUTH_AUDIENCE": "plate",
        "AUTH_ISSUER": "https://issuer",
        "AUTH_JWKS_URL": "https://keys",
        "AUTH_LEEWAY_SECONDS": "0",
        "AUTH_MODE": "jwt",
        "AUTH_PUBLIC_KEY": PUBLIC_KEY,
        "AUTH_SCOPES": "llm:chat llm:embed",
        "AUTH_TENANT_CLAIM": "org",
        "CACHE_MEMORY_MEGABYTES": "128",
        "CACHE_SHARED": "true",
        "CACHE_TTL_SECONDS": "0",
        "CACHE_URL": "redis://cache",
        "HTTP_ALLOWED_HOSTS": '["llm.example.org","release-plate-llm",'
        '"release-plate-llm.elsewhere","release-plate-llm.elsewhere.svc",'
        '"release-plate-llm.elsewhere.svc.cluster.local"]',
        "HTTP_CORS_ORIGINS": '["https://app.example.org"]',
        "LANGCHAIN_ENDPOINT": "https://traces",
        "LANGCHAIN_PROJECT": "p",
        "LANGCHAIN_TRACING_SAMPLING_RATE": "0.1",
        "LANGCHAIN_TRACING_V2": "false",
        "LIMIT_BODY_MEGABYTES": "10",
        "LIMIT_CONCURRENCY": "64",
        "LIMIT_IMAGE_MEGABYTES": "5",
        "LIMIT_MESSAGES": "100",
        "LIMIT_QUEUE": "0",
        "LIMIT_QUEUE_SECONDS": "2.5",
        "LIMIT_REQUESTS_PER_MINUTE": "60",
        "LIMIT_TOKENS_PER_MINUTE": "1000000",
        "LLM_BASE_URL": "https://llm.internal/v1",
        "LLM_DROP_UNSUPPORTED": "true",
        "LLM_ENVIRONMENT": "staging",
        "LLM_FALLBACK_MODELS": '["openai:b","a"]',
        "LLM_FIRST_TOKEN_SECONDS": "0.5",
        "LLM_MAX_TOKENS": "1000000",
        "LLM_MODELS": '["openai-compatible:a",{"maxTokens":1000000,"model":"openai:b"}]',
        "LLM_MODEL_NAME": "anthropic:claude",
        "LLM_PASSTHROUGH": "off",
        "LLM_RETRIES": "0",
        "LLM_STALL_SECONDS": "30",
        "LLM_TEMPERATURE": "0",
        "LLM_TIMEOUT_SECONDS": "900",
        "LOG_LEVEL": "warning",
        "LOG_PROMPTS": "false",
        "METRICS_PORT": "9191",
        "PLATE_API_URL": "http://api",
        "PLAYGROUND_ENABLED": "true",
        "PORT": "8080",
        "SHUTDOWN_DELAY_SECONDS": "0",
        "SHUTDOWN_GRACE_SECONDS": "107",
    }


def with_secrets(values: dict[str, Any]) -> dict[str, Any]:
    entries = [{"name": name, "secretKey": name} for name in EVERY_SECRET]
    return {**values, "appSecrets": {"enabled": True, "secretName": "s", "envVars": entries}}


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


HOSTS = {"http": {"allowedHosts": ["localhost"]}}


def test_a_host_check_lets_the_ingress_and_the_service_through(render: Render) -> None:
    env = render(CHART, HOSTS, env="stg").env
    assert json.loads(env["HTTP_ALLOWED_HOSTS"]) == [
        "localhost",
        "plate-llm-stg",
        "plate-llm-stg.plate-stg",
        "plate-llm-stg.plate-stg.svc",
        "plate-llm-stg.plate-stg.svc.cluster.local",
        "llm.cocdev.co.kr",
    ]


def test_a_host_check_lets_no_host_of_a_switched_off_ingress_through(render: Render) -> None:
    env = render(CHART, {**HOSTS, "ingress": {"enabled": False}}, env="stg").env
    assert "llm.cocdev.co.kr" not in json.loads(env["HTTP_ALLOWED_HOSTS"])


def test_hostile_text_stays_text(render: Render) -> None:
    text = "a\"b\n- name: EVIL: {{ .Values }} $(PORT) '#"
    assert render(CHART, {"llm": {"modelName": text}}).env["LLM_MODEL_NAME"] == text


def test_the_chart_injects_only_what_the_service_reads(render: Render) -> None:
    injected = render(CHART, with_secrets(EVERY_SETTING)).env.keys()
    assert injected - contract().keys() == set()


def test_every_variable_of_the_contract_can_be_injected(render: Render) -> None:
    injected = render(CHART, with_secrets(EVERY_SETTING)).env.keys()
    assert contract().keys() - injected == set()


def test_every_variable_of_a_setting_is_named_by_the_model_of_the_values(render: Render) -> None:
    assert SETTINGS.keys() == render(CHART, EVERY_SETTING).env.keys()


def started_with(env: dict[str, Any]) -> list[str]:
    """What the service says to these variables; a Secret's are random. Raises as it would."""
    given = {
        name: value if isinstance(value, str) else secrets.token_urlsafe(32)
        for name, value in env.items()
    }
    return load(given)[1]


@pytest.mark.parametrize("env", ["stg", "prod"])
def test_the_service_starts_with_what_an_environment_injects(render: Render, env: str) -> None:
    assert started_with(render(CHART, env=env).env) == []


def test_the_service_starts_with_every_setting(render: Render) -> None:
    assert started_with(render(CHART, with_secrets(EVERY_SETTING)).env) == []


def test_the_model_of_the_values_takes_every_setting() -> None:
    defaults = yaml.safe_load((ROOT / "charts" / CHART / "values.yaml").read_text("utf-8"))
    assert check_values(CHART, coalesce(defaults, with_secrets(EVERY_SETTING))) == []


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
    off = {"enabled": False}
    values = {"appSecrets": off, "tracing": off, "tests": {"withToken": False}}
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
