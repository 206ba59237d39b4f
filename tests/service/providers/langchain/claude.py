"""Anthropic's models as settings make them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic import SecretStr

from service.providers.langchain_anthropic import anthropic_provider
from service.settings.settings import Settings
from tests.service.providers.anthropic_stand_in import KEY

if TYPE_CHECKING:
    from service.providers.langchain_chat import LangChainProvider


def provider_at(url: str | None, key: str | None = KEY, **values: Any) -> LangChainProvider:
    """The provider at this address."""
    return anthropic_provider(
        Settings(
            llm_model_name="anthropic:claude",
            anthropic_api_key=SecretStr(key) if key is not None else None,
            anthropic_base_url=url,
            **values,
        )
    )
