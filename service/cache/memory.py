"""Answers kept in the process."""

from __future__ import annotations

import time
from collections import OrderedDict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

LARGEST_VALUE = 2**20
"""Bytes. A larger answer is not kept, in Redis neither."""
ENTRY_BYTES = 350
"""What an entry takes beside its value: its key, and the objects around both."""


class MemoryCache:
    """Holds `size` bytes of answers, each for `seconds`. The one longest unused goes first."""

    def __init__(
        self, size: int, seconds: float, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._size = size
        self._seconds = seconds
        self._clock = clock
        self._entries: OrderedDict[bytes, tuple[bytes, float]] = OrderedDict()
        self.held = 0
        """Bytes."""

    async def get(self, key: bytes) -> bytes | None:
        """The answer, unless it is not there or too old."""
        entry = self._entries.get(key)
        if entry is None:
            return None
        value, expires = entry
        if expires <= self._clock():
            self._drop(key)
            return None
        self._entries.move_to_end(key)
        return value

    def put(self, key: bytes, value: bytes) -> None:
        """Keep an answer that is not too large."""
        if key in self._entries:
            self._drop(key)
        if len(value) > LARGEST_VALUE:
            return
        self._entries[key] = (value, self._clock() + self._seconds)
        self.held += len(value) + ENTRY_BYTES
        while self.held > self._size:
            self._drop(next(iter(self._entries)))

    def concerns(self) -> str | None:
        """Nothing can be the matter with it."""
        return None

    async def close(self) -> None:
        """Forget everything."""
        self._entries.clear()
        self.held = 0

    def _drop(self, key: bytes) -> None:
        value, _ = self._entries.pop(key)
        self.held -= len(value) + ENTRY_BYTES
