"""Tokens that must be refused, and one that must not."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from plate_llm_cli.smoke.registry import CHECKS
from plate_llm_cli.smoke.runner import run
from tests.service.running import SECRET, Service, token
from tests.smoke.checks.signed import checked, settings, signed
from tests.smoke.nginx import ingress
from tests.smoke.trials import told, trial_of

if TYPE_CHECKING:
    from collections.abc import Iterator


GUARDED = {"AUTH_JWT_SECRET": SECRET, "AUTH_AUDIENCE": "plate-llm", "AUTH_SCOPES": "chat"}
OPEN = "anyone may ask, at your cost"
UNTIL = "is the roll-out of auth.* at its end?"


def by(key: ec.EllipticCurvePrivateKey) -> str:
    """A token as an issuer with a key pair signs it."""
    claims = {"sub": "ann", "exp": int(time.time()) + 300}
    return jwt.encode(claims, key, algorithm="ES256", headers={"kid": "one"})


@pytest.fixture(scope="module")
def guarded() -> Iterator[Service]:
    """It wants an audience and a scope."""
    started = Service(LLM_MODEL_NAME="builtin:echo", **GUARDED)
    yield started
    started.kill()


@pytest.mark.parametrize(
    ("check", "message"),
    [
        ("no-token", "No token: send Authorization: Bearer <token>."),
        ("garbage-token", "The token is not a signed JWT."),
        ("unsigned-token", "The token is signed with an algorithm that is not accepted here."),
        ("expired-token", "The token has expired."),
        ("wrong-audience", "The token is for another audience."),
    ],
)
def test_bad_token_is_refused(guarded: Service, check: str, message: str) -> None:
    outcome = checked(check, signed(guarded.url, settings(**GUARDED)))
    assert outcome == ("pass", f"status 401, invalid_api_key: {message}", "")


def test_good_token_is_taken(guarded: Service) -> None:
    outcome = checked("valid-token", signed(guarded.url, settings(**GUARDED)))
    assert outcome == ("pass", "taken", "")


@pytest.mark.parametrize(
    ("check", "advice"),
    [
        (
            "no-token",
            f"{OPEN}: set auth.mode to jwt (AUTH_MODE) in the values, and roll it out",
        ),
        (
            "garbage-token",
            f"{OPEN}, with any text as a token: does this path lead to the service itself?",
        ),
        (
            "unsigned-token",
            f"{OPEN}, with a token of their own making: take the Ingress away until it is mended",
        ),
        (
            "expired-token",
            "a stolen token is good for ever: is auth.leewaySeconds an hour or more, or the clock "
            "of the node behind?",
        ),
        (
            "wrong-audience",
            "tokens of every service that plate-api signs for are taken: set auth.audience "
            "(AUTH_AUDIENCE) to plate-llm, and roll it out",
        ),
    ],
)
def test_open_service_fails_where_tokens_are_expected(
    unguarded: Service, check: str, advice: str
) -> None:
    outcome = checked(check, signed(unguarded.url, settings(AUTH_AUDIENCE="plate-llm")))
    assert outcome == ("fail", "status 200: it was taken", advice)


@pytest.mark.parametrize(
    "check",
    [
        "no-token",
        "garbage-token",
        "unsigned-token",
        "expired-token",
        "wrong-audience",
    ],
)
def test_nothing_is_refused_where_no_tokens_are_expected(unguarded: Service, check: str) -> None:
    outcome = checked(check, trial_of(signed(unguarded.url).target, settings(AUTH_MODE="none")))
    assert outcome == ("skip", "no tokens are asked for (auth.mode: none)", "")


def test_no_token_is_needed_where_none_is_expected(unguarded: Service) -> None:
    outcome = checked("valid-token", signed(unguarded.url, settings(AUTH_MODE="none")))
    assert outcome == ("pass", "no token is needed (auth.mode: none)", "")


def test_guarded_service_fails_where_no_tokens_are_expected(guarded: Service) -> None:
    outcome = checked("valid-token", signed(guarded.url, settings(AUTH_MODE="none")))
    assert outcome == (
        "fail",
        "status 401, invalid_api_key: No token: send Authorization: Bearer <token>., though "
        "auth.mode is none",
        "is the roll-out of this setting at its end?",
    )


def test_audience_is_not_tried_where_none_is_expected(echo: Service) -> None:
    outcome = checked("wrong-audience", signed(echo.url))
    assert outcome == ("skip", "tokens need no audience here (auth.audience)", "")


def test_key_that_the_pods_do_not_have_is_told(echo: Service) -> None:
    outcome = checked(
        "valid-token", signed(echo.url, key="another-secret-that-is-long-enough-for-it")
    )
    assert outcome == (
        "fail",
        "status 401, invalid_api_key: The token's signature is not its key's.",
        "the pods verify with another AUTH_JWT_SECRET than was read: plate-llm secrets check stg "
        "--live; pods read it at their start: kubectl rollout restart where only they are behind",
    )


def test_claims_that_the_pods_want_and_git_does_not_are_told(guarded: Service) -> None:
    outcome = checked("valid-token", signed(guarded.url))
    assert outcome == (
        "fail",
        "status 401, invalid_api_key: The token is for another audience.",
        f"the pods want other claims than Git says: {UNTIL}",
    )


def test_missing_scope_is_told(guarded: Service) -> None:
    outcome = checked("valid-token", signed(guarded.url, settings(AUTH_AUDIENCE="plate-llm")))
    assert outcome == (
        "fail",
        "status 403, insufficient_scope: The token lacks a scope that is needed here.",
        "the token lacks a scope of auth.scopes",
    )


def test_token_that_somebody_brought_is_theirs_to_mend(echo: Service) -> None:
    outcome = checked("valid-token", signed(echo.url, given=token(seconds=-3600)))
    assert outcome == (
        "fail",
        "status 401, invalid_api_key: The token has expired.",
        "is the token for this environment, and not at its end?",
    )


def test_keys_that_the_service_cannot_fetch_are_told() -> None:
    started = Service(LLM_MODEL_NAME="builtin:echo", AUTH_JWKS_URL="http://127.0.0.1:1/keys")
    try:
        outcome = checked("garbage-token", signed(started.url))
        valid = checked(
            "valid-token", signed(started.url, given=by(ec.generate_private_key(ec.SECP256R1())))
        )
    finally:
        started.kill()
    assert outcome[0] == "pass"
    assert valid == (
        "fail",
        "status 503, keys_unavailable: Tokens cannot be verified at the moment: try again in a few "
        "seconds.",
        "the service has no keys to verify tokens with: does plate-api answer at plateApi.url or "
        "auth.jwksUrl?",
    )


def test_public_key_needs_a_token_that_somebody_brings() -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    pem = key.public_key().public_bytes(serialization.Encoding.PEM, form).decode()
    started = Service(LLM_MODEL_NAME="builtin:echo", AUTH_PUBLIC_KEY=pem)
    try:
        results = run(trial_of(signed(started.url).target), CHECKS).results
        outcomes = {item.check.name: told(item.outcome) for item in results}
        assert outcomes["unsigned-token"][0] == "pass"
        for name in ("valid-token", "expired-token", "chat-openai", "malformed-body", "cache"):
            assert outcomes[name] == ("skip", "no key", "")
        brought = checked("valid-token", signed(started.url, given=by(key)))
        assert brought == ("pass", "taken", "")
    finally:
        started.kill()


def test_login_of_a_proxy_is_not_taken_for_the_services(echo: Service) -> None:
    with ingress(echo.port, asks_password=True) as way_in:
        outcome = checked("no-token", signed(way_in.target))
    assert outcome[0] == "fail"
    assert outcome[1].endswith(", without an error in OpenAI's form")
    assert outcome[2] == "something in front of the service asks for credentials of its own"


def test_no_pod_is_not_taken_for_a_refusal() -> None:
    with ingress(None) as way_in:
        outcome = checked("no-token", signed(way_in.target))
    assert outcome[0] == "fail"
    assert outcome[1].startswith("status 503 of nginx")
    assert outcome[2] == "no pod is ready behind it: plate-llm status stg"


def test_short_secret_is_told(unguarded: Service) -> None:
    outcome = checked("valid-token", signed(unguarded.url, key="a-short-secret"))
    assert outcome == (
        "warn",
        "taken, but the secret that signs it has less than 32 bytes, and can be guessed",
        "give AUTH_JWT_SECRET a longer one: plate-llm secrets rotate stg KEY --restart",
    )


def test_empty_secret_signs_nothing() -> None:
    assert checked("valid-token", signed("http://127.0.0.1:1", key="")) == (
        "fail",
        "the secret that signs tokens is empty, or a key of another kind",
        "AUTH_JWT_SECRET is for HS256 alone; a public key belongs into auth.publicKey",
    )
