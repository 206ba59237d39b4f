"""How long a caller is remembered, and how many are."""

from __future__ import annotations

import math

from service.auth.identity import Identity
from service.auth.identity_cache import LONGEST_SECONDS, IdentityCache
from tests.service.auth.issuer import NOW, Clock


def caller(expires: float = math.inf, name: str = "ann") -> Identity:
    return Identity(name, name, expires)


def test_a_caller_is_remembered_by_its_whole_header(clock: Clock) -> None:
    cache = IdentityCache(clock)
    cache.put(b"Bearer a", caller())
    assert cache.get(b"Bearer a") == caller()
    assert cache.get(b"Bearer A") is None
    assert cache.get(b"") is None


def test_nobody_is_remembered_beyond_the_tokens_end(clock: Clock) -> None:
    cache = IdentityCache(clock)
    cache.put(b"Bearer a", caller(NOW + 10))
    clock.now = NOW + 9.999
    assert cache.get(b"Bearer a") is not None
    clock.now = NOW + 10
    assert cache.get(b"Bearer a") is None


def test_nobody_is_remembered_for_longer_than_five_minutes(clock: Clock) -> None:
    cache = IdentityCache(clock)
    cache.put(b"Bearer a", caller(NOW + 86400))
    clock.now = NOW + LONGEST_SECONDS - 0.001
    assert cache.get(b"Bearer a") is not None
    clock.now = NOW + 300
    assert cache.get(b"Bearer a") is None


def test_a_token_that_lives_on_leeway_is_not_remembered(clock: Clock) -> None:
    cache = IdentityCache(clock)
    cache.put(b"Bearer a", caller(NOW))
    assert len(cache) == 0


def test_the_oldest_makes_room(clock: Clock) -> None:
    cache = IdentityCache(clock, most=2)
    for header in (b"a", b"b", b"c"):
        cache.put(header, caller())
    assert [cache.get(header) is not None for header in (b"a", b"b", b"c")] == [False, True, True]


def test_who_was_seen_again_is_not_the_oldest(clock: Clock) -> None:
    cache = IdentityCache(clock, most=3)
    for header in (b"a", b"b", b"a", b"c", b"d"):
        cache.put(header, caller())
    assert cache.get(b"a") is not None
    assert cache.get(b"b") is None


def test_those_whose_time_is_over_leave(clock: Clock) -> None:
    cache = IdentityCache(clock)
    for header in (b"a", b"b", b"c"):
        cache.put(header, caller())
    clock.now = NOW + 300
    cache.put(b"d", caller())
    assert len(cache) == 1


def test_everyone_can_be_forgotten(clock: Clock) -> None:
    cache = IdentityCache(clock)
    cache.put(b"a", caller())
    cache.clear()
    assert cache.get(b"a") is None
