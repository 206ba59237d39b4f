"""Which verifier the settings make."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from pydantic import SecretStr

from service.auth import verifier
from service.auth.claims import ClaimRules, rules
from service.auth.key_ring import endpoint, fixed_keys
from service.auth.keys import KeyRefusedError
from service.auth.remote_keys import Endpoint
from service.auth.verifier import AnonymousVerifier
from service.settings.settings import Settings
from tests.service.auth.issuer import SECRET, Signer, refusal, shared

if TYPE_CHECKING:
    import aiohttp

    from tests.service.auth.issuer import Issuer


def configured(**given: Any) -> Settings:
    return Settings(llm_model_name="builtin:echo", **given)


async def test_auth_mode_none_asks_for_no_token(session: aiohttp.ClientSession) -> None:
    built = verifier.build(configured(auth_mode="none"), session)
    assert isinstance(built, AnonymousVerifier)


async def test_a_service_with_a_secret_verifies_by_the_real_clock(
    session: aiohttp.ClientSession,
) -> None:
    built = verifier.build(configured(auth_jwt_secret=SecretStr(SECRET)), session)
    assert await refusal(built, shared({"sub": "ann", "exp": 4_000_000_000})) == ""
    assert await refusal(built, shared({"sub": "ann", "exp": 1_600_000_000})) == "expired"
    await built.close()


async def test_a_service_takes_keys_and_issuer_from_plate_api(
    session: aiohttp.ClientSession, issuer: Issuer, signer: dict[str, Signer]
) -> None:
    issuer.keys = [signer["ES256"].jwk()]
    built = verifier.build(configured(plate_api_url=issuer.url), session)
    claims = {"sub": "ann", "exp": 4_000_000_000}
    for own in (issuer.url, f"{issuer.url}/"):
        assert await refusal(built, signer["ES256"].header({**claims, "iss": own})) == ""
    assert await refusal(built, signer["ES256"].header(claims)) == "issuer"
    assert built.concerns() is None
    await built.close()


async def test_a_service_does_not_wait_for_an_issuer_that_hangs(
    session: aiohttp.ClientSession, issuer: Issuer
) -> None:
    issuer.answer = issuer.hang
    built = verifier.build(configured(auth_jwks_url=f"{issuer.url}/keys"), session)
    await issuer.until_asked(1)
    assert built.concerns() == "AUTH_JWKS_URL: the keys are being fetched; no token can be verified"
    await built.close()


API = {"plate_api_url": "http://api/v1/"}
SHARED = {"auth_jwt_secret": SecretStr(SECRET)}


@pytest.mark.parametrize(
    ("given_settings", "expected"),
    [
        ({"plate_api_url": "http://api"}, ("http://api/.well-known/jwks.json", "PLATE_API_URL")),
        (
            {"plate_api_url": "http://api/v1/"},
            ("http://api/v1/.well-known/jwks.json", "PLATE_API_URL"),
        ),
        (
            {"plate_api_url": "http://api", "auth_jwks_url": "http://k/j"},
            ("http://k/j", "AUTH_JWKS_URL"),
        ),
        ({"plate_api_url": "http://api", "auth_jwt_secret": SecretStr(SECRET)}, None),
        (
            {"auth_jwt_secret": SecretStr(SECRET), "auth_jwks_url": "http://k/j"},
            ("http://k/j", "AUTH_JWKS_URL"),
        ),
    ],
)
def test_where_keys_are_fetched_from(
    given_settings: dict[str, Any], expected: tuple[str, str] | None
) -> None:
    found = endpoint(configured(**given_settings))
    assert (found and (found.url, found.setting)) == expected


def test_plate_api_is_not_asked_where_a_public_key_is_set(signer: dict[str, Signer]) -> None:
    given_settings = configured(plate_api_url="http://api", auth_public_key=signer["ES256"].pem)
    assert endpoint(given_settings) is None
    assert [key.algorithm for key in fixed_keys(given_settings)] == ["ES256"]


def test_a_public_key_and_a_set_of_keys_are_one_too_many(signer: dict[str, Signer]) -> None:
    both = configured(auth_public_key=signer["ES256"].pem, auth_jwks_url="http://k/j")
    with pytest.raises(KeyRefusedError, match=r"^AUTH_PUBLIC_KEY and AUTH_JWKS_URL are both set"):
        endpoint(both)


def test_an_endpoint_does_not_show_its_address() -> None:
    assert "api" not in repr(Endpoint("http://api", "PLATE_API_URL"))


def test_a_public_key_of_a_kind_that_is_not_taken_is_named_and_not_shown() -> None:
    private = ec.generate_private_key(ec.SECP256K1())
    unusual = configured(auth_public_key=Signer(private, "ES256K").pem)
    with pytest.raises(KeyRefusedError) as caught:
        fixed_keys(unusual)
    told = "AUTH_PUBLIC_KEY: not RSA, EC on P-256, P-384 or P-521, or Ed25519"
    assert str(caught.value) == told


def test_a_secret_that_is_no_secret_is_named_and_not_shown() -> None:
    jwk = f'{{"kty":"oct","k":"{SECRET}"}}'
    with pytest.raises(KeyRefusedError) as caught:
        fixed_keys(configured(auth_jwt_secret=SecretStr(jwk)))
    told = "AUTH_JWT_SECRET: this is a key of two halves, or a JWK, and no shared secret"
    assert str(caught.value) == told


async def test_no_key_at_all_is_no_service(session: aiohttp.ClientSession) -> None:
    with pytest.raises(KeyRefusedError, match=r"^AUTH_MODE=jwt needs a key"):
        verifier.build(configured(), session)


def test_the_rules_are_those_of_the_settings() -> None:
    found = rules(
        configured(
            plate_api_url="http://api",
            auth_issuer="https://issuer",
            auth_audience="plate-llm",
            auth_scopes=" chat  embed ",
            auth_leeway_seconds=5,
            auth_tenant_claim="org",
        )
    )
    assert found == ClaimRules(
        frozenset({"https://issuer"}), "plate-llm", frozenset({"chat", "embed"}), 5, "org"
    )


def test_without_settings_nothing_but_time_and_subject_is_asked_for() -> None:
    assert rules(configured()) == ClaimRules()
