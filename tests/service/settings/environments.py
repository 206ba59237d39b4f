"""Environments for the tests of settings."""

from __future__ import annotations

import pytest

from service.settings.settings import Settings, SettingsError, load

SECRET = "q0Yv7cJm2kR9xTfB4nLsW8zHdE1uAiPg"  # noqa: S105 - of no one
"""32 bytes."""

LEAST = {"LLM_MODEL_NAME": "openai:gpt-4o-mini", "AUTH_JWT_SECRET": SECRET}
"""What the service needs, and no more."""


def loaded(**variables: str) -> Settings:
    """The settings of an environment that has these beside the least."""
    return load({**LEAST, **variables})[0]


def warnings(**variables: str) -> list[str]:
    return load({**LEAST, **variables})[1]


def refusal(**variables: str) -> str:
    """What `load` says to an environment with which the service does not start."""
    with pytest.raises(SettingsError) as raised:
        load({**LEAST, **variables})
    return str(raised.value)
