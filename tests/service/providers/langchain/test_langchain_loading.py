"""What is loaded when: LangChain costs a second, and each provider's library as much again."""

from __future__ import annotations

import subprocess
import sys

import pytest

PROVIDERS = {
    "openai": "registry.openai_provider('openai', object())",
    "factory": "registry.factory_provider('tests.service.providers.langchain.plugged.parrot')",
}


def loaded(statement: str) -> set[str]:
    """The packages that are loaded after a statement, in a process of its own."""
    code = f"""
import sys
from service.providers import langchain_error, langchain_registry as registry
{statement}
print(" ".join(sorted({{name.partition('.')[0] for name in sys.modules}})))
"""
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603 - ours
    return set(done.stdout.split())


def test_naming_the_providers_loads_nothing_of_langchain() -> None:
    assert not loaded("") & {"langchain_core", "langchain_openai", "langchain_anthropic"}


@pytest.mark.parametrize("name", sorted(PROVIDERS))
def test_anthropics_library_is_loaded_for_anthropic_alone(name: str) -> None:
    assert not loaded(PROVIDERS[name]) & {"langchain_anthropic", "anthropic"}


def test_openais_library_is_not_loaded_for_a_factory() -> None:
    assert not loaded(PROVIDERS["factory"]) & {"langchain_openai", "openai"}
