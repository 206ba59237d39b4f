"""Settings that are good each by itself, and do not fit together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from service.settings.messages import Problem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from service.settings.settings import Settings


def _no_open_production(settings: Settings) -> Iterator[Problem]:
    if settings.llm_environment == "production" and settings.auth_mode == "none":
        yield Problem("AUTH_MODE", "must be jwt while LLM_ENVIRONMENT is production")


def _no_invented_answers(settings: Settings) -> Iterator[Problem]:
    if settings.llm_environment != "production":
        return
    text = "must not name the built-in model while LLM_ENVIRONMENT is production"
    if settings.llm_model_name.startswith("builtin:"):
        yield Problem("LLM_MODEL_NAME", text)
    for index, entry in enumerate(settings.llm_models):
        if entry.provider == "builtin":
            yield Problem(f"LLM_MODELS[{index}].model", text)
    for index, name in enumerate(settings.llm_fallback_models):
        if name.startswith("builtin:"):
            yield Problem(f"LLM_FALLBACK_MODELS[{index}]", text)


def _a_key_for_tokens(settings: Settings) -> Iterator[Problem]:
    sources = (
        settings.auth_jwt_secret,
        settings.auth_jwks_url,
        settings.auth_public_key,
        settings.plate_api_url,
    )
    if settings.auth_mode == "jwt" and not any(sources):
        yield Problem(
            "AUTH_MODE",
            "jwt needs a key to verify tokens with: set AUTH_JWT_SECRET, AUTH_JWKS_URL, "
            "AUTH_PUBLIC_KEY or PLATE_API_URL",
        )


def _one_name_one_model(settings: Settings) -> Iterator[Problem]:
    taken: dict[str, str] = {}
    listed = {id(entry): f"LLM_MODELS[{i}]" for i, entry in enumerate(settings.llm_models)}
    for entry in settings.model_entries():
        route = listed.get(id(entry), "LLM_MODEL_NAME")
        for name in entry.names:
            if name in taken:
                yield Problem(route, f"has a name or alias that {taken[name]} has, too")
            taken.setdefault(name, route)


def _an_address_for_compatible_models(settings: Settings) -> Iterator[Problem]:
    compatible = any(entry.provider == "openai-compatible" for entry in settings.model_entries())
    if compatible and settings.llm_base_url is None:
        yield Problem("LLM_BASE_URL", "is needed by a model that is openai-compatible")


def _fallbacks_are_known(settings: Settings) -> Iterator[Problem]:
    known = _names(settings)
    for index, name in enumerate(settings.llm_fallback_models):
        if name not in known:
            text = "must be a name of LLM_MODELS, or of LLM_MODEL_NAME's model"
            yield Problem(f"LLM_FALLBACK_MODELS[{index}]", text)


def _a_key_for_tracing(settings: Settings) -> Iterator[Problem]:
    if settings.langchain_tracing_v2 and settings.langchain_api_key is None:
        yield Problem("LANGCHAIN_API_KEY", "is needed while LANGCHAIN_TRACING_V2 is true")


def _two_ports(settings: Settings) -> Iterator[Problem]:
    if settings.port == settings.metrics_port != 0:
        yield Problem("METRICS_PORT", "must be another port than PORT")


CHECKS: tuple[Callable[[Settings], Iterator[Problem]], ...] = (
    _no_open_production,
    _no_invented_answers,
    _a_key_for_tokens,
    _one_name_one_model,
    _an_address_for_compatible_models,
    _fallbacks_are_known,
    _a_key_for_tracing,
    _two_ports,
)


def warnings(settings: Settings) -> Iterator[str]:
    """What is allowed, and hardly meant."""
    secret = settings.auth_jwt_secret
    text = secret.get_secret_value() if secret is not None else ""
    if text != text.strip():
        yield (
            "AUTH_JWT_SECRET begins or ends with white space, which is part of the key: "
            "no token verifies unless the issuer's has it, too"
        )


def fallback_names(settings: Settings) -> tuple[str, ...]:
    """LLM_FALLBACK_MODELS by the models' names, each once; it may hold `<provider>:<model>`."""
    known = _names(settings)
    return tuple(dict.fromkeys(known[name] for name in settings.llm_fallback_models))


def _names(settings: Settings) -> dict[str, str]:
    """By everything that LLM_FALLBACK_MODELS may call a model: its name."""
    entries = settings.model_entries()
    known = {name: entry.name for entry in entries for name in entry.names}
    for entry in entries:
        known.setdefault(entry.model, entry.name)
    return known
