"""Which provider serves a model. A further one is a file here and a line in `MAKERS`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from service.providers.echo import EchoProvider
from service.providers.openai_bytes import OpenAIBytes
from service.upstream.wire import Wire

if TYPE_CHECKING:
    from collections.abc import Callable

    import aiohttp

    from service.models.catalogue import Model
    from service.providers.base import Provider
    from service.settings.settings import Settings

OPENAI_URL = "https://api.openai.com/v1"


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What providers are made of."""

    settings: Settings
    session: aiohttp.ClientSession
    compatible: bool
    """Some model is `openai-compatible:`, so that LLM_BASE_URL is the address of those."""


def _openai(surroundings: Surroundings, model: Model) -> Provider:
    settings = surroundings.settings
    own = settings.llm_base_url is None or surroundings.compatible
    url = OPENAI_URL if own else str(settings.llm_base_url)
    wire = Wire(surroundings.session, url, settings.openai_api_key)
    missing = None if settings.openai_api_key is not None else "OPENAI_API_KEY is not set"
    return _spoken(surroundings, model.provider, wire, missing)


def _compatible(surroundings: Surroundings, model: Model) -> Provider:
    settings = surroundings.settings
    wire = Wire(surroundings.session, str(settings.llm_base_url), settings.llm_api_key)
    return _spoken(surroundings, model.provider, wire, None)


def _spoken(surroundings: Surroundings, name: str, wire: Wire, missing: str | None) -> Provider:
    """OpenAI's API, with the client's bytes or through LangChain."""
    if surroundings.settings.llm_passthrough == "auto":
        return OpenAIBytes(name, wire, missing)
    from service.providers import langchain_registry  # noqa: PLC0415 - takes a second to load

    return langchain_registry.openai_provider(name, wire, missing)


def _anthropic(surroundings: Surroundings, model: Model) -> Provider:
    del model
    from service.providers import langchain_registry  # noqa: PLC0415 - takes a second to load

    return langchain_registry.anthropic_provider(surroundings.settings)


def _langchain(surroundings: Surroundings, model: Model) -> Provider:
    del surroundings
    from service.providers import langchain_registry  # noqa: PLC0415 - takes a second to load

    return langchain_registry.factory_provider(model.upstream)


def _builtin(surroundings: Surroundings, model: Model) -> Provider:
    del surroundings, model
    return EchoProvider()


MAKERS: dict[str, Callable[[Surroundings, Model], Provider]] = {
    "openai": _openai,
    "openai-compatible": _compatible,
    "anthropic": _anthropic,
    "langchain": _langchain,
    "builtin": _builtin,
}


class Providers:
    """The providers of all models, each made once."""

    def __init__(self, surroundings: Surroundings) -> None:
        self._surroundings = surroundings
        self._made: dict[str, Provider] = {}

    def of(self, model: Model) -> Provider:
        """The provider of a model."""
        name = f"langchain:{model.upstream}" if model.provider == "langchain" else model.provider
        if name not in self._made:
            self._made[name] = MAKERS[model.provider](self._surroundings, model)
        return self._made[name]

    async def close(self) -> None:
        """Close every one."""
        for provider in self._made.values():
            await provider.close()
