"""One service for each mode, one provider behind both, and clients that are watched."""

from __future__ import annotations

import ssl
from typing import TYPE_CHECKING

import openai
import pytest

from tests.service.clients import gateway as gateways
from tests.service.clients.passing import Sent, check_passed_on

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    import httpx2

    from tests.service.clients.gateway import Gateway
    from tests.service.running import Upstream

NO_CERTIFICATES = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""Every client would load those of the system, which takes longer than a test."""


@pytest.fixture(scope="session", params=gateways.MODES)
def gateway(request: pytest.FixtureRequest, provider: Upstream) -> Iterator[Gateway]:
    """The service, once with OpenAI's bytes passed on and once with LangChain between."""
    started = gateways.start(str(request.param), provider)
    yield started
    started.service.kill()
    assert started.service.other_output == []


@pytest.fixture
def upstream(provider: Upstream) -> Iterator[Upstream]:
    """The provider, with nothing counted and nothing wrong."""
    provider.control()
    provider.reset()
    yield provider
    provider.control()


@pytest.fixture(scope="session")
def recorded() -> Sent:
    """What the HTTP clients below have sent."""
    return Sent()


@pytest.fixture
def sent(recorded: Sent, gateway: Gateway, upstream: Upstream) -> Iterator[Sent]:
    """What they send in this test. After it, the provider must have got just that."""
    recorded.bodies.clear()
    yield recorded
    if recorded.bodies and upstream.stats()["requests"]:
        check_passed_on(recorded, gateway, upstream)


@pytest.fixture(scope="session")
def http(recorded: Sent) -> Iterator[httpx2.Client]:
    """An HTTP client as the `openai` package makes them."""
    with openai.DefaultHttpxClient(event_hooks={"request": [recorded.note]}) as opened:
        yield opened


@pytest.fixture
async def async_http(recorded: Sent) -> AsyncIterator[httpx2.AsyncClient]:
    """The same, asynchronous. It belongs to the event loop of one test."""
    async with openai.DefaultAsyncHttpxClient(
        event_hooks={"request": [recorded.note_later]}, verify=NO_CERTIFICATES
    ) as opened:
        yield opened


@pytest.fixture
def client(gateway: Gateway, http: httpx2.Client, sent: Sent) -> openai.OpenAI:
    """OpenAI's own client. It asks once, as long as a test does not say otherwise."""
    del sent
    return openai.OpenAI(
        base_url=gateway.url, api_key=gateways.api_key(), http_client=http, max_retries=0
    )


@pytest.fixture
def async_client(
    gateway: Gateway, async_http: httpx2.AsyncClient, sent: Sent
) -> openai.AsyncOpenAI:
    """The same, asynchronous."""
    del sent
    return openai.AsyncOpenAI(
        base_url=gateway.url, api_key=gateways.api_key(), http_client=async_http, max_retries=0
    )
