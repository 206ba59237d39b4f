"""A service in front of a provider whose models fail each in its own way."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.service.running import SECRET, Service, Upstream

if TYPE_CHECKING:
    from collections.abc import Iterator

MODELS = {
    "unauthorized": "mode=err,status=401",
    "limited": "mode=err,status=429,message=slower",
    "incapable": "mode=err,status=400,message=no-tools-here",
    "unknown": "mode=err,status=404",
    "lost": "mode=reset",
    "nonsense": "mode=garbage",
    "hanging": "mode=hang",
    "silent": "words=0",
    "short": "words=0,finish=length",
    "quick": "n=200",
    "paced": "itl=8,n=200",
    "late": "ttft=700,n=200",
    "few": "ttft=600,n=2",
    "breaking": "mode=drop,at=4",
    "failing": "mode=errstream,at=4,itl=20",
    "endless": "itl=20,n=500",
    "talkative": "calls=0",
    "stalling": "mode=stall,at=4",
}
"""How the provider behaves for each."""


@pytest.fixture(scope="session")
def provider() -> Iterator[Upstream]:
    """A provider that says what its models' names want."""
    started = Upstream()
    yield started
    started.end()


def gateway(provider: Upstream, **environment: str) -> Service:
    """A service in front of it."""
    models = [{"name": name, "model": f"openai:{name}:{manner}"} for name, manner in MODELS.items()]
    return Service(
        AUTH_JWT_SECRET=SECRET,
        LLM_BASE_URL=provider.url,
        LLM_MODELS=json.dumps(models),
        LLM_MODEL_NAME="openai:gpt-4o-mini",
        LLM_RETRIES="0",
        OPENAI_API_KEY="sk-of-the-operator",
        **environment,
    )


@pytest.fixture(scope="session")
def service(provider: Upstream) -> Iterator[Service]:
    """One with every model of MODELS."""
    started = gateway(provider)
    yield started
    started.kill()


@pytest.fixture(scope="session")
def unguarded() -> Iterator[Service]:
    """A service that asks for no tokens."""
    started = Service(AUTH_MODE="none", LLM_MODEL_NAME="builtin:echo", CACHE_TTL_SECONDS="0")
    yield started
    started.kill()
