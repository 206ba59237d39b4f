"""Which environment a name speaks of."""

from __future__ import annotations

import pytest

from plate_llm_cli.graph.environment_words import environment_of, is_other_environment


@pytest.mark.parametrize(
    ("name", "environment"),
    [
        ("plate-llm-prod", "production"),
        ("values.prd", "production"),
        ("staging/web", "staging"),
        ("web", ""),
        ("product-api", ""),
        ("prod-stg-bridge", ""),
    ],
)
def test_one_word_of_a_name_tells_the_environment(name: str, environment: str) -> None:
    assert environment_of(name) == environment


def test_names_of_two_environments_differ_by_nothing_else() -> None:
    assert is_other_environment("web-stg", "web-production")
    assert not is_other_environment("web-stg", "db-prod")
    assert not is_other_environment("web-prod", "web-production")
    assert not is_other_environment("web", "web-prod")
