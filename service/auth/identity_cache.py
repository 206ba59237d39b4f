"""Identities that were verified a short while ago."""

from __future__ import annotations

import time
from hashlib import sha256
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from service.auth.identity import Identity

LONGEST_SECONDS = 300.0
"""How long an identity is remembered at most: its token's key may be withdrawn meanwhile."""
MOST_IDENTITIES = 10_000
"""About 5 MB."""


class IdentityCache:
    """Bounded, and keyed by a digest of the header: no token stays in memory."""

    def __init__(self, clock: Callable[[], float] = time.time, most: int = MOST_IDENTITIES) -> None:
        self._clock = clock
        self._most = most
        self._entries: dict[bytes, tuple[float, Identity]] = {}

    def __len__(self) -> int:
        return len(self._entries)

    def get(self, authorization: bytes) -> Identity | None:
        """Who sent this header before, as long as that is to be believed."""
        entry = self._entries.get(sha256(authorization).digest())
        if entry is None or entry[0] <= self._clock():
            return None
        return entry[1]

    def put(self, authorization: bytes, identity: Identity) -> None:
        """Remember who sent this header, until its token ends and for 5 minutes at most."""
        now = self._clock()
        until = min(identity.expires, now + LONGEST_SECONDS)
        if until <= now:
            return
        key = sha256(authorization).digest()
        self._entries.pop(key, None)
        self._make_room(now)
        self._entries[key] = (until, identity)

    def clear(self) -> None:
        """Forget everyone."""
        self._entries.clear()

    def _make_room(self, now: float) -> None:
        """Drop the oldest as long as they have ended, and one more where there is no room."""
        while self._entries:
            oldest = next(iter(self._entries))
            if self._entries[oldest][0] > now and len(self._entries) < self._most:
                return
            del self._entries[oldest]
