"""Which charts have a model of their values, and what the models say.

The models load pydantic: they are imported when the first chart that has one is asked for.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from plate_llm_cli.source.nodes import Plain
    from plate_llm_cli.source.violations import ModelViolation
    from plate_llm_cli.values.kubernetes_parts import ChartValues

_MODELS: Final = {
    "openbao-secrets-manager": ("openbao_secrets_manager", "OpenbaoSecretsManagerValues"),
    "plate-llm": ("plate_llm", "PlateLlmValues"),
}

MODELLED_CHARTS: Final = tuple(sorted(_MODELS))
"""Names of the charts that have a model."""


def model_for(chart_name: str) -> type[ChartValues] | None:
    """The model of the chart's values, or None."""
    if chart_name not in _MODELS:
        return None
    module, name = _MODELS[chart_name]
    model: type[ChartValues] = getattr(import_module(f"plate_llm_cli.values.{module}"), name)
    return model


def check_values(chart_name: str, merged: Plain) -> list[ModelViolation]:
    """What is wrong with all values of a release: `merged` is what `.Values` holds.

    Nothing, when the chart has no model.
    """
    return _check(chart_name, merged, partial=False)


def check_overlay(chart_name: str, overlay: Plain) -> list[ModelViolation]:
    """What is wrong with one value file by itself: unknown keys, types, forms.

    It may leave out whatever another file gives; what does not go together is a question for
    `check_values`. Nothing, when the chart has no model.
    """
    return _check(chart_name, {} if overlay is None else overlay, partial=True)


def _check(chart_name: str, values: Plain, *, partial: bool) -> list[ModelViolation]:
    model = model_for(chart_name)
    if model is None:
        return []
    errors = import_module("plate_llm_cli.source.pydantic_errors")
    found: list[ModelViolation] = errors.violations_of(model, values, partial=partial)
    return found
