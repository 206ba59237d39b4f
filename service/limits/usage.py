"""What a caller used lately: a count for this minute and one for the minute before.

The count of the minute before weighs less the more of this one is over, as if it had been spread
evenly. That needs four numbers a caller, and is off by what was not spread evenly.
"""

from __future__ import annotations

MINUTE = 60.0
"""Seconds."""


class Usage:
    """Requests and tokens of one caller."""

    __slots__ = (
        "known_requests",
        "known_tokens",
        "minute",
        "requests",
        "requests_before",
        "tokens",
        "tokens_before",
    )

    def __init__(self, minute: int) -> None:
        self.minute = minute
        """Since the epoch. Replicas agree on it as well as their clocks do."""
        self.requests = self.requests_before = 0
        self.tokens = self.tokens_before = 0
        self.known_requests = self.known_tokens = 0
        """How much of this minute's is known to all replicas, theirs included."""

    def turn(self, minute: int) -> bool:
        """Go on to this minute. Whether it is another one.

        A clock that was set back a little is waited for.
        """
        passed = minute - self.minute
        if passed in {0, -1}:
            return False
        follows = passed == 1
        self.minute = minute
        self.requests_before = self.requests if follows else 0
        self.tokens_before = self.tokens if follows else 0
        self.requests = self.tokens = 0
        self.known_requests = self.known_tokens = 0
        return True

    def learn(self, sent: Usage, requests: int, tokens: int) -> None:
        """What all replicas together used, who had been told what `sent` was then."""
        if sent.minute != self.minute:
            return
        self.requests += requests - sent.requests
        self.tokens += tokens - sent.tokens
        self.known_requests, self.known_tokens = requests, tokens

    def copy(self) -> Usage:
        """This minute's numbers as they are now."""
        same = Usage(self.minute)
        same.requests, same.tokens = self.requests, self.tokens
        return same


def used(before: int, now: int, passed: float) -> float:
    """How much counts, when `passed` seconds of this minute are over."""
    return before * (1 - passed / MINUTE) + now


def seconds_until_room(before: int, now: int, passed: float, limit: int) -> float:
    """Seconds until one more fits under the limit, if nothing else is used until then."""
    most = limit - 1
    if now <= most:
        # It fits when enough of the minute before no longer counts.
        return max(0.0, MINUTE * (1 - (most - now) / before) - passed) if before else 0.0
    return MINUTE - passed + MINUTE * (1 - most / now)


def seconds_until_unused(before: int, now: int, passed: float) -> float:
    """Seconds until nothing counts any more."""
    if now:
        return 2 * MINUTE - passed
    return MINUTE - passed if before else 0.0
