from __future__ import annotations

from typing import TYPE_CHECKING

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.errors import RateLimited
from service.limits import rate
from service.limits.rate import RateLimiter, duration
from service.models import catalogue
from service.settings.settings import Settings, load

if TYPE_CHECKING:
    from service.models.catalogue import Model

BEGIN = 60.0 * 1_000_000
"""A minute begins."""


def settings(requests: int = 0, tokens: int = 0, **of_model: int) -> Settings:
    entry = {"model": "builtin:echo", "name": "echo", **of_model}
    read, _ = load(
        {
            "LLM_MODEL_NAME": "builtin:echo",
            "LLM_MODELS": orjson.dumps([entry]).decode(),
            "AUTH_MODE": "none",
            "LIMIT_REQUESTS_PER_MINUTE": str(requests),
            "LIMIT_TOKENS_PER_MINUTE": str(tokens),
        }
    )
    return read


def limiter(requests: int = 0, tokens: int = 0, **of_model: int) -> RateLimiter:
    return RateLimiter(settings(requests, tokens, **of_model))


def model() -> Model:
    return catalogue.read(settings()).default


def refused(limits: RateLimiter, now: float, subject: str = "ann") -> RateLimited:
    with pytest.raises(RateLimited) as caught:
        limits.admit(subject, now)
    return caught.value


def test_without_a_limit_there_are_no_headers() -> None:
    limits = limiter()
    assert limits.admit("ann", BEGIN).headers == ()
    limits.spend("ann", "echo", 10**9, BEGIN)
    assert limits.admit("ann", BEGIN).headers == ()


def test_requests_are_let_through_up_to_the_limit() -> None:
    limits = limiter(requests=3)
    for _ in range(3):
        limits.admit("ann", BEGIN)
    assert refused(limits, BEGIN).status == 429


def test_the_headers_say_what_is_left() -> None:
    limits = limiter(requests=3, tokens=1000)
    limits.spend("ann", "echo", 250, BEGIN)
    assert limits.admit("ann", BEGIN + 15).headers == (
        (b"x-ratelimit-limit-requests", b"3"),
        (b"x-ratelimit-remaining-requests", b"2"),
        (b"x-ratelimit-reset-requests", b"1m45s"),
        (b"x-ratelimit-limit-tokens", b"1000"),
        (b"x-ratelimit-remaining-tokens", b"750"),
        (b"x-ratelimit-reset-tokens", b"1m45s"),
    )


def test_only_what_is_limited_has_headers() -> None:
    requests = [name for name, _ in limiter(requests=3).admit("ann", BEGIN).headers]
    tokens = [name for name, _ in limiter(tokens=3).admit("ann", BEGIN).headers]
    assert requests == [
        b"x-ratelimit-limit-requests",
        b"x-ratelimit-remaining-requests",
        b"x-ratelimit-reset-requests",
    ]
    assert tokens == [
        b"x-ratelimit-limit-tokens",
        b"x-ratelimit-remaining-tokens",
        b"x-ratelimit-reset-tokens",
    ]


def test_tokens_that_nobody_used_are_reset_in_no_time() -> None:
    assert limiter(tokens=5).admit("ann", BEGIN).headers[2] == (b"x-ratelimit-reset-tokens", b"0s")


def test_a_refusal_says_when_to_come_again() -> None:
    limits = limiter(requests=2)
    limits.admit("ann", BEGIN + 10)
    limits.admit("ann", BEGIN + 10)
    # One of two is forgotten in the middle of the next minute.
    error = refused(limits, BEGIN + 10)
    assert error.message == ("The limit of requests per minute (2) is reached; try again in 80 s.")
    assert error.headers == (
        (b"retry-after", b"80"),
        (b"x-ratelimit-limit-requests", b"2"),
        (b"x-ratelimit-remaining-requests", b"0"),
        (b"x-ratelimit-reset-requests", b"1m50s"),
    )


def test_the_minute_before_counts_less_and_less() -> None:
    limits = limiter(requests=4)
    for _ in range(4):
        limits.admit("ann", BEGIN)
    let_through = []
    for second in range(60, 120):
        try:
            limits.admit("ann", BEGIN + second)
        except RateLimited:
            continue
        let_through.append(second)
    assert let_through == [75, 90, 105]


def test_two_minutes_later_nothing_counts() -> None:
    limits = limiter(requests=2)
    limits.admit("ann", BEGIN)
    limits.admit("ann", BEGIN)
    assert limits.admit("ann", BEGIN + 120).headers[1] == (
        b"x-ratelimit-remaining-requests",
        b"1",
    )


def test_refused_requests_do_not_count() -> None:
    limits = limiter(requests=1)
    limits.admit("ann", BEGIN)
    for second in range(60):
        refused(limits, BEGIN + second)
    limits.admit("ann", BEGIN + 120)


def test_each_subject_has_its_own_limit() -> None:
    limits = limiter(requests=1)
    limits.admit("ann", BEGIN)
    limits.admit("bob", BEGIN)
    refused(limits, BEGIN, "ann")


def test_tokens_over_the_limit_keep_the_next_requests_off() -> None:
    limits = limiter(tokens=100)
    limits.admit("ann", BEGIN)
    limits.spend("ann", "echo", 400, BEGIN)
    error = refused(limits, BEGIN + 30)
    # 400 weigh 99 when 99 / 400 of the next minute are left.
    assert error.message == ("The limit of tokens per minute (100) is reached; try again in 76 s.")
    assert error.headers == (
        (b"retry-after", b"76"),
        (b"x-ratelimit-limit-tokens", b"100"),
        (b"x-ratelimit-remaining-tokens", b"0"),
        (b"x-ratelimit-reset-tokens", b"1m30s"),
    )
    limits.admit("ann", BEGIN + 30 + 76)


