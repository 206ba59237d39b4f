"""The tokens of the probe, read by another implementation than the one that makes them."""

from __future__ import annotations

import time

import jwt
import pytest

from service.probe.tokens import Tokens, tokens_for
from tests.service.running import SECRET

SETTINGS = {
    "AUTH_JWT_SECRET": SECRET,
    "AUTH_AUDIENCE": "plate-llm",
    "AUTH_ISSUER": "https://issuer",
    "PLATE_API_URL": "http://plate-api",
    "AUTH_SCOPES": "chat models",
    "AUTH_TENANT_CLAIM": "org",
}


def read(token: str, audience: str = "plate-llm") -> dict[str, object]:
    claims: dict[str, object] = jwt.decode(token, SECRET, ["HS256"], audience=audience)
    return claims


def test_a_good_token_says_what_the_service_asks_for() -> None:
    claims = read(tokens_for(SETTINGS).good())
    begun, end = claims.pop("iat"), claims.pop("exp")
    assert claims == {
        "sub": "plate-llm-probe",
        "aud": "plate-llm",
        "iss": "https://issuer",
        "scope": "chat models",
        "org": "plate-llm-probe",
    }
    assert isinstance(begun, int)
    assert end == begun + 300
    assert abs(begun - time.time()) < 10


def test_without_an_issuer_it_is_plate_api() -> None:
    assert tokens_for(SETTINGS | {"AUTH_ISSUER": ""}).claims["iss"] == "http://plate-api"


def test_what_is_not_set_is_not_claimed() -> None:
    assert tokens_for({"AUTH_JWT_SECRET": SECRET, "AUTH_AUDIENCE": ""}) == Tokens(SECRET, {})


def test_white_space_is_part_of_the_key_as_it_is_of_the_services() -> None:
    assert tokens_for({"AUTH_JWT_SECRET": f"{SECRET}\n"}).key == f"{SECRET}\n"


def test_an_expired_token_is_wrong_in_that_alone() -> None:
    with pytest.raises(jwt.ExpiredSignatureError):
        read(tokens_for(SETTINGS).expired())


def test_a_token_for_another_is_wrong_in_that_alone() -> None:
    claims = read(tokens_for(SETTINGS).for_another(), audience="another-service")
    assert claims["iss"] == "https://issuer"


def test_a_forged_token_is_wrong_in_its_signature() -> None:
    forged = tokens_for(SETTINGS).forged()
    assert jwt.get_unverified_header(forged) == {"alg": "HS256", "typ": "JWT"}
    with pytest.raises(jwt.InvalidSignatureError):
        read(forged)


def test_an_unsigned_token_says_so_itself() -> None:
    unsigned = tokens_for(SETTINGS).unsigned()
    assert jwt.get_unverified_header(unsigned) == {"alg": "none", "typ": "JWT"}
    assert unsigned.endswith(".")
