"""The running service as real clients see it, and the models that they ask it for."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.service.running import SECRET, Service, token

if TYPE_CHECKING:
    from tests.service.running import Upstream

MODES = ("auto", "off")
"""Values of LLM_PASSTHROUGH: OpenAI's requests go on as bytes, or through LangChain."""

KEY = "sk-of-the-operator"
MODEL = "gpt-4o-mini"
OTHER_MODEL = "gpt-4o"
HOUSE_MODEL = "house"
"""An alias: the provider knows the model under another name."""

SLOW, PACED, HANGING, BREAKING = "slow", "paced", "hanging", "breaking"
FIRST_TOKEN_SECONDS = 1
LARGEST_BODY = 2**20

PROVIDER_NAMES = {
    MODEL: MODEL,
    OTHER_MODEL: OTHER_MODEL,
    HOUSE_MODEL: "gpt-4.1",
    SLOW: "slow:itl=20,n=500",
    PACED: "paced:itl=25,n=12",
    HANGING: "hanging:mode=hang",
    BREAKING: "breaking:mode=drop,at=4",
}
"""What the provider calls each model; behind a colon stands how it behaves."""


@dataclass(frozen=True)
class Gateway:
    """A running service in one of `MODES`."""

    service: Service
    mode: str

    @property
    def url(self) -> str:
        """What an OpenAI client calls its base URL."""
        return self.service.url + "/v1"


def start(mode: str, provider: Upstream) -> Gateway:
    """A service in front of the provider. Its own attempts are off: clients have theirs."""
    models = [
        {"name": name, "model": f"openai:{provider_name}"}
        for name, provider_name in PROVIDER_NAMES.items()
        if name not in {MODEL, HOUSE_MODEL}
    ]
    aliased = {"name": "house-model", "aliases": [HOUSE_MODEL], "model": "openai:gpt-4.1"}
    service = Service(
        AUTH_MODE="jwt",
        AUTH_JWT_SECRET=SECRET,
        CACHE_TTL_SECONDS="0",
        LIMIT_BODY_MEGABYTES=str(LARGEST_BODY // 2**20),
        LLM_BASE_URL=provider.url,
        LLM_FIRST_TOKEN_SECONDS=str(FIRST_TOKEN_SECONDS),
        LLM_MODELS=json.dumps([*models, aliased]),
        LLM_MODEL_NAME=f"openai:{MODEL}",
        LLM_PASSTHROUGH=mode,
        LLM_RETRIES="0",
        OPENAI_API_KEY=KEY,
    )
    return Gateway(service, mode)


def api_key() -> str:
    """What a client has in place of a provider's key."""
    return token("ann", seconds=600)
