"""Embeddings of the running service: without a key, and as their trace shows them."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import httpx2

from tests.service.observe.langsmith_stand_in import LangSmithStandIn

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.service.running import Service, Upstream

REQUEST = {"input": "hi"}


def test_a_key_that_is_missing_is_named(service: Callable[..., Service]) -> None:
    started = service(AUTH_MODE="none", LLM_MODEL_NAME="openai:fake")
    answer = httpx2.post(f"{started.url}/v1/embeddings", json=REQUEST)
    assert answer.status_code == 503
    assert answer.json()["error"]["code"] == "not_ready"
    assert answer.json()["error"]["message"] == "fake: OPENAI_API_KEY is not set"


async def test_a_trace_holds_what_was_asked(
    service: Callable[..., Service], provider: Upstream
) -> None:
    provider.control()
    async with LangSmithStandIn() as langsmith:
        started = service(
            AUTH_MODE="none",
            LLM_MODEL_NAME="openai-compatible:fake",
            LLM_BASE_URL=provider.url,
            LANGCHAIN_TRACING_V2="true",
            LANGCHAIN_API_KEY="lsv2_of_a_test",
            LANGCHAIN_ENDPOINT=langsmith.url,
        )
        async with httpx2.AsyncClient(base_url=started.url) as client:
            await client.post("/v1/embeddings", json=REQUEST)
        await asyncio.to_thread(started.terminate)
    (run,) = langsmith.runs
    assert run["inputs"] == REQUEST
