"""Providers that tests talk to."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from pydantic import SecretStr

from benchmarks.service.upstream import FakeUpstream
from service.providers.langchain_openai import openai_provider
from service.upstream.session import open_session
from service.upstream.wire import Wire
from tests.service.providers.anthropic_stand_in import AnthropicStandIn
from tests.service.providers.langchain.claude import provider_at
from tests.service.providers.langchain.scripted import Scripted

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    import aiohttp

    from service.providers.langchain_chat import LangChainProvider


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with open_session() as opened:
        yield opened


@pytest.fixture
async def upstream() -> AsyncIterator[FakeUpstream]:
    async with FakeUpstream() as started:
        yield started


@pytest.fixture
async def scripted() -> AsyncIterator[Scripted]:
    async with Scripted() as started:
        yield started


@pytest.fixture
def openai(upstream: FakeUpstream, session: aiohttp.ClientSession) -> LangChainProvider:
    """LangChain's way to the provider that misbehaves on request."""
    return openai_provider("openai", Wire(session, upstream.url, SecretStr("sk-test-key")))


@pytest.fixture
def exact(scripted: Scripted, session: aiohttp.ClientSession) -> LangChainProvider:
    """LangChain's way to the provider that answers what a test wrote."""
    return openai_provider("openai", Wire(session, scripted.url, SecretStr("sk-test-key")))


@pytest.fixture
async def api() -> AsyncIterator[AnthropicStandIn]:
    async with AnthropicStandIn() as started:
        yield started


@pytest.fixture
async def claude(api: AnthropicStandIn) -> AsyncIterator[LangChainProvider]:
    """LangChain's way to the stand-in for Anthropic."""
    made = provider_at(api.url)
    yield made
    await made.close()
