"""The servers that are measured: how each is started and asked. Data only.

Commands and variables are templates; `Lab.values` fills them in. `{python}` has the service's
own dependencies, `{peer}` is the folder of the server's own environment.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

PEERS = Path(__file__).parent / "peers"
OPENAI_PATH = "/v1/chat/completions"


@dataclass(frozen=True, slots=True)
class Server:
    """One server. `peer` names its environment in `environments`, "" is the service's own."""

    name: str
    title: str
    command: tuple[str, ...]
    environment: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    ready: str = "/readyz"
    path: str = OPENAI_PATH
    stream_path: str = OPENAI_PATH
    peer: str = ""

    @property
    def speaks_openai(self) -> bool:
        """Its requests are OpenAI's."""
        return self.path == OPENAI_PATH


def uvicorn(app: str) -> tuple[str, ...]:
    """The command for an application in `peers/`."""
    arguments = ("--host", "127.0.0.1", "--port", "{port}", "--no-access-log")
    fast = ("--loop", "uvloop", "--http", "httptools")
    return ("{python}", "-m", "uvicorn", app, "--app-dir", str(PEERS), *arguments, *fast)


UPSTREAM = {"UPSTREAM_URL": "{upstream}/v1", "OPENAI_API_KEY": "sk-fake"}

DIRECT = Server("direct", "no gateway: the upstream itself", ())
BARE = Server("bare", "bare pass-through: Starlette and aiohttp", uvicorn("bare:app"), UPSTREAM)
DEFAULT_LANGCHAIN = Server(
    "default-langchain",
    "default LangChain gateway: ChatOpenAI.ainvoke, nothing else",
    uvicorn("default_langchain:app"),
    UPSTREAM,
)
LANGSERVE = Server(
    "langserve",
    "LangServe 0.3.3",
    uvicorn("langserve_gateway:app"),
    UPSTREAM,
    ready="/docs",
    path="/chat/invoke",
    stream_path="/chat/stream",
    peer="langserve",
)
LITELLM = Server(
    "litellm",
    "LiteLLM proxy 1.108.7",
    (
        *("{peer}/bin/litellm", "--config", str(PEERS / "litellm.yaml")),
        *("--host", "127.0.0.1", "--port", "{port}", "--num_workers", "1"),
    ),
    {
        **UPSTREAM,
        "LITELLM_MASTER_KEY": "sk-{secret}",
        "LITELLM_LOCAL_MODEL_COST_MAP": "True",
        "LITELLM_MODE": "PRODUCTION",
        "LITELLM_LOG": "ERROR",
        "NO_DOCS": "True",
        "DISABLE_ADMIN_UI": "True",
    },
    {"authorization": "Bearer sk-{secret}"},
    ready="/health/liveliness",
    peer="litellm",
)
PORTKEY = Server(
    "portkey",
    "Portkey 1.15.2",
    (
        *("node", "{peer}/node_modules/@portkey-ai/gateway/build/start-server.js"),
        *("--port={port}", "--headless"),
    ),
    {"NODE_ENV": "production", "TRUSTED_CUSTOM_HOSTS": "127.0.0.1,localhost"},
    {
        "authorization": "Bearer sk-fake",
        "x-portkey-provider": "openai",
        "x-portkey-custom-host": "{upstream}/v1",
    },
    ready="/",
    peer="portkey",
)

EVERYTHING_ON = {
    "LLM_MODEL_NAME": "openai-compatible:fake",
    "LLM_BASE_URL": "{upstream}/v1",
    "LLM_API_KEY": "sk-fake",
    "LLM_ENVIRONMENT": "production",
    "AUTH_MODE": "jwt",
    "AUTH_JWT_SECRET": "{secret}",
    "AUTH_ISSUER": "bench",
    "AUTH_AUDIENCE": "plate-llm",
    "CACHE_URL": "redis://127.0.0.1:{redis}/0",
    "LIMIT_REQUESTS_PER_MINUTE": "1000000000",
    "LIMIT_TOKENS_PER_MINUTE": "1000000000000",
    "LOG_LEVEL": "info",
    "PORT": "{port}",
    "METRICS_PORT": "0",
    "SHUTDOWN_DELAY_SECONDS": "0",
    "SHUTDOWN_GRACE_SECONDS": "5",
}
THROUGH_LANGCHAIN = {"LLM_PASSTHROUGH": "off"}
TRACING = {
    "LANGCHAIN_TRACING_V2": "true",
    "LANGCHAIN_API_KEY": "ls-fake",
    "LANGCHAIN_PROJECT": "bench",
    "LANGCHAIN_ENDPOINT": "http://127.0.0.1:{sink}",
}


def ours(name: str, title: str, *more: Mapping[str, str]) -> Server:
    """The service with everything on, and with what `more` changes."""
    environment = dict(EVERYTHING_ON)
    for changes in more:
        environment |= changes
    token = {"authorization": "Bearer {token}"}
    return Server(name, title, ("{python}", "-m", "service"), environment, token)


PASSTHROUGH = ours("passthrough", "ours, passed through")
LANGCHAIN = ours("langchain", "ours, through LangChain", THROUGH_LANGCHAIN)
PASSTHROUGH_TRACED = ours("passthrough-traced", "ours, passed through, traced", TRACING)
LANGCHAIN_TRACED = ours(
    "langchain-traced", "ours, through LangChain, traced", THROUGH_LANGCHAIN, TRACING
)
