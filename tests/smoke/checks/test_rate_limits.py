"""What clients are told of their limits."""

from __future__ import annotations

import pytest

from tests.service.running import SECRET, Service
from tests.smoke.checks.signed import checked, settings, signed
from tests.smoke.checks.stub import stub

LIMITED = {"LIMIT_REQUESTS_PER_MINUTE": "100", "LIMIT_TOKENS_PER_MINUTE": "5000"}
ROLL_OUT = "is the roll-out of limits.* at its end, and no proxy drops headers?"
ERROR = {"error": {"message": "no JSON", "type": "invalid_request_error", "code": "invalid_json"}}


def test_limits_are_told() -> None:
    limited = Service(LLM_MODEL_NAME="builtin:echo", AUTH_JWT_SECRET=SECRET, **LIMITED)
    try:
        trial = signed(limited.url, settings(**LIMITED))
        assert checked("rate-limit-headers", trial) == ("pass", "100 requests, 5000 tokens", "")
        trial.expected = settings(LIMIT_REQUESTS_PER_MINUTE="60")
        assert checked("rate-limit-headers", trial) == (
            "fail",
            "x-ratelimit-limit-requests is 100, not 60",
            ROLL_OUT,
        )
    finally:
        limited.kill()


def test_nothing_is_told_where_there_are_no_limits(echo: Service) -> None:
    said = "no limits are set (limits.requestsPerMinute, limits.tokensPerMinute)"
    assert checked("rate-limit-headers", signed(echo.url)) == ("skip", said, "")


@pytest.mark.parametrize("unit", ["requests", "tokens"])
def test_missing_header_is_a_failure(echo: Service, unit: str) -> None:
    expected = settings(**{f"LIMIT_{unit.upper()}_PER_MINUTE": "60"})
    assert checked("rate-limit-headers", signed(echo.url, expected)) == (
        "fail",
        f"no header x-ratelimit-limit-{unit}",
        ROLL_OUT,
    )


def test_count_that_does_not_go_down_is_told() -> None:
    told = {"x-ratelimit-limit-requests": "60", "x-ratelimit-remaining-requests": "59"}
    with stub(ERROR, 400, told) as url:
        trial = signed(url, settings(LIMIT_REQUESTS_PER_MINUTE="60"))
        assert checked("rate-limit-headers", trial) == (
            "warn",
            "x-ratelimit-remaining-requests does not go down: replicas count each for itself",
            "a client gets the limit once a replica: set cache.url, so that they share it",
        )


def test_own_limit_is_no_failure() -> None:
    one = {"LIMIT_REQUESTS_PER_MINUTE": "1"}
    limited = Service(LLM_MODEL_NAME="builtin:echo", AUTH_JWT_SECRET=SECRET, **one)
    try:
        for check in (
            "rate-limit-headers",
            "unknown-model",
            "malformed-body",
            "streaming",
            "cache",
        ):
            verdict, said, _ = checked(check, signed(limited.url, settings(**one)))
            assert verdict == "skip"
            assert said.startswith("over the service's own limit: The limit of requests per minute")
    finally:
        limited.kill()
