"""The environment variables that the values of the chart plate-llm come to."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from plate_llm_cli.source.nodes import format_route
from plate_llm_cli.source.violations import ModelViolation, ViolationKind
from plate_llm_cli.values.plate_llm_models import model_complaints

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plate_llm_cli.source.nodes import Route
    from plate_llm_cli.values.plate_llm import PlateLlmValues

SETTINGS: Final[dict[str, tuple[str, ...]]] = {
    "PORT": ("port",),
    "METRICS_PORT": ("metrics", "port"),
    "LLM_MODEL_NAME": ("llm", "modelName"),
    "LLM_MODELS": ("llm", "models"),
    "LLM_FALLBACK_MODELS": ("llm", "fallbackModels"),
    "LLM_TEMPERATURE": ("llm", "temperature"),
    "LLM_MAX_TOKENS": ("llm", "maxTokens"),
    "LLM_BASE_URL": ("llm", "baseUrl"),
    "ANTHROPIC_BASE_URL": ("llm", "anthropicBaseUrl"),
    "LLM_ENVIRONMENT": ("llm", "environment"),
    "LLM_DROP_UNSUPPORTED": ("llm", "dropUnsupported"),
    "LLM_PASSTHROUGH": ("llm", "passthrough"),
    "LLM_TIMEOUT_SECONDS": ("llm", "timeoutSeconds"),
    "LLM_FIRST_TOKEN_SECONDS": ("llm", "firstTokenSeconds"),
    "LLM_STALL_SECONDS": ("llm", "stallSeconds"),
    "LLM_RETRIES": ("llm", "retries"),
    "AUTH_MODE": ("auth", "mode"),
    "AUTH_JWKS_URL": ("auth", "jwksUrl"),
    "AUTH_PUBLIC_KEY": ("auth", "publicKey"),
    "AUTH_ISSUER": ("auth", "issuer"),
    "AUTH_AUDIENCE": ("auth", "audience"),
    "AUTH_SCOPES": ("auth", "scopes"),
    "AUTH_LEEWAY_SECONDS": ("auth", "leewaySeconds"),
    "AUTH_TENANT_CLAIM": ("auth", "tenantClaim"),
    "PLATE_API_URL": ("plateApi", "url"),
    "CACHE_URL": ("cache", "url"),
    "CACHE_TTL_SECONDS": ("cache", "ttlSeconds"),
    "CACHE_SHARED": ("cache", "shared"),
    "CACHE_MEMORY_MEGABYTES": ("cache", "memoryMegabytes"),
    "LIMIT_REQUESTS_PER_MINUTE": ("limits", "requestsPerMinute"),
    "LIMIT_TOKENS_PER_MINUTE": ("limits", "tokensPerMinute"),
    "LIMIT_CONCURRENCY": ("limits", "concurrency"),
    "LIMIT_QUEUE": ("limits", "queue"),
    "LIMIT_QUEUE_SECONDS": ("limits", "queueSeconds"),
    "LIMIT_BODY_MEGABYTES": ("limits", "bodyMegabytes"),
    "LIMIT_MESSAGES": ("limits", "messages"),
    "LIMIT_IMAGE_MEGABYTES": ("limits", "imageMegabytes"),
    "HTTP_ALLOWED_HOSTS": ("http", "allowedHosts"),
    "HTTP_CORS_ORIGINS": ("http", "corsOrigins"),
    "PLAYGROUND_ENABLED": ("playground", "enabled"),
    "LANGCHAIN_TRACING_V2": ("tracing", "enabled"),
    "LANGCHAIN_PROJECT": ("tracing", "project"),
    "LANGCHAIN_ENDPOINT": ("tracing", "endpoint"),
    "LANGCHAIN_TRACING_SAMPLING_RATE": ("tracing", "samplingRate"),
    "LOG_LEVEL": ("log", "level"),
    "LOG_PROMPTS": ("log", "prompts"),
    "SHUTDOWN_DELAY_SECONDS": ("shutdown", "delaySeconds"),
    "SHUTDOWN_GRACE_SECONDS": ("shutdown", "gracePeriodSeconds"),
}
"""Environment variables that plain values set. null, "" and [] leave one out."""

_PASSWORD: Final = re.compile(r"://[^/@]{0,255}:[^/@]{1,255}@")
_KEYS: Final = {"AUTH_JWKS_URL", "PLATE_API_URL", "AUTH_JWT_SECRET", "AUTH_PUBLIC_KEY"}


def env_complaints(model: PlateLlmValues) -> Iterator[ModelViolation]:
    """What the service would refuse at its start, and what would lie readable in Git."""
    values = model.as_plain()
    plain = {name: (route, _at(values, route)) for name, route in SETTINGS.items()}
    seen: dict[str, Route] = {
        name: route for name, (route, value) in plain.items() if value not in (None, "", [])
    }
    for name, (route, value) in plain.items():
        if isinstance(value, str) and _PASSWORD.search(value):
            message = f"{format_route(route)} holds a password, which would lie readable in Git"
            yield ModelViolation(route, message, f"Put {name} into appSecrets.envVars.")
    yield from _twice(seen, _from_secrets(values), "name")
    yield from _twice(seen, _extra(values), "name")
    yield from _auth(values, set(seen))
    yield from _tracing(values, set(seen))
    yield from _tests(values, set(seen))
    yield from model_complaints(model.llm, set(seen))


def _at(values: dict[str, Any], route: tuple[str, ...]) -> Any:
    found: Any = values
    for step in route:
        found = found.get(step) if isinstance(found, dict) else None
    return found


def _from_secrets(values: dict[str, Any]) -> list[tuple[str, Route]]:
    secrets = values["appSecrets"]
    entries = secrets.get("envVars", []) if secrets["enabled"] else []
    return [(entry["name"], ("appSecrets", "envVars", i)) for i, entry in enumerate(entries)]


def _extra(values: dict[str, Any]) -> list[tuple[str, Route]]:
    entries = values.get("extraEnv", [])
    return [(entry["name"], ("extraEnv", i)) for i, entry in enumerate(entries)]


def _twice(
    seen: dict[str, Route], entries: list[tuple[str, Route]], field: str
) -> Iterator[ModelViolation]:
    """Names that were seen before. Adds the others to `seen`."""
    for name, route in entries:
        if name in seen:
            both = f"{format_route(seen[name])} and by {format_route(route)}"
            yield ModelViolation(
                (*route, field), f"{name} is set twice, by {both}", "Keep one of the two."
            )
        seen.setdefault(name, route)


def _auth(values: dict[str, Any], names: set[str]) -> Iterator[ModelViolation]:
    mode = values["auth"]["mode"]
    if mode == "none" and values["llm"]["environment"] == "production":
        message = "auth.mode is none while llm.environment is production"
        yield ModelViolation(("auth", "mode"), message, "Use jwt.")
    if mode == "jwt" and not names & _KEYS:
        message = "auth.mode is jwt, but nothing gives a key"
        hint = "Set plateApi.url, auth.jwksUrl, auth.publicKey, or AUTH_JWT_SECRET in "
        hint += "appSecrets.envVars."
        yield ModelViolation(("auth", "mode"), message, hint)


def _tracing(values: dict[str, Any], names: set[str]) -> Iterator[ModelViolation]:
    if values["tracing"]["enabled"] and "LANGCHAIN_API_KEY" not in names:
        message = "tracing.enabled needs LANGCHAIN_API_KEY in appSecrets.envVars"
        kind = ViolationKind.MISSING_FIELD
        yield ModelViolation(("tracing", "enabled"), message, "", kind)


def _tests(values: dict[str, Any], names: set[str]) -> Iterator[ModelViolation]:
    """What the pods that try the service cannot do."""
    tests = values["tests"]
    kind = ViolationKind.MISSING_FIELD
    if tests["withToken"] and "AUTH_JWT_SECRET" not in names:
        message = "tests.withToken needs AUTH_JWT_SECRET in appSecrets.envVars"
        hint = "No other key makes tokens."
        yield ModelViolation(("tests", "withToken"), message, hint, kind)
    if tests["chat"] and values["auth"]["mode"] == "jwt" and not tests["withToken"]:
        message = "tests.chat needs tests.withToken"
        hint = "The service answers nobody without a token."
        yield ModelViolation(("tests", "chat"), message, hint)
