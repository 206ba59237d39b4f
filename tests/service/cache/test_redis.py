from __future__ import annotations

import asyncio
import logging
import time
from typing import TYPE_CHECKING

import pytest

from service.cache import link
from service.cache import redis as answers_in_redis
from service.cache.memory import LARGEST_VALUE
from service.cache.redis import QUEUED_VALUES, RedisCache
from tests.service.redis_server import RedisServer

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

KEY, OTHER = b"plate-llm:answer:1:aa", b"plate-llm:answer:1:bb"


@pytest.fixture(autouse=True)
def _patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A busy machine is no slow Redis: only the tests of slowness are in a hurry."""
    monkeypatch.setattr(answers_in_redis, "READ_SECONDS", 2.0)


@pytest.fixture
def _hurried(_patient: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answers_in_redis, "READ_SECONDS", 0.02)


hurried = pytest.mark.usefixtures("_hurried")


@pytest.fixture
async def cache(server: RedisServer) -> AsyncIterator[RedisCache]:
    cache = await connected(server.url)
    yield cache
    await cache.close()


async def connected(url: str) -> RedisCache:
    cache = RedisCache(url, 300)
    await until(lambda: cache.concerns() is None)
    return cache


async def until(true: Callable[[], object], seconds: float = 5.0) -> None:
    """Wait for something that happens in the background."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not happen"
        await asyncio.sleep(0.005)


async def test_an_answer_comes_back_as_it_was(cache: RedisCache, server: RedisServer) -> None:
    cache.put(KEY, b"\x00answer\r\n\xff")
    await until(lambda: server.client.exists(KEY))
    assert await cache.get(KEY) == b"\x00answer\r\n\xff"


async def test_what_is_not_there_is_a_miss(cache: RedisCache) -> None:
    assert await cache.get(KEY) is None


async def test_an_answer_is_kept_for_the_seconds_of_the_setting(
    cache: RedisCache, server: RedisServer
) -> None:
    cache.put(KEY, b"answer")
    await until(lambda: server.client.exists(KEY))
    assert server.client.ttl(KEY) in (299, 300)


async def test_flushing_redis_forgets_at_once(cache: RedisCache, server: RedisServer) -> None:
    server.client.set(KEY, b"answer")
    assert await cache.get(KEY) == b"answer"
    server.client.flushall()
    assert await cache.get(KEY) is None


async def test_look_ups_of_one_moment_get_each_its_own(
    cache: RedisCache, server: RedisServer
) -> None:
    keys = [b"key-%d" % number for number in range(200)]
    for key in keys[::2]:
        server.client.set(key, b"answer to " + key)
    found = await asyncio.gather(*(cache.get(key) for key in keys))
    assert found == [b"answer to " + key if key in keys[::2] else None for key in keys]


async def test_look_ups_of_one_moment_are_few_commands(
    cache: RedisCache, server: RedisServer
) -> None:
    server.client.config_resetstat()
    await asyncio.gather(*(cache.get(b"%d" % number) for number in range(64)))
    assert server.client.info("commandstats")["cmdstat_mget"]["calls"] == 2


async def test_a_key_of_another_type_is_a_miss_and_nothing_else(
    cache: RedisCache, server: RedisServer
) -> None:
    server.client.lpush(KEY, b"no string")
    server.client.set(OTHER, b"answer")
    assert await asyncio.gather(*(cache.get(key) for key in (KEY, OTHER))) == [None, b"answer"]
    assert cache.concerns() is None


async def test_a_look_up_that_is_cancelled_leaves_the_others_theirs(
    cache: RedisCache, server: RedisServer
) -> None:
    server.client.set(OTHER, b"answer")
    leaving = asyncio.ensure_future(cache.get(KEY))
    staying = asyncio.ensure_future(cache.get(OTHER))
    await asyncio.sleep(0)
    leaving.cancel()
    assert await staying == b"answer"


async def test_an_answer_of_the_largest_size_is_kept(
    cache: RedisCache, server: RedisServer
) -> None:
    cache.put(KEY, bytes(LARGEST_VALUE))
    await until(lambda: server.client.exists(KEY))
    assert await cache.get(KEY) == bytes(LARGEST_VALUE)


async def test_a_larger_one_is_not(cache: RedisCache, server: RedisServer) -> None:
    cache.put(KEY, bytes(LARGEST_VALUE + 1))
    cache.put(OTHER, b"answer")
    await until(lambda: server.client.exists(OTHER))
    assert server.client.dbsize() == 2  # with the probe
    assert not server.client.exists(KEY)


async def test_more_than_the_queue_holds_is_not_kept(
    cache: RedisCache, server: RedisServer
) -> None:
    for number in range(QUEUED_VALUES + 50):
        cache.put(b"key-%d" % number, b"answer")
    await until(lambda: server.client.exists(b"key-%d" % (QUEUED_VALUES - 1)))
    assert not server.client.exists(b"key-%d" % QUEUED_VALUES)


