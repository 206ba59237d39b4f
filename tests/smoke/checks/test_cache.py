"""Answers from the cache, from none, and from one that should not be there."""

from __future__ import annotations

import re

from plate_llm_cli.smoke.expectations import Expectations
from tests.service.running import SECRET, Service
from tests.smoke.checks.signed import checked, settings, signed
from tests.smoke.checks.stub import saying, stub

OFF = settings(CACHE_TTL_SECONDS="0", AUTH_MODE="none")
PONG = saying({"content": "pong"})


def test_same_question_is_answered_from_the_cache(echo: Service) -> None:
    verdict, said, _ = checked("cache", signed(echo.url))
    assert verdict == "pass"
    assert re.fullmatch(r"miss, then hit: \d+ ms, then \d+ ms", said)


def test_nothing_is_cached_where_that_is_off(unguarded: Service) -> None:
    outcome = checked("cache", signed(unguarded.url, OFF))
    assert outcome == ("pass", "none, as CACHE_TTL_SECONDS is 0 (cache.ttlSeconds)", "")


def test_cache_that_should_be_off_is_a_failure(echo: Service) -> None:
    assert checked("cache", signed(echo.url, settings(CACHE_TTL_SECONDS="0"))) == (
        "fail",
        "answers are cached, though CACHE_TTL_SECONDS is 0 (cache.ttlSeconds)",
        "is the roll-out of it at its end?",
    )


def test_cache_that_should_be_on_is_a_failure(unguarded: Service) -> None:
    outcome = checked("cache", signed(unguarded.url, settings(AUTH_MODE="none")))
    assert outcome == (
        "fail",
        "answers have no x-cache",
        "is the roll-out of cache.ttlSeconds at its end?",
    )


def no_hits(expected: Expectations, cache: str = "") -> tuple[str, str, str]:
    """What comes of answers that are never hits."""
    with stub(PONG, headers={"x-cache": cache} if cache else None) as url:
        return checked("cache", signed(url, expected))


def test_replicas_that_share_nothing_are_told() -> None:
    assert no_hits(settings(), "miss") == (
        "warn",
        "no hit in 4 tries: every replica has a cache of its own",
        "set cache.url, so that they share one",
    )


def test_shared_cache_that_keeps_nothing_is_a_failure() -> None:
    assert no_hits(settings(CACHE_URL="redis://cache"), "miss") == (
        "fail",
        "no hit in 4 tries",
        "is plate-cache (cache.url) up? /readyz and the service's log say more",
    )


def test_service_of_which_nothing_is_known_may_cache_nothing() -> None:
    assert no_hits(Expectations()) == (
        "skip",
        "answers have no x-cache: nothing is cached here",
        "",
    )


def test_headers_that_a_proxy_takes_are_told() -> None:
    assert no_hits(settings()) == (
        "fail",
        "answers have no x-cache and no x-model",
        "a proxy takes headers of the service away",
    )


def test_cache_of_a_proxy_is_a_failure() -> None:
    assert no_hits(settings(), "hit") == (
        "fail",
        "a question that nobody asked before came from a cache",
        "a proxy in front of the service keeps answers: it must not",
    )


def test_redis_that_is_gone_keeps_nothing() -> None:
    gone = {"CACHE_URL": "redis://127.0.0.1:1"}
    started = Service(LLM_MODEL_NAME="builtin:echo", AUTH_JWT_SECRET=SECRET, **gone)
    try:
        outcome = checked("cache", signed(started.url, settings(**gone)))
    finally:
        started.kill()
    assert outcome[:2] == ("fail", "no hit in 4 tries")
