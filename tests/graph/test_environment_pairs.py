"""What a text of one environment is called in the other."""

from __future__ import annotations

import pytest

from plate_llm_cli.graph.environment_pairs import renaming


@pytest.mark.parametrize(
    ("text", "renamed"),
    [
        ("plate-llm-stg", "plate-llm-prod"),
        ("server/staging", "server/production"),
        ("LLM_STG", "LLM_PROD"),
        ("Staging", "Production"),
        ("stgx backstg", "stgx backstg"),
        ("stable", "stable"),
    ],
)
def test_words_of_an_environment(text: str, renamed: str) -> None:
    assert renaming([], ("plate-llm-stg", "plate-llm-prod"))(text) == renamed


def test_environments_without_a_word_of_their_own_are_not_renamed() -> None:
    assert renaming([], ("a", "a"))("a stg") == "a stg"
