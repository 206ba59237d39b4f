from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

from service.cache import store
from service.cache.memory import MemoryCache
from service.cache.redis import RedisCache
from service.settings.settings import Settings, load

if TYPE_CHECKING:
    from tests.service.redis_server import RedisServer


def settings(**environment: str) -> Settings:
    read, _ = load({"LLM_MODEL_NAME": "builtin:echo", "AUTH_MODE": "none", **environment})
    return read


def test_without_a_url_answers_are_kept_in_the_process() -> None:
    assert isinstance(store.build(settings()), MemoryCache)


async def test_with_a_url_they_are_kept_there(server: RedisServer) -> None:
    cache = store.build(settings(CACHE_URL=server.url))
    assert isinstance(cache, RedisCache)
    await cache.close()


def test_zero_seconds_keep_nothing() -> None:
    assert store.build(settings(CACHE_TTL_SECONDS="0", CACHE_URL="redis://nowhere")) is None


async def test_the_megabytes_of_the_setting_are_the_room_of_the_process() -> None:
    cache = store.build(settings(CACHE_MEMORY_MEGABYTES="1"))
    assert isinstance(cache, MemoryCache)
    for number in range(5):
        cache.put(b"%d" % number, bytes(300_000))
    assert [await cache.get(b"%d" % number) is None for number in range(5)] == [
        True,
        True,
        False,
        False,
        False,
    ]


def test_the_library_of_redis_is_loaded_only_where_there_is_one() -> None:
    code = (
        "import sys, service.cache.store, service.cache.flight, service.limits.rate\n"
        "sys.exit('redis' in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)  # noqa: S603 - ours