def test_the_last_token_lets_a_request_through() -> None:
    limits = limiter(tokens=100)
    limits.spend("ann", "echo", 99, BEGIN)
    limits.admit("ann", BEGIN)
    limits.spend("ann", "echo", 1, BEGIN)
    refused(limits, BEGIN)


def test_a_model_may_have_a_limit_of_its_own() -> None:
    limits = limiter(requestsPerMinute=1)
    limits.admit("ann", BEGIN)
    limits.admit_model("ann", model(), BEGIN)
    limits.admit_model("bob", model(), BEGIN)
    with pytest.raises(RateLimited) as caught:
        limits.admit_model("ann", model(), BEGIN)
    assert caught.value.message == (
        "The limit of requests per minute for the model echo (1) is reached; try again in 120 s."
    )
    assert caught.value.headers == ((b"retry-after", b"120"),)


def test_a_models_tokens_are_counted_for_it() -> None:
    limits = limiter(tokensPerMinute=10)
    limits.spend("ann", "echo", 10, BEGIN)
    limits.spend("bob", "another", 10, BEGIN)
    limits.admit_model("bob", model(), BEGIN)
    with pytest.raises(RateLimited, match="tokens per minute for the model echo"):
        limits.admit_model("ann", model(), BEGIN)


def test_a_model_without_a_limit_lets_everything_through() -> None:
    limits = limiter(requests=1)
    for _ in range(5):
        limits.admit_model("ann", model(), BEGIN)


def test_a_clock_that_is_set_back_a_little_lets_nothing_more_through() -> None:
    limits = limiter(requests=1)
    limits.admit("ann", BEGIN)
    refused(limits, BEGIN - 0.5)


def test_a_clock_that_is_set_back_far_locks_nobody_out() -> None:
    limits = limiter(requests=1)
    limits.admit("ann", BEGIN)
    limits.admit("ann", BEGIN - 3600)


def test_memory_is_bounded_and_the_oldest_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rate, "MOST_CALLERS", 100)
    limits = limiter(requests=1)
    for number in range(150):
        limits.admit(f"subject {number}", BEGIN)
    assert len(limits._usages) == 100
    limits.admit("subject 0", BEGIN)
    refused(limits, BEGIN, "subject 149")


def test_who_was_not_seen_for_two_minutes_makes_room() -> None:
    limits = limiter(requests=2)
    for number in range(10):
        limits.admit(f"early {number}", BEGIN)
    limits.admit("early 0", BEGIN + 61)
    for number in range(10):
        limits.admit(f"late {number}", BEGIN + 120)
    assert [subject for subject, _ in limits._usages] == [
        "early 0",
        *[f"late {number}" for number in range(10)],
    ]


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, b"0s"),
        (0.0001, b"1ms"),
        (0.006, b"6ms"),
        (0.9991, b"1000ms"),
        (1, b"1s"),
        (1.2, b"2s"),
        (59.5, b"1m0s"),
        (60, b"1m0s"),
        (119.01, b"2m0s"),
    ],
)
def test_durations_are_written_as_openai_writes_them(seconds: float, text: bytes) -> None:
    assert duration(seconds) == text


MOMENTS = st.lists(st.floats(0, 20), max_size=60)


@given(limit=st.integers(1, 6), pauses=MOMENTS)
def test_what_counts_never_exceeds_the_limit(limit: int, pauses: list[float]) -> None:
    limits, now = limiter(requests=limit), BEGIN
    passed: list[float] = []
    for pause in pauses:
        now += pause
        minute = now // 60
        before = [moment // 60 for moment in passed].count(minute - 1)
        here = [moment // 60 for moment in passed].count(minute)
        counts = before * (1 - (now - minute * 60) / 60) + here + 1
        try:
            limits.admit("ann", now)
        except RateLimited:
            assert counts > limit
        else:
            assert counts <= limit + 1e-6
            passed.append(now)


@given(limit=st.integers(1, 6), spent=st.lists(st.integers(0, 20), max_size=5), pauses=MOMENTS)
def test_waiting_as_long_as_was_said_is_always_enough(
    limit: int, spent: list[int], pauses: list[float]
) -> None:
    limits, now = limiter(requests=limit, tokens=10), BEGIN
    for tokens in spent:
        limits.spend("ann", "echo", tokens, now)
    for pause in pauses:
        now += pause
        try:
            limits.admit("ann", now)
        except RateLimited as error:
            wait = int(dict(error.headers)[b"retry-after"])
            assert 1 <= wait <= 120
            limits.admit("ann", now + wait)
            return


def test_of_two_limits_that_are_reached_the_longer_wait_is_told() -> None:
    limits = limiter(requests=1, tokens=10)
    limits.admit("ann", BEGIN)
    limits.spend("ann", "echo", 10, BEGIN)
    # A tenth of the tokens is back before all of the requests are.
    assert refused(limits, BEGIN).message.startswith("The limit of requests per minute (1)")
    limits = limiter(requests=2, tokens=10)
    for _ in range(2):
        limits.admit("ann", BEGIN)
    limits.spend("ann", "echo", 100, BEGIN)
    assert refused(limits, BEGIN).message.startswith("The limit of tokens per minute (10)")
