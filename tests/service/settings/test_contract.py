from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from docs.generate import stale
from service.settings.contract import contract
from service.settings.settings import Settings

FILE = Path(__file__).parents[3] / "service" / "env-contract.json"


def variables() -> dict[str, dict[str, Any]]:
    return {variable["name"]: variable for variable in json.loads(contract())["variables"]}


def test_the_file_is_what_the_settings_say() -> None:
    assert FILE.read_text("utf-8") == contract()


def test_the_documents_watch_over_the_file() -> None:
    assert "service/env-contract.json" not in stale()


def test_it_names_every_setting_in_order() -> None:
    assert list(variables()) == sorted(name.upper() for name in Settings.model_fields)


def test_secrets_are_the_keys_and_the_signing_secret() -> None:
    assert [name for name, variable in variables().items() if variable["secret"]] == [
        "ANTHROPIC_API_KEY",
        "AUTH_JWT_SECRET",
        "LANGCHAIN_API_KEY",
        "LLM_API_KEY",
        "OPENAI_API_KEY",
    ]


def test_only_the_model_is_required() -> None:
    assert [name for name, variable in variables().items() if variable["required"]] == [
        "LLM_MODEL_NAME"
    ]


@pytest.mark.parametrize(
    ("name", "kind", "default"),
    [
        ("OPENAI_API_KEY", "string", None),
        ("LLM_MODEL_NAME", "string", None),
        ("LLM_MODELS", "json", []),
        ("LLM_BASE_URL", "url", None),
        ("CACHE_URL", "url", None),
        ("AUTH_MODE", "string", "jwt"),
        ("AUTH_SCOPES", "string", ""),
        ("AUTH_PUBLIC_KEY", "string", None),
        ("LLM_TEMPERATURE", "number", None),
        ("LLM_TIMEOUT_SECONDS", "number", 600),
        ("LLM_MAX_TOKENS", "integer", None),
        ("CACHE_SHARED", "boolean", False),
        ("PORT", "integer", 8000),
    ],
)
def test_type_and_default(name: str, kind: str, default: Any) -> None:
    variable = variables()[name]
    assert (variable["type"], variable["default"]) == (kind, default)


@pytest.mark.parametrize("name", sorted(variables()))
def test_a_description_is_a_sentence(name: str) -> None:
    description = variables()[name]["description"]
    assert description.endswith(".")
    assert len(description) <= 160
