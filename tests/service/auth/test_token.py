"""The header Authorization, and a token's parts."""

from __future__ import annotations

import pytest

from service.auth.token import Token, json_object, read
from service.errors import Unauthorized
from tests.service.auth.issuer import CLAIMS, forged, segment

GOOD = forged({"alg": "HS256", "kid": "key-1"}, CLAIMS, b"signature")


def refused(authorization: bytes) -> Unauthorized:
    with pytest.raises(Unauthorized) as caught:
        read(authorization)
    return caught.value


def test_a_token_is_taken_apart() -> None:
    token = read(GOOD)
    assert (token.algorithm, token.kid) == ("HS256", "key-1")
    assert token.signed == GOOD[len("Bearer ") :].rpartition(b".")[0]
    assert json_object(token.payload) == CLAIMS
    assert token.signature == b"signature"


@pytest.mark.parametrize("scheme", [b"Bearer", b"bearer", b"BEARER", b"bEaReR"])
def test_the_case_of_the_scheme_does_not_matter(scheme: bytes) -> None:
    assert read(GOOD.replace(b"Bearer", scheme)).kid == "key-1"


def test_more_spaces_do_no_harm() -> None:
    assert read(GOOD.replace(b" ", b"   ") + b" ").kid == "key-1"


@pytest.mark.parametrize("authorization", [b"", b" ", b"Bearer", b"Bearer ", b"bearer   "])
def test_no_token_is_told_from_a_bad_one(authorization: bytes) -> None:
    error = refused(authorization)
    assert (error.status, error.reason) == (401, "missing")
    assert error.message == "No token: send Authorization: Bearer <token>."
    assert error.headers == ((b"www-authenticate", b"Bearer"),)


@pytest.mark.parametrize(
    "authorization",
    [
        b"Basic YW5uOnNlY3JldA==",
        b"Digest username=ann",
        b"Bearer" + GOOD[7:],
        b"Bearer\t" + GOOD[7:],
        GOOD[7:],
        b"Token " + GOOD[7:],
    ],
)
def test_another_scheme_is_refused(authorization: bytes) -> None:
    error = refused(authorization)
    assert error.reason == "malformed"
    assert error.message == "Only Authorization: Bearer <token> is understood here."


@pytest.mark.parametrize(
    "token",
    [
        b"sk-1234567890",
        b".",
        b"..",
        b"...",
        b"a.b",
        b"a.b.c.d.e",
        b"a.b.c",
        b"!!.??.**",
        b"\x00\xff\xfe",
        GOOD[7:] + b"=",
        GOOD[7:] + b"\n",
        GOOD[7:] + b", Bearer x",
        GOOD[7:].replace(b".", b". "),
        segment(b"[]") + b".e30.e30",
        segment(b'{"alg":NaN}') + b".e30.e30",
        segment(b"[" * 2000) + b".e30.e30",
        b"e30.A.e30",
    ],
)
def test_what_is_no_signed_jwt_is_refused(token: bytes) -> None:
    error = refused(b"Bearer " + token)
    assert (error.reason, error.message) == ("malformed", "The token is not a signed JWT.")
    assert error.headers == ((b"www-authenticate", b'Bearer error="invalid_token"'),)


def test_a_token_that_is_refused_is_in_no_part_of_the_error() -> None:
    error = refused(b"Bearer " + segment(b'{"alg":"HS256","sub":"ann"') + b".e30.e30")
    assert error.__context__ is None
    assert error.__cause__ is None


def test_a_token_shows_nothing_of_itself() -> None:
    token = read(GOOD)
    assert "HS256" not in repr(token)
    assert "ann" not in f"{token!s}{token!r}"


@pytest.mark.parametrize(
    "kid", ["1", "k" * 128, "2026-10-01", "urn:key:1", "aGk+_w==", "ann@plate-api", "~.~"]
)
def test_a_plain_kid_is_read(kid: str) -> None:
    assert read(forged({"alg": "RS256", "kid": kid})).kid == kid


def test_no_kid_is_none() -> None:
    assert read(forged({"alg": "RS256"})).kid is None
    assert read(forged({"alg": "RS256", "kid": None})).kid is None


def test_fields_that_say_nothing_of_keys_are_let_be() -> None:
    fields = {"alg": "RS256", "typ": "at+jwt", "x5t": "c2hhMQ", "cty": "json"}
    assert isinstance(read(forged(fields)), Token)
