"""What does not go together in the models that the values of the chart plate-llm name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plate_llm_cli.source.nodes import format_route
from plate_llm_cli.source.violations import ModelViolation, ViolationKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plate_llm_cli.source.nodes import Route
    from plate_llm_cli.values.plate_llm_settings import Llm

_MODEL_NAME = ("llm", "modelName")


def model_complaints(llm: Llm, variables: set[str]) -> Iterator[ModelViolation]:
    """What the service would refuse at its start. `variables` are all that it gets.

    Where a Secret names models, only the service knows all of them, and only it can judge.
    """
    yield from _built_in(llm)
    yield from _without_address(llm, variables)
    named = {"LLM_MODEL_NAME": llm.model_name, "LLM_MODELS": llm.models}
    if not any(name in variables and not value for name, value in named.items()):
        yield from _names(llm)


def _specs(llm: Llm) -> Iterator[tuple[Route, str]]:
    """Every model with the place that names it."""
    if llm.model_name:
        yield _MODEL_NAME, llm.model_name
    for index, entry in enumerate(llm.models or ()):
        yield ("llm", "models", index), entry.model


def _built_in(llm: Llm) -> Iterator[ModelViolation]:
    fallbacks = enumerate(llm.fallback_models or ())
    named = [*_specs(llm), *((("llm", "fallbackModels", i), name) for i, name in fallbacks)]
    for route, name in named:
        if llm.environment == "production" and name.startswith("builtin:"):
            message = f"{format_route(route)} names the built-in model while llm.environment is "
            hint = "It answers without any provider."
            yield ModelViolation(route, f"{message}production", hint)


def _without_address(llm: Llm, variables: set[str]) -> Iterator[ModelViolation]:
    for route, name in _specs(llm):
        if name.startswith("openai-compatible:") and "LLM_BASE_URL" not in variables:
            message = f"{format_route(route)} is openai-compatible, which needs llm.baseUrl"
            yield ModelViolation(route, message, "", ViolationKind.MISSING_FIELD)


def _names(llm: Llm) -> Iterator[ModelViolation]:
    """Names that two models have, and fallbacks that no model has."""
    known: dict[str, Route] = {}
    specs = dict.fromkeys(spec for _, spec in _specs(llm))
    if llm.model_name and all(entry.model != llm.model_name for entry in llm.models or ()):
        known[llm.model_name.partition(":")[2]] = _MODEL_NAME
    for index, entry in enumerate(llm.models or ()):
        route = ("llm", "models", index)
        for name in entry.names:
            if name in known:
                message = f"the model {name} is named twice, by {format_route(known[name])} and by "
                hint = "Give one of them another `name`."
                yield ModelViolation(route, message + format_route(route), hint)
            known.setdefault(name, route)
    for index, name in enumerate(llm.fallback_models or ()):
        if name not in known and name not in specs:
            route = ("llm", "fallbackModels", index)
            message = f"{format_route(route)} ({name}) is none of the models"
            hint = "Add it to llm.models: a fallback is a model of its own."
            yield ModelViolation(route, message, hint)