async def test_the_queue_is_bounded_in_bytes_too(cache: RedisCache, server: RedisServer) -> None:
    for number in range(20):
        cache.put(b"key-%d" % number, bytes(LARGEST_VALUE))
    await until(lambda: server.client.exists(b"key-15"))
    assert not server.client.exists(b"key-16")


async def test_closing_leaves_no_task_and_no_connection(server: RedisServer) -> None:
    tasks = asyncio.all_tasks()
    cache = await connected(server.url)
    await cache.get(KEY)
    await cache.close()
    assert asyncio.all_tasks() == tasks
    await until(lambda: len(server.client.client_list()) == 1)


async def test_closing_ends_look_ups_as_misses(own_server: RedisServer) -> None:
    cache = await connected(own_server.url)
    own_server.hang()
    asked = asyncio.ensure_future(cache.get(KEY))
    await asyncio.sleep(0)
    await cache.close()
    assert await asked is None
    own_server.go_on()


async def test_without_redis_everything_is_a_miss_at_once(own_server: RedisServer) -> None:
    own_server.stop()
    cache = RedisCache(own_server.url, 300)
    await until(lambda: cache.concerns() != _concern("is not connected yet"))
    began = time.perf_counter()
    for _ in range(1000):
        assert await cache.get(KEY) is None
        cache.put(KEY, b"answer")
    assert time.perf_counter() - began < 0.1
    assert cache.concerns() == _concern("cannot be reached")
    await cache.close()


