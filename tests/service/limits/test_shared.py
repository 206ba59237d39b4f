from __future__ import annotations

import asyncio
import time
from functools import partial
from typing import TYPE_CHECKING

import pytest

from service.errors import RateLimited
from service.limits import shared
from service.limits.rate import RateLimiter
from service.limits.shared import Sharing
from service.limits.usage import Usage
from service.settings.settings import load

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.service.redis_server import RedisServer

BEGIN = 60.0 * 1_000_000
MINUTE = 1_000_000


@pytest.fixture(autouse=True)
def _often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shared, "EVERY_SECONDS", 0.005)


def replica(url: str, requests: int = 10, tokens: int = 0) -> RateLimiter:
    settings, _ = load(
        {
            "LLM_MODEL_NAME": "builtin:echo",
            "AUTH_MODE": "none",
            "CACHE_URL": url,
            "LIMIT_REQUESTS_PER_MINUTE": str(requests),
            "LIMIT_TOKENS_PER_MINUTE": str(tokens),
        }
    )
    return RateLimiter(settings)


async def until(true: Callable[[], object], seconds: float = 5.0) -> None:
    """Wait for something that happens in the background."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not happen"
        await asyncio.sleep(0.005)


async def connected(*replicas: RateLimiter) -> None:
    for one in replicas:
        sharing = one._sharing
        assert sharing is not None
        await until(partial(getattr, sharing.link, "up"))


def known(one: RateLimiter, subject: str = "ann") -> tuple[int, int]:
    usage = one._usages[subject, ""]
    return usage.known_requests, usage.known_tokens


def counters(server: RedisServer) -> list[bytes]:
    keys = server.client.scan_iter("plate-llm:used:*")
    return [key for key in keys if isinstance(key, bytes) and key != shared.PROBE]


async def test_replicas_learn_what_the_others_let_through(server: RedisServer) -> None:
    one, other = replica(server.url), replica(server.url)
    await connected(one, other)
    for _ in range(6):
        one.admit("ann", BEGIN)
    await until(lambda: known(one) == (6, 0))
    other.admit("ann", BEGIN)
    await until(lambda: known(other) == (7, 0))
    for _ in range(3):
        other.admit("ann", BEGIN)
    with pytest.raises(RateLimited):
        other.admit("ann", BEGIN)
    await until(lambda: known(other) == (10, 0))
    one.admit("ann", BEGIN)  # it has not been told yet
    await until(lambda: known(one) == (11, 0))
    with pytest.raises(RateLimited):
        one.admit("ann", BEGIN)
    await asyncio.gather(one.close(), other.close())


async def test_tokens_are_shared_too(server: RedisServer) -> None:
    one, other = replica(server.url, 0, 100), replica(server.url, 0, 100)
    await connected(one, other)
    one.spend("ann", "echo", 150, BEGIN)
    await until(lambda: known(one) == (0, 150))
    other.admit("ann", BEGIN)
    await until(lambda: known(other) == (1, 150))
    with pytest.raises(RateLimited, match="tokens per minute"):
        other.admit("ann", BEGIN)
    await asyncio.gather(one.close(), other.close())


async def test_a_counter_is_forgotten_and_names_nobody(server: RedisServer) -> None:
    one = replica(server.url)
    await connected(one)
    one.admit("ann@example.com", BEGIN)
    await until(lambda: counters(server))
    (key,) = counters(server)
    assert b"ann" not in key
    assert key.startswith(b"plate-llm:used:1000000:")
    await until(lambda: server.client.ttl(key) > 0)
    assert 178 <= server.client.ttl(key) <= 180
    await one.close()


async def test_without_redis_each_replica_has_a_limit_of_its_own(own_server: RedisServer) -> None:
    own_server.stop()
    one = replica(own_server.url, 3)
    for _ in range(3):
        one.admit("ann", BEGIN)
    with pytest.raises(RateLimited):
        one.admit("ann", BEGIN)
    await one.close()


async def test_what_was_let_through_without_redis_is_told_when_it_is_back(
    own_server: RedisServer,
) -> None:
    own_server.stop()
    one = replica(own_server.url)
    for _ in range(4):
        one.admit("ann", BEGIN)
    own_server.start()
    await connected(one)
    one.admit("ann", BEGIN)
    await until(lambda: known(one) == (5, 0))
    await one.close()


async def test_a_redis_that_hangs_holds_nothing_up(own_server: RedisServer) -> None:
    one = replica(own_server.url)
    await connected(one)
    own_server.hang()
    began = time.perf_counter()
    for _ in range(10):
        one.admit("ann", BEGIN)
        await asyncio.sleep(0)
    assert time.perf_counter() - began < 0.1
    await one.close()
    own_server.go_on()


async def test_a_redis_that_was_emptied_begins_anew(server: RedisServer) -> None:
    one = replica(server.url)
    await connected(one)
    for _ in range(9):
        one.admit("ann", BEGIN)
    await until(lambda: known(one) == (9, 0))
    server.client.flushall()
    one.admit("ann", BEGIN)
    await until(lambda: known(one) == (1, 0))
    await one.close()


async def test_many_callers_are_shared_in_batches(server: RedisServer) -> None:
    one = replica(server.url)
    await connected(one)
    for number in range(600):
        one.admit(f"subject {number}", BEGIN)
    await until(lambda: known(one, "subject 599") == (1, 0))
    assert {known(one, f"subject {number}") for number in range(600)} == {(1, 0)}
    await one.close()


async def test_without_a_limit_nothing_connects(server: RedisServer) -> None:
    tasks = asyncio.all_tasks()
    one = replica(server.url, 0)
    assert asyncio.all_tasks() == tasks
    await one.close()


async def test_closing_leaves_no_task_and_no_connection(server: RedisServer) -> None:
    tasks = asyncio.all_tasks()
    one = replica(server.url)
    await connected(one)
    await one.close()
    assert asyncio.all_tasks() == tasks
    await until(lambda: len(server.client.client_list()) == 1)


def test_what_came_while_it_was_being_told_is_kept() -> None:
    usage = Usage(MINUTE)
    usage.requests, usage.tokens = 3, 30
    sent = usage.copy()
    usage.requests, usage.tokens = 5, 50
    usage.learn(sent, 13, 130)
    assert (usage.requests, usage.tokens) == (15, 150)
    assert (usage.requests - usage.known_requests, usage.tokens - usage.known_tokens) == (2, 20)


def test_what_is_learned_of_a_minute_that_is_over_is_left_aside() -> None:
    usage = Usage(MINUTE)
    sent = usage.copy()
    usage.turn(MINUTE + 1)
    usage.learn(sent, 100, 100)
    assert (usage.requests, usage.requests_before) == (0, 0)


@pytest.mark.parametrize(
    ("one", "other"),
    [(("ab", "c"), ("a", "bc")), (("1:a", ""), ("", "1:a")), (("a", ""), ("b", ""))],
)
def test_no_two_callers_share_a_counter(one: tuple[str, str], other: tuple[str, str]) -> None:
    assert shared._key(one, MINUTE) != shared._key(other, MINUTE)


async def test_touching_costs_no_memory_while_redis_is_down(own_server: RedisServer) -> None:
    own_server.stop()
    sharing = Sharing(own_server.url)
    for number in range(100):
        sharing.touch((f"subject {number}", ""), Usage(MINUTE))
    assert sharing._touched == {}
    await sharing.close()
