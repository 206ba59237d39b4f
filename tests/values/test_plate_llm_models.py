"""What does not go together in the models that the values of the chart plate-llm name."""

from __future__ import annotations

import pytest

from plate_llm_cli.source.violations import ViolationKind
from tests.values.plate_llm_values import Found, Values, check, secret

BAD, MISSING = ViolationKind.BAD_VALUE, ViolationKind.MISSING_FIELD

REFUSED: dict[str, tuple[Values, Found]] = {
    "the built-in model in production": (
        {
            "llm": {
                "environment": "production",
                "modelName": "builtin:echo",
                "fallbackModels": ["builtin:echo"],
            }
        },
        [
            (
                BAD,
                ("llm", "modelName"),
                "llm.modelName names the built-in model while llm.environment is production",
            ),
            (
                BAD,
                ("llm", "fallbackModels", 0),
                "llm.fallbackModels[0] names the built-in model while llm.environment is "
                "production",
            ),
        ],
    ),
    "the built-in model among others in production": (
        {"llm": {"environment": "production", "models": ["openai:a", {"model": "builtin:echo"}]}},
        [
            (
                BAD,
                ("llm", "models", 1),
                "llm.models[1] names the built-in model while llm.environment is production",
            )
        ],
    ),
    "a model of no provider": (
        {"llm": {"models": ["openai:a", "gpt-4o"]}},
        [(BAD, ("llm", "models", 1), "`models[1]` must be <provider>:<model>")],
    ),
    "a model that is a number": (
        {"llm": {"models": [4]}},
        [
            (
                ViolationKind.WRONG_TYPE,
                ("llm", "models", 0),
                "`models[0]` must be <provider>:<model>, or a mapping with that as its `model`",
            )
        ],
    ),
    "limits of no model": (
        {"llm": {"models": [{"name": "a"}]}},
        [
            (
                MISSING,
                ("llm", "models", 0, "model"),
                "`model` is missing under `llm.models[0]`",
            )
        ],
    ),
    "a limit that there is not": (
        {"llm": {"models": [{"model": "openai:a", "maxToken": 1}]}},
        [
            (
                ViolationKind.UNKNOWN_FIELD,
                ("llm", "models", 0, "maxToken"),
                "there is no field `maxToken` under `llm.models[0]`",
            )
        ],
    ),
    "a fallback that is none of the models": (
        {"llm": {"fallbackModels": ["gpt-4o-mini", "openai:c"]}},
        [
            (
                BAD,
                ("llm", "fallbackModels", 1),
                "llm.fallbackModels[1] (openai:c) is none of the models",
            )
        ],
    ),
    "two models of one name": (
        {"llm": {"models": ["openai:a", {"model": "anthropic:b", "aliases": ["a"]}]}},
        [
            (
                BAD,
                ("llm", "models", 1),
                "the model a is named twice, by llm.models[0] and by llm.models[1]",
            )
        ],
    ),
    "a model with the default's name": (
        {"llm": {"models": ["anthropic:gpt-4o-mini"]}},
        [
            (
                BAD,
                ("llm", "models", 0),
                "the model gpt-4o-mini is named twice, by llm.modelName and by llm.models[0]",
            )
        ],
    ),
    "a compatible model without an address": (
        {"llm": {"modelName": "openai-compatible:a"}},
        [
            (
                MISSING,
                ("llm", "modelName"),
                "llm.modelName is openai-compatible, which needs llm.baseUrl",
            )
        ],
    ),
    "a wait without end": (
        {"llm": {"stallSeconds": 0, "retries": 11}},
        [
            (BAD, ("llm", "stallSeconds"), "`stallSeconds` must be more than 0"),
            (BAD, ("llm", "retries"), "`retries` must be at most 10"),
        ],
    ),
    "off without quotes": (
        {"llm": {"passthrough": False}},
        [(BAD, ("llm", "passthrough"), "`passthrough` must be one of 'auto' or 'off'")],
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refused(case: str) -> None:
    values, found = REFUSED[case]
    assert check(values) == found


ACCEPTED: dict[str, Values] = {
    "models with limits": {
        "llm": {
            "models": ["openai:a", {"model": "openai:gpt-4o-mini", "name": "b", "maxTokens": 1000}],
            "fallbackModels": ["b", "openai:gpt-4o-mini", "a"],
        }
    },
    "one model under two names": {
        "llm": {"models": ["openai:a", {"model": "openai:a", "name": "b", "maxTokens": None}]}
    },
    "fallbacks among models that a Secret names": {
        "llm": {"fallbackModels": ["b"]},
        "appSecrets": secret("LLM_MODELS"),
    },
    "an address that a Secret names": {
        "llm": {"modelName": "openai-compatible:a"},
        "appSecrets": secret("LLM_BASE_URL"),
    },
}


@pytest.mark.parametrize("values", ACCEPTED.values(), ids=ACCEPTED)
def test_accepted(values: Values) -> None:
    assert check(values) == []
