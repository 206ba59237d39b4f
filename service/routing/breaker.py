"""A circuit breaker: an upstream that keeps failing is left alone for a while."""

from __future__ import annotations

import time
from enum import IntEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

FAILURES = 5
"""So many failures in a row, without a success between them, open the circuit."""
SHORTEST_SECONDS = 5.0
LONGEST_SECONDS = 60.0


class State(IntEnum):
    """The number is what the metric shows."""

    CLOSED = 0
    HALF_OPEN = 1
    OPEN = 2


class Breaker:
    """Counts the failures of one upstream.

    Closed, everything passes. Open, nothing does. When its time is over, one request is let
    through: its success closes the circuit, its failure opens it for twice as long.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._failures = 0
        self._seconds = SHORTEST_SECONDS
        self._open_until = 0.0
        self._probing = False
        self.reason = ""
        """The last failure, for whoever is turned away because of it."""

    @property
    def state(self) -> State:
        """Where it stands now."""
        if not self._open_until:
            return State.CLOSED
        return State.OPEN if self._clock() < self._open_until else State.HALF_OPEN

    @property
    def remaining(self) -> float:
        """Seconds until a request is let through; 0 when one would be."""
        return max(0.0, self._open_until - self._clock()) if self._open_until else 0.0

    def admits(self) -> bool:
        """Whether a request may pass; one that may must be followed by one of the three below."""
        if not self._open_until:
            return True
        if self._probing or self._clock() < self._open_until:
            return False
        self._probing = True
        return True

    def succeeded(self) -> None:
        """The upstream answered."""
        self._failures = 0
        self._seconds = SHORTEST_SECONDS
        self._open_until = 0.0
        self._probing = False

    def failed(self, reason: str) -> None:
        """The upstream failed in a way that the next request may meet as well."""
        self.reason = reason
        self._failures += 1
        if self._probing:
            self._seconds = min(self._seconds * 2, LONGEST_SECONDS)
        elif self._failures < FAILURES or self._open_until:
            return
        self._probing = False
        self._open_until = self._clock() + self._seconds

    def abandoned(self) -> None:
        """The request ended without telling anything, as when its client left."""
        self._probing = False
