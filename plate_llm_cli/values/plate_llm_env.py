"""The environment variables that the values of the chart plate-llm come to."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from plate_llm_cli.source.nodes import format_route
from plate_llm_cli.source.violations import ModelViolation, ViolationKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plate_llm_cli.source.nodes import Route
    from plate_llm_cli.source.strict_model import StrictModel

SETTINGS: Final[dict[str, tuple[str, ...]]] = {
    "PORT": ("port",),
    "METRICS_PORT": ("metrics", "port"),
    "SHUTDOWN_GRACE_SECONDS": ("shutdown", "gracePeriodSeconds"),
    "LLM_MODEL_NAME": ("llm", "modelName"),
    "LLM_MODELS": ("llm", "models"),
    "LLM_FALLBACK_MODELS": ("llm", "fallbackModels"),
    "LLM_TEMPERATURE": ("llm", "temperature"),
    "LLM_MAX_TOKENS": ("llm", "maxTokens"),
    "LLM_BASE_URL": ("llm", "baseUrl"),
    "LLM_ENVIRONMENT": ("llm", "environment"),
    "AUTH_MODE": ("auth", "mode"),
    "AUTH_JWKS_URL": ("auth", "jwksUrl"),
    "AUTH_ISSUER": ("auth", "issuer"),
    "AUTH_AUDIENCE": ("auth", "audience"),
    "PLATE_API_URL": ("plateApi", "url"),
    "CACHE_URL": ("cache", "url"),
    "LANGCHAIN_TRACING_V2": ("tracing", "enabled"),
    "LANGCHAIN_PROJECT": ("tracing", "project"),
}
"""Environment variables that plain values set. null, "" and [] leave one out."""

_PASSWORD: Final = re.compile(r"://[^/@]{0,255}:[^/@]{1,255}@")
_KEYS: Final = {"AUTH_JWKS_URL", "PLATE_API_URL", "AUTH_JWT_SECRET"}


def env_complaints(model: StrictModel) -> Iterator[ModelViolation]:
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
    llm, mode = values["llm"], values["auth"]["mode"]
    if mode == "jwt" and not names & _KEYS:
        message = "auth.mode is jwt, but nothing gives a key"
        hint = "Set plateApi.url, auth.jwksUrl, or AUTH_JWT_SECRET in appSecrets.envVars."
        yield ModelViolation(("auth", "mode"), message, hint)
    if values["tracing"]["enabled"] and "LANGCHAIN_API_KEY" not in names:
        message = "tracing.enabled needs LANGCHAIN_API_KEY in appSecrets.envVars"
        kind = ViolationKind.MISSING_FIELD
        yield ModelViolation(("tracing", "enabled"), message, "", kind)
    if llm["environment"] != "production":
        return
    if mode == "none":
        message = "auth.mode is none while llm.environment is production"
        yield ModelViolation(("auth", "mode"), message, "Use jwt.")
    for field in ("modelName", "models", "fallbackModels"):
        if "builtin:" in str(llm.get(field)):
            message = f"llm.{field} names a built-in model while llm.environment is production"
            yield ModelViolation(("llm", field), message, "It answers without any provider.")
