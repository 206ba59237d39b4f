"""Anthropic's models through LangChain."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, Self

import anthropic
from langchain_anthropic import ChatAnthropic
from pydantic import Field, SecretStr

from service.providers.langchain_anthropic_request import SUPPORTED, arguments, conversation
from service.providers.langchain_chat import LangChainProvider
from service.providers.langchain_failures import unsupported
from service.providers.langchain_generic import GenericDialect, Question
from service.upstream.failures import presentable
from service.upstream.session import CONNECT_SECONDS

if TYPE_CHECKING:
    from langchain_core.language_models import LanguageModelInput

    from service.providers.base import Call
    from service.settings.settings import Settings

__all__ = ["SUPPORTED", "anthropic_provider"]

BASE_URL = "https://api.anthropic.com"
MODELS = 64
"""How many model objects are kept."""


def anthropic_provider(settings: Settings) -> LangChainProvider:
    """Anthropic's API with the key of the settings."""
    key = settings.anthropic_api_key
    missing = None if key is not None else "ANTHROPIC_API_KEY is not set"
    base_url = settings.anthropic_base_url
    family = AnthropicFamily(
        key or SecretStr(""),
        str(base_url) if base_url is not None else BASE_URL,
        drop=settings.llm_drop_unsupported,
    )
    return LangChainProvider("anthropic", GenericDialect(family), missing)


class SharedChatAnthropic(ChatAnthropic):
    """A model that shares one client, and with it its connections, with all others."""

    shared: Any = Field(exclude=True, repr=False)

    @classmethod
    def over(cls, client: anthropic.AsyncAnthropic, model: str) -> Self:
        """The model of this name. The key is in the client alone."""
        return cls(
            shared=client,
            model_name=model,
            max_retries=0,
            timeout=None,
            stop=None,
            cache=False,
            output_version=None,
            base_url=str(client.base_url),
            api_key=SecretStr("unused"),
        )

    @property
    def _async_client(self) -> anthropic.AsyncAnthropic:
        client: anthropic.AsyncAnthropic = self.shared
        return client

    def _get_request_payload(
        self, input_: LanguageModelInput, *, stop: list[str] | None = None, **kwargs: Any
    ) -> dict[str, Any]:
        """LangChain's payload. What it refuses to write is the client's mistake."""
        try:
            return super()._get_request_payload(input_, stop=stop, **kwargs)
        except ValueError as error:
            raise unsupported(presentable(str(error))) from None


class AnthropicFamily:
    """All models of one account. `drop` leaves out what cannot be honoured."""

    supported = SUPPORTED
    says_why_it_ends = True

    def __init__(self, key: SecretStr, base_url: str, *, drop: bool) -> None:
        self._drop = drop
        # Deadlines and attempts are decided by whoever asks.
        self._timeout = anthropic.Timeout(None, connect=CONNECT_SECONDS)
        self._client = anthropic.AsyncAnthropic(
            api_key=key.get_secret_value(),
            base_url=base_url,
            max_retries=0,
            timeout=self._timeout,
            http_client=anthropic.DefaultAsyncHttpxClient(
                base_url=base_url, timeout=self._timeout, follow_redirects=False
            ),
        )
        self._model = lru_cache(MODELS)(lambda name: SharedChatAnthropic.over(self._client, name))

    def question(self, call: Call) -> Question:
        """The request in Anthropic's terms. Raises UpstreamError (400) for what has none."""
        model = self._model(call.model)
        keeps_places = bool((model.profile or {}).get("mid_conversation_system_messages"))
        messages = conversation(call.body["messages"], keeps_places=keeps_places, drop=self._drop)
        stop, others = arguments(call.body, drop=self._drop)
        others["timeout"] = self._timeout
        if call.trace_headers:
            others["extra_headers"] = dict(call.trace_headers)
        return Question(model, messages, stop, others)

    async def close(self) -> None:
        """Close the connections."""
        await self._client.close()
