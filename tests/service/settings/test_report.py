from __future__ import annotations

import pytest

from service.settings.report import redacted
from service.settings.settings import Settings
from tests.service.settings.environments import loaded


def test_every_variable_is_reported_once_by_name() -> None:
    names = [name for name, _ in redacted(loaded())]
    assert names == sorted(name.upper() for name in Settings.model_fields)


@pytest.mark.parametrize(
    ("name", "text", "shown"),
    [
        ("OPENAI_API_KEY", "", "not set"),
        ("LLM_TEMPERATURE", "", "not set"),
        ("LLM_TEMPERATURE", "0.7", "0.7"),
        ("CACHE_SHARED", "true", "true"),
        ("LLM_RETRIES", "3", "3"),
        ("HTTP_ALLOWED_HOSTS", '["a"]', '["a"]'),
        (
            "LLM_MODELS",
            '["openai:a", {"model": "openai:b", "maxTokens": 5}]',
            '[{"name": "a", "model": "openai:a"}, '
            '{"name": "b", "model": "openai:b", "maxTokens": 5}]',
        ),
        ("CACHE_URL", "redis://plate-cache", "redis://plate-cache"),
        ("CACHE_URL", "unix://user:pw@/run/cache.sock?db=1", "unix:///run/cache.sock"),
        ("CACHE_URL", "rediss://:pw@[::1]:6380/2", "rediss://[::1]:6380/2"),
    ],
)
def test_a_setting_is_shown(name: str, text: str, shown: str) -> None:
    assert dict(redacted(loaded(**{name: text})))[name] == shown


def test_of_a_public_key_only_that_it_is_set_is_shown() -> None:
    key = "MCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="
    pem = f"-----BEGIN PUBLIC KEY-----\n{key}\n-----END PUBLIC KEY-----"
    assert dict(redacted(loaded(AUTH_PUBLIC_KEY=pem)))["AUTH_PUBLIC_KEY"] == "set"
