"""LangChain's standard tests of chat models, with ChatOpenAI pointed at the service."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from langchain_core.embeddings import Embeddings  # noqa: TC002 - likewise
from langchain_core.language_models import BaseChatModel  # noqa: TC002 - the base class reads it
from langchain_openai import ChatOpenAI, OpenAIEmbeddings
from langchain_tests.integration_tests import (
    ChatModelIntegrationTests,
    EmbeddingsIntegrationTests,
)

from tests.service.clients.conversations import PIXEL
from tests.service.clients.gateway import MODEL, OTHER_MODEL, Gateway, api_key

if TYPE_CHECKING:
    import httpx2

    from tests.service.clients.passing import Sent

LANGCHAINS_OWN_WARNINGS = (
    "ignore:Pydantic serializer warnings:UserWarning",  # the client's field `parsed`
    "ignore:Received a Pydantic BaseModel V1 schema:UserWarning",  # the suite tries one
    "ignore:OpenAI may require a filename:UserWarning",  # the suite sends files without a name
)
PICTURE = base64.b64decode(PIXEL.partition(",")[2])


@pytest.mark.filterwarnings(*LANGCHAINS_OWN_WARNINGS)
class TestChatOpenAI(ChatModelIntegrationTests):
    """All that the suite has for a model that can do everything."""

    @pytest.fixture(autouse=True)
    def _surroundings(
        self,
        gateway: Gateway,
        sent: Sent,
        http: httpx2.Client,
        async_http: httpx2.AsyncClient,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        del sent
        self._params = {
            "api_key": api_key(),
            "base_url": gateway.url,
            "http_async_client": async_http,
            "http_client": http,
            "model": MODEL,
            "stream_usage": True,
        }
        # The suite downloads pictures, sounds and documents, only to send them to the model.
        monkeypatch.setattr(httpx, "get", downloaded)
        monkeypatch.setenv("LANGCHAIN_TESTS_USER_AGENT", "nobody is asked")

    @property
    def chat_model_class(self) -> type[BaseChatModel]:
        return ChatOpenAI

    @property
    def chat_model_params(self) -> dict[str, Any]:
        return self._params

    @property
    def model_override_value(self) -> str:
        return OTHER_MODEL

    @property
    def supports_anthropic_inputs(self) -> bool:
        return True

    @property
    def supports_audio_inputs(self) -> bool:
        return True

    @property
    def supports_image_inputs(self) -> bool:
        return True

    @property
    def supports_image_tool_message(self) -> bool:
        return True

    @property
    def supports_image_urls(self) -> bool:
        return True

    @property
    def supports_json_mode(self) -> bool:
        return True

    @property
    def supports_pdf_inputs(self) -> bool:
        return True

    @property
    def supports_pdf_tool_message(self) -> bool:
        return True

    @pytest.mark.xfail(reason="replays a recording of the internet; there is none", run=False)
    def test_stream_time(self, *args: Any) -> None:
        """Would measure the client against a recording."""


class TestOpenAIEmbeddings(EmbeddingsIntegrationTests):
    """The suite for embeddings."""

    @pytest.fixture(autouse=True)
    def _surroundings(
        self, gateway: Gateway, sent: Sent, http: httpx2.Client, async_http: httpx2.AsyncClient
    ) -> None:
        del sent
        self._params = {
            "api_key": api_key(),
            "base_url": gateway.url,
            "check_embedding_ctx_length": False,
            "http_async_client": async_http,
            "http_client": http,
            "model": MODEL,
        }

    @property
    def embeddings_class(self) -> type[Embeddings]:
        return OpenAIEmbeddings

    @property
    def embedding_model_params(self) -> dict[str, Any]:
        return self._params


def downloaded(url: str, **_: Any) -> httpx.Response:
    """Something small in place of what the suite wants from the internet."""
    return httpx.Response(200, content=PICTURE, request=httpx.Request("GET", url))
