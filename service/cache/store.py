"""Where answers are kept: in Redis or Valkey, or in the process."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from service.cache.memory import MemoryCache

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from service.settings.settings import Settings


class AnswerCache(Protocol):
    """Keeps answers for a while. Nothing here raises: what cannot be had is not there."""

    def get(self, key: bytes) -> Awaitable[bytes | None]:
        """The answer, or None."""
        ...

    def put(self, key: bytes, value: bytes) -> None:
        """Keep an answer, in the background; one of more than 1 MiB is not kept."""
        ...

    def concerns(self) -> str | None:
        """What is the matter with it. Requests are answered nevertheless."""
        ...

    async def close(self) -> None:
        """Give back what it holds."""
        ...


def build(settings: Settings) -> AnswerCache | None:
    """The cache of these settings; None when nothing is to be kept. Needs a running loop."""
    if not settings.cache_ttl_seconds:
        return None
    if settings.cache_url is None:
        return MemoryCache(settings.cache_memory_megabytes * 2**20, settings.cache_ttl_seconds)
    from service.cache.redis import RedisCache  # noqa: PLC0415 - loaded only when there is one

    return RedisCache(settings.cache_url.get_secret_value(), settings.cache_ttl_seconds)