async def test_a_redis_that_dies_is_a_miss_and_is_found_again(
    own_server: RedisServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(link, "FIRST_PAUSE", 0.01)
    cache = await connected(own_server.url)
    own_server.stop()
    assert await cache.get(KEY) is None
    assert await cache.get(KEY) is None
    own_server.start()
    own_server.client.set(KEY, b"answer")
    await until(lambda: cache.concerns() is None)
    assert await cache.get(KEY) == b"answer"
    await cache.close()


async def test_an_idle_connection_that_was_closed_costs_one_miss(
    cache: RedisCache, server: RedisServer
) -> None:
    server.client.set(KEY, b"answer")
    server.client.client_kill_filter(_type="normal", skipme=True)
    assert await cache.get(KEY) is None
    await until(lambda: cache.concerns() is None)
    assert await cache.get(KEY) == b"answer"


@hurried
async def test_a_redis_that_hangs_costs_one_short_wait(own_server: RedisServer) -> None:
    cache = await connected(own_server.url)
    own_server.hang()
    began = time.perf_counter()
    assert await asyncio.gather(*(cache.get(KEY) for _ in range(10))) == [None] * 10
    waited = time.perf_counter() - began
    began = time.perf_counter()
    assert await cache.get(KEY) is None
    at_once = time.perf_counter() - began
    await cache.close()
    own_server.go_on()
    assert 0.015 < waited < 0.2  # 20 ms, on a machine that may be busy
    assert at_once < 0.01


@hurried
async def test_a_redis_that_is_paused_comes_back_by_itself(
    own_server: RedisServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(link, "FIRST_PAUSE", 0.01)
    cache = await connected(own_server.url)
    own_server.client.set(KEY, b"answer")
    own_server.client.client_pause(60, all=True)
    assert await cache.get(KEY) is None
    await until(lambda: cache.concerns() is None)
    assert await cache.get(KEY) == b"answer"
    await cache.close()


async def test_a_loop_that_was_held_up_does_not_take_redis_for_slow(
    cache: RedisCache, server: RedisServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(answers_in_redis, "READ_SECONDS", 0.04)
    server.client.set(KEY, b"answer")
    asked = asyncio.ensure_future(cache.get(KEY))
    for _ in range(3):
        await asyncio.sleep(0)
        time.sleep(0.03)
    assert await asked == b"answer"


async def test_a_full_redis_that_evicts_nothing_is_still_read(own_server: RedisServer) -> None:
    own_server.client.set(KEY, b"answer")
    own_server.client.config_set("maxmemory", 1)
    cache = RedisCache(own_server.url, 300)
    writing = "; the keeping of answers goes on without it"
    full = f"plate-cache is full and evicts nothing{writing}"
    await until(lambda: cache.concerns() == full)
    assert await cache.get(KEY) == b"answer"
    cache.put(OTHER, b"answer")
    await cache.close()
    assert not own_server.client.exists(OTHER)


async def test_a_full_redis_that_evicts_is_as_good_as_any(own_server: RedisServer) -> None:
    own_server.client.config_set("maxmemory", 3 * 2**20)
    own_server.client.config_set("maxmemory-policy", "allkeys-lru")
    cache = await connected(own_server.url)
    for number in range(200):
        cache.put(b"key-%d" % number, bytes(100_000))
        await asyncio.sleep(0.001)
    await until(lambda: own_server.client.info("stats")["evicted_keys"] > 0)
    found = [await cache.get(b"key-%d" % number) for number in range(200)]
    assert set(found) <= {None, bytes(100_000)}
    assert cache.concerns() is None
    await cache.close()


async def test_a_replica_is_read_but_not_written_to(own_server: RedisServer) -> None:
    own_server.client.set(KEY, b"answer")
    # Nobody is at that port: it keeps what it has.
    own_server.client.replicaof("127.0.0.1", 1)
    cache = RedisCache(own_server.url, 300)
    concern = "is a replica that cannot be written to; the keeping of answers goes on without it"
    await until(lambda: cache.concerns() == f"plate-cache {concern}")
    assert await cache.get(KEY) == b"answer"
    await cache.close()


async def test_a_password_in_the_url_is_used() -> None:
    with RedisServer(password="sesame") as server:  # noqa: S106 - of this test
        server.client.set(KEY, b"answer")
        cache = await connected(f"redis://:sesame@127.0.0.1:{server.port}/0")
        assert await cache.get(KEY) == b"answer"
        await cache.close()


@pytest.mark.parametrize("login", ["", ":wrong-word@", "someone:wrong-word@"])
async def test_a_password_that_is_wrong_is_a_concern_and_never_shown(
    login: str, caplog: pytest.LogCaptureFixture
) -> None:
    with RedisServer(password="sesame") as server:  # noqa: S106 - of this test
        cache = RedisCache(f"redis://{login}127.0.0.1:{server.port}/0", 300)
        await until(lambda: cache.concerns() == _concern("wants another password or user"))
        assert await cache.get(KEY) is None
        await until(lambda: caplog.messages)
        await cache.close()
    assert "wrong-word" not in caplog.text
    assert str(server.port) not in caplog.text


async def test_the_number_in_the_url_is_the_database(server: RedisServer) -> None:
    server.client.set(KEY, b"of number 0")
    cache = await connected(f"redis://127.0.0.1:{server.port}/3")
    assert await cache.get(KEY) is None
    await cache.close()


async def test_options_of_the_url_cannot_turn_answers_into_text(server: RedisServer) -> None:
    server.client.set(KEY, b"answer")
    cache = await connected(
        f"{server.url}?decode_responses=true&max_connections=1&socket_timeout=9"
    )
    assert await cache.get(KEY) == b"answer"
    await cache.close()


@pytest.mark.parametrize(
    ("scheme", "words"),
    [
        ("redis", "answers with something that is not Redis"),
        ("rediss", "has no TLS, or a certificate that does not verify"),
    ],
)
async def test_a_server_that_is_something_else_is_a_concern(scheme: str, words: str) -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(100)
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        writer.close()

    listening = await asyncio.start_server(answer, "127.0.0.1")
    port = listening.sockets[0].getsockname()[1]
    cache = RedisCache(f"{scheme}://127.0.0.1:{port}", 300)
    await until(lambda: cache.concerns() == _concern(words))
    await cache.close()
    listening.close()
    await listening.wait_closed()


async def test_an_outage_is_logged_once_and_so_is_its_end(
    own_server: RedisServer, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(link, "FIRST_PAUSE", 0.001)
    monkeypatch.setattr(link, "LONGEST_PAUSE", 0.002)
    caplog.set_level(logging.INFO)
    cache = await connected(own_server.url)
    own_server.stop()
    await cache.get(KEY)
    await asyncio.sleep(0.05)
    own_server.start()
    await until(lambda: "plate-cache is back for the look-up of answers" in caplog.messages)
    await cache.close()
    looked_up = [line for line in caplog.messages if "look-up" in line]
    assert looked_up == [
        "plate-cache cannot be reached; the look-up of answers goes on without it",
        "plate-cache is back for the look-up of answers",
    ]


@hurried
async def test_a_redis_that_is_always_too_slow_is_never_waited_for(
    server: RedisServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A stand-in for the distance: everything takes 15 ms each way.
    async def carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(65536):
            await asyncio.sleep(0.015)
            writer.write(data)
        writer.close()

    async def forward(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there = await asyncio.open_connection("127.0.0.1", server.port)
        await asyncio.gather(carry(reader, there[1]), carry(there[0], writer))

    monkeypatch.setattr(link, "FIRST_PAUSE", 0.01)
    tasks = asyncio.all_tasks()
    far = await asyncio.start_server(forward, "127.0.0.1")
    cache = RedisCache(f"redis://127.0.0.1:{far.sockets[0].getsockname()[1]}", 300)
    await until(lambda: cache.concerns() == _concern("is too slow"))
    for _ in range(20):
        began = time.perf_counter()
        assert await cache.get(KEY) is None
        assert time.perf_counter() - began < 0.01
        await asyncio.sleep(0.005)
    await cache.close()
    far.close()
    await until(lambda: asyncio.all_tasks() == tasks)


def _concern(words: str) -> str:
    return f"plate-cache {words}; the look-up of answers goes on without it"
