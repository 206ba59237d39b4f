from __future__ import annotations

import json
from typing import Any

import pytest

from service.settings.entries import ModelEntry
from tests.service.settings.environments import loaded


def entry(given: Any) -> ModelEntry:
    (first,) = loaded(LLM_MODELS=json.dumps([given])).llm_models
    return first


@pytest.mark.parametrize(
    ("spec", "provider", "upstream"),
    [
        ("openai:gpt-4o", "openai", "gpt-4o"),
        ("anthropic:claude-sonnet-4-5", "anthropic", "claude-sonnet-4-5"),
        ("openai:meta/llama3.1:8b", "openai", "meta/llama3.1:8b"),
        ("langchain:my_models.chat.make", "langchain", "my_models.chat.make"),
        ("builtin:echo", "builtin", "echo"),
    ],
)
def test_a_text_names_provider_and_model(spec: str, provider: str, upstream: str) -> None:
    read = entry(spec)
    assert (read.provider, read.upstream, read.name, read.names) == (
        provider,
        upstream,
        upstream,
        (upstream,),
    )


def test_an_object_has_limits_in_camel_case() -> None:
    read = entry(
        {
            "name": "fast",
            "model": "openai:gpt-4o-mini",
            "aliases": ["small", "cheap"],
            "maxTokens": 4096,
            "temperature": 1,
            "refuses": ["top_p"],
            "streamUsage": False,
            "requestsPerMinute": 60,
            "tokensPerMinute": 100000,
        }
    )
    assert read == ModelEntry(
        name="fast",
        model="openai:gpt-4o-mini",
        aliases=("small", "cheap"),
        maxTokens=4096,
        temperature=1.0,
        refuses=("top_p",),
        streamUsage=False,
        requestsPerMinute=60,
        tokensPerMinute=100000,
    )
    assert read.names == ("fast", "small", "cheap")


def test_null_means_that_a_key_is_not_there() -> None:
    assert entry({"model": "openai:a", "name": None, "streamUsage": None}) == entry("openai:a")


def test_the_default_model_comes_first_without_an_entry() -> None:
    entries = loaded(LLM_MODELS='["openai:a", "openai:b"]').model_entries()
    assert [read.name for read in entries] == ["gpt-4o-mini", "a", "b"]


def test_an_entry_of_the_default_model_adds_its_limits() -> None:
    models = '["openai:a", {"model": "openai:gpt-4o-mini", "name": "mini", "maxTokens": 9}]'
    entries = loaded(LLM_MODELS=models).model_entries()
    assert [(read.name, read.max_tokens) for read in entries] == [("mini", 9), ("a", None)]


def test_a_second_entry_of_the_default_model_is_another_model() -> None:
    models = (
        '[{"model": "openai:gpt-4o-mini", "name": "one"}, '
        '{"model": "openai:gpt-4o-mini", "name": "two"}]'
    )
    assert [read.name for read in loaded(LLM_MODELS=models).model_entries()] == ["one", "two"]
