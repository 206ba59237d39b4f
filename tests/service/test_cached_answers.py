"""The cache as clients see it, in the process and in a real Redis, and with a Redis that fails."""

from __future__ import annotations

import json
import statistics
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import httpx2
import pytest

from tests.service.redis_server import RedisServer
from tests.service.running import SECRET, Service, Upstream, metric, token

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

CHAT = "/v1/chat/completions"


@pytest.fixture(scope="module")
def redis() -> Iterator[RedisServer]:
    with RedisServer() as started:
        yield started


def start(provider: Upstream, **more: str) -> Service:
    return Service(
        AUTH_JWT_SECRET=SECRET,
        LLM_MODEL_NAME="openai:fake",
        LLM_BASE_URL=provider.url,
        OPENAI_API_KEY="sk-x",
        AUTH_TENANT_CLAIM="org",
        **more,
    )


@pytest.fixture(scope="module", params=["memory", "redis"])
def service(
    request: pytest.FixtureRequest, provider: Upstream, redis: RedisServer
) -> Iterator[Service]:
    started = start(provider, **({"CACHE_URL": redis.url} if request.param == "redis" else {}))
    yield started
    started.kill()


@pytest.fixture(autouse=True)
def fresh(provider: Upstream, redis: RedisServer) -> None:
    provider.control()
    provider.reset()
    redis.client.flushall()


def ask(
    service: Service,
    content: str,
    org: str = "one",
    headers: dict[str, str] | None = None,
    **fields: Any,
) -> httpx2.Response:
    body = {"messages": [{"role": "user", "content": content}], "temperature": 0, **fields}
    authorization = {"authorization": f"Bearer {token(org=org)}"}
    answer = httpx2.post(
        service.url + CHAT, json=body, headers={**authorization, **(headers or {})}
    )
    time.sleep(0.02)  # what goes into Redis is written behind the answer
    return answer


def test_the_second_answer_comes_from_the_cache(service: Service, provider: Upstream) -> None:
    first, second = ask(service, "twice"), ask(service, "twice")
    assert (first.headers["x-cache"], second.headers["x-cache"]) == ("miss", "hit")
    assert second.content == first.content
    assert provider.stats()["requests"] == 1


def test_a_stream_is_replayed_as_it_was(service: Service, provider: Upstream) -> None:
    first, second = ask(service, "stream", stream=True), ask(service, "stream", stream=True)
    assert second.headers["x-cache"] == "hit"
    assert second.content == first.content
    assert second.headers["content-type"] == "text/event-stream; charset=utf-8"
    assert provider.stats()["requests"] == 1


def test_another_tenant_has_answers_of_its_own(service: Service, provider: Upstream) -> None:
    ask(service, "whose", org="one")
    assert ask(service, "whose", org="two").headers["x-cache"] == "miss"
    assert provider.stats()["requests"] == 2


@pytest.mark.parametrize("fields", [{"temperature": 0.1}, {"temperature": None}])
def test_where_chance_plays_a_part_nothing_is_cached(
    fields: dict[str, Any], service: Service, provider: Upstream
) -> None:
    for _ in range(2):
        assert "x-cache" not in ask(service, "chance", **fields).headers
    assert provider.stats()["requests"] == 2


def test_a_client_may_want_such_an_answer_cached(service: Service) -> None:
    headers = {"x-plate-cache": "on"}
    asked = [ask(service, "please", headers=headers, temperature=1) for _ in range(2)]
    assert [answer.headers["x-cache"] for answer in asked] == ["miss", "hit"]


def test_a_client_may_want_a_new_answer(service: Service, provider: Upstream) -> None:
    ask(service, "again")
    assert "x-cache" not in ask(service, "again", headers={"x-plate-cache": "off"}).headers
    assert provider.stats()["requests"] == 2


def test_errors_and_broken_streams_are_not_cached(service: Service, provider: Upstream) -> None:
    provider.control(mode="drop", at=3, itl=20)
    assert "[DONE]" not in ask(service, "broken", stream=True).text
    provider.control(mode="err", status=400)
    assert ask(service, "wrong").status_code == 400
    provider.control()
    assert ask(service, "broken", stream=True).headers["x-cache"] == "miss"
    assert ask(service, "wrong").headers["x-cache"] == "miss"


def test_a_hit_counts_no_tokens(service: Service) -> None:
    ask(service, "tokens")
    series = 'plate_llm_tokens_total{kind="output",model="fake",provider="openai"}'
    before = metric(service, series)
    assert ask(service, "tokens").headers["x-cache"] == "hit"
    assert metric(service, series) == before


def test_replicas_share_a_redis(provider: Upstream, redis: RedisServer) -> None:
    replicas = [start(provider, CACHE_URL=redis.url) for _ in range(2)]
    try:
        assert [ask(one, "shared").headers["x-cache"] for one in replicas] == ["miss", "hit"]
    finally:
        for one in replicas:
            one.kill()


@pytest.mark.parametrize("trouble", ["stopped", "hanging", "password", "wrong type", "full"])
def test_a_redis_in_trouble_costs_no_answer(trouble: str, provider: Upstream) -> None:
    options = ["--maxmemory", "1mb"] if trouble == "full" else []
    with RedisServer(*options, password="x" if trouble == "password" else None) as redis:
        service = start(provider, CACHE_URL=redis.url)
        try:
            ask(service, "before")
            bring_trouble(trouble, redis)
            times = []
            for number in range(20):
                started = time.monotonic()
                answer = ask(service, f"during {number}")
                times.append(time.monotonic() - started)
                assert answer.status_code == 200
            # A busy machine may make one of them slow, but not half of them.
            assert statistics.median(times) < 0.15
            assert httpx2.get(service.url + "/readyz").status_code == 200
            assert "redis://" not in json.dumps(service.log)
        finally:
            if trouble == "hanging":
                redis.go_on()
            service.kill()


def bring_trouble(trouble: str, redis: RedisServer) -> None:
    happenings: dict[str, Callable[[], object]] = {
        "stopped": redis.stop,
        "hanging": redis.hang,
        "wrong type": lambda: [
            (redis.client.delete(key), redis.client.lpush(key, "x"))
            for key in redis.client.scan_iter()
        ],
    }
    happenings.get(trouble, lambda: None)()


@pytest.mark.parametrize("stream", [False, True])
def test_who_shares_an_answer_is_told_who_gave_it(stream: bool, provider: Upstream) -> None:
    models = [{"name": "broken", "model": "openai:fake:mode=err,ttft=100"}, "openai:other:ttft=100"]
    service = start(
        provider,
        LLM_MODELS=json.dumps(models),
        LLM_FALLBACK_MODELS='["other:ttft=100"]',
        LLM_RETRIES="0",
    )
    try:
        with ThreadPoolExecutor(2) as pool:
            asking = [
                pool.submit(ask, service, "hi", model="broken", stream=stream) for _ in range(2)
            ]
            answers = [one.result() for one in asking]
        assert {answer.headers["x-cache"] for answer in answers} == {"miss", "shared"}
        assert {answer.headers["x-model"] for answer in answers} == {"other:ttft=100"}
        assert ask(service, "hi", model="broken", stream=stream).headers["x-cache"] == "miss"
    finally:
        service.kill()
