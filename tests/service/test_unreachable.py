"""A provider that cannot be reached at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx2

from tests.service.running import Service

if TYPE_CHECKING:
    from tests.service.running import Upstream


def test_a_provider_without_a_trusted_certificate(provider: Upstream) -> None:
    check_unreachable(provider.origin.replace("http:", "https:"))


def test_a_provider_whose_name_does_not_resolve() -> None:
    check_unreachable("http://nowhere.invalid")


def test_a_provider_that_is_not_there() -> None:
    check_unreachable("http://127.0.0.1:1")


def check_unreachable(url: str) -> None:
    service = Service(
        AUTH_MODE="none",
        LLM_MODEL_NAME="openai:fake",
        LLM_BASE_URL=url,
        LLM_RETRIES="0",
        OPENAI_API_KEY="sk-of-the-operator",
    )
    try:
        body = {"messages": [{"role": "user", "content": "hi"}]}
        answer = httpx2.post(service.url + "/v1/chat/completions", json=body, timeout=10)
        assert answer.status_code == 502
        assert answer.json()["error"]["code"] == "upstream_unreachable"
        assert url.rpartition("/")[2] not in answer.text
    finally:
        service.kill()
