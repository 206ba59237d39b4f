"""No value of a secret in anything that may be written down."""

from __future__ import annotations

import io
import traceback
from contextlib import redirect_stderr, redirect_stdout

import pytest

from service.settings.report import redacted
from service.settings.settings import SettingsError, load
from tests.service.settings.environments import LEAST, loaded

CANARY = "Zq7CANARYx4vN2kW9sTb3LmR6pHd8YfE"
SECRETS = {
    "OPENAI_API_KEY": CANARY,
    "ANTHROPIC_API_KEY": CANARY,
    "LLM_API_KEY": CANARY,
    "LANGCHAIN_API_KEY": CANARY,
    "AUTH_JWT_SECRET": CANARY,
    "CACHE_URL": f"redis://user:{CANARY}@plate-cache:6379/0?password={CANARY}",
}

MISPLACED: list[dict[str, str]] = [
    {"LLM_MODEL_NAME": CANARY},
    {"LLM_MODEL_NAME": f"openai:{CANARY} \u00e9"},
    {"OPENAI_API_KEY": f"{CANARY} {CANARY}"},
    {"AUTH_JWT_SECRET": "CANARY"},
    {"AUTH_JWT_SECRET": "CANARY_CHANGE_ME_CANARY_CHANGE_ME"},
    {"AUTH_PUBLIC_KEY": f"-----BEGIN PRIVATE KEY-----\n{CANARY}\n-----END PRIVATE KEY-----"},
    {"AUTH_JWT_SECRET": f"\udcff{CANARY}"},
    {"CACHE_URL": f"http://user:{CANARY}@plate-cache"},
    {"CACHE_URL": f"redis://user:{CANARY}/@plate-cache"},
    {"LLM_BASE_URL": f"https://user:{CANARY}@example.org"},
    {"LLM_BASE_URL": CANARY},
    {"LLM_TEMPERATURE": CANARY},
    {"LLM_MAX_TOKENS": CANARY},
    {"LLM_ENVIRONMENT": CANARY},
    {"LLM_DROP_UNSUPPORTED": CANARY},
    {"LLM_MODELS": CANARY},
    {"LLM_MODELS": f'["{CANARY}"]'},
    {"LLM_MODELS": f'[{{"model": "{CANARY}", "{CANARY}": 1}}]'},
    {"LLM_MODELS": f'[{{"model": "openai:a", "maxTokens": "{CANARY}"}}]'},
    {"LLM_FALLBACK_MODELS": f'["{CANARY}"]'},
    {"HTTP_CORS_ORIGINS": f'["{CANARY}"]'},
    {"PORT": CANARY},
]


def canaries(text: str) -> int:
    return text.count("CANARY")


@pytest.mark.parametrize("variables", MISPLACED, ids=range(len(MISPLACED)))
def test_no_error_shows_a_value_not_even_its_traceback(variables: dict[str, str]) -> None:
    with pytest.raises(SettingsError) as raised:
        load({**LEAST, **variables})
    error = raised.value
    shown = "".join(traceback.format_exception(error))
    assert canaries(str(error) + repr(error) + repr(error.problems) + shown) == 0
    assert (error.__cause__, error.__context__) == (None, None)


def test_no_representation_shows_a_secret() -> None:
    settings = loaded(**SECRETS)
    shown = repr(settings) + str(settings) + settings.model_dump_json() + repr(redacted(settings))
    assert canaries(shown) == 0


def test_no_warning_shows_a_value() -> None:
    _, warnings = load({**LEAST, "AUTH_JWT_SECRET": CANARY + "\n", "LLM_API_KEYS": CANARY})
    assert (len(warnings), canaries(str(warnings))) == (2, 0)


def test_nothing_is_printed() -> None:
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        loaded(**SECRETS)
    assert (out.getvalue(), err.getvalue()) == ("", "")


def test_a_secret_is_reported_as_set() -> None:
    shown = dict(redacted(loaded(**SECRETS)))
    assert {name: shown[name] for name in SECRETS} == {
        "OPENAI_API_KEY": "set",
        "ANTHROPIC_API_KEY": "set",
        "LLM_API_KEY": "set",
        "LANGCHAIN_API_KEY": "set",
        "AUTH_JWT_SECRET": "set",
        "CACHE_URL": "redis://plate-cache:6379/0",
    }
