"""The providers that need LangChain, each with what it alone needs: it takes a second or two."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from service.providers.langchain_chat import LangChainProvider
    from service.settings.settings import Settings
    from service.upstream.wire import Wire


def openai_provider(name: str, wire: Wire, missing_key: str | None = None) -> LangChainProvider:
    """An endpoint that speaks OpenAI's API."""
    from service.providers import langchain_openai  # noqa: PLC0415 - not with Anthropic's

    return langchain_openai.openai_provider(name, wire, missing_key)


def anthropic_provider(settings: Settings) -> LangChainProvider:
    """Anthropic's API with the key of the settings."""
    from service.providers import langchain_anthropic  # noqa: PLC0415 - not with OpenAI's

    return langchain_anthropic.anthropic_provider(settings)


def factory_provider(dotted: str) -> LangChainProvider:
    """The model that a factory gives. Raises FactoryError."""
    from service.providers import langchain_factory  # noqa: PLC0415 - with neither

    return langchain_factory.factory_provider(dotted)
