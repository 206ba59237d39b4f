from __future__ import annotations

import pytest

from plate_llm_cli.errors import UsageError
from plate_llm_cli.local.provider import BUILT_IN, Models, Provider, models_for
from service.settings import entries

OPENAI = {"LLM_MODEL_NAME": "openai:gpt-5"}
SLOW = "builtin:echo-slow"


@pytest.mark.parametrize(
    ("provider", "named", "plain", "models"),
    [
        (Provider.BUILTIN, "", OPENAI, Models("builtin:echo", False)),
        (
            Provider.BUILTIN,
            "",
            {"LLM_MODEL_NAME": "builtin:echo-slow"},
            Models("builtin:echo-slow", True),
        ),
        (Provider.BUILTIN, "echo-slow", OPENAI, Models(SLOW, False)),
        (Provider.OPENAI, "", OPENAI, Models("openai:gpt-5", True)),
        (Provider.OPENAI, "gpt-4o", OPENAI, Models("openai:gpt-4o", False)),
        (Provider.OPENAI, "openai:gpt-4o", OPENAI, Models("openai:gpt-4o", False)),
        (Provider.OPENAI, "ft:gpt-4o:x", OPENAI, Models("openai:ft:gpt-4o:x", False)),
        (Provider.ANTHROPIC, "", OPENAI, Models("anthropic:claude-haiku-4-5", False)),
    ],
)
def test_model_is_the_named_one_or_the_deployments_own_or_a_usual_one(
    provider: Provider, named: str, plain: dict[str, str], models: Models
) -> None:
    assert models_for(provider, named, plain) == models


@pytest.mark.parametrize(
    ("entries", "stay"),
    [
        ('["openai:gpt-4o", {"name": "fast", "model": "openai:gpt-4o-mini"}]', True),
        ('["anthropic:claude-haiku-4-5"]', False),
        ("no JSON: the service says so", True),
    ],
)
def test_further_models_stay_where_all_are_the_providers(entries: str, stay: bool) -> None:
    found = models_for(Provider.OPENAI, "", {**OPENAI, "LLM_MODELS": entries})
    assert found.keep_others is stay


def test_model_of_another_provider_is_refused() -> None:
    with pytest.raises(UsageError) as caught:
        models_for(Provider.BUILTIN, "openai:gpt-4o", OPENAI)
    assert caught.value.message == "--model openai:gpt-4o is none of --provider builtin"
    assert caught.value.hint == "--provider openai --model openai:gpt-4o"


def test_model_that_is_not_built_in_is_refused_with_the_way_to_it() -> None:
    with pytest.raises(UsageError) as caught:
        models_for(Provider.BUILTIN, "gpt-4o", OPENAI)
    assert caught.value.message == (
        "--model gpt-4o: the built-in provider has builtin:echo and builtin:echo-slow"
    )
    assert caught.value.hint == "--provider openai --model gpt-4o asks a real one, with your key"


def test_built_in_models_are_those_of_the_service() -> None:
    assert BUILT_IN == entries.BUILT_IN
