"""Which keys are used, and with which algorithm."""

from __future__ import annotations

import contextlib
from typing import Any

import orjson
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed448, rsa, x25519
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from service.auth import jwks, keys
from service.auth.jwks import KeySet, KeySetError
from service.auth.keys import KeyRefusedError
from service.auth.token import read
from tests.service.auth.issuer import SECRET, Signer, bearer, shared
from tests.service.auth.test_claims import JSON

WEAK = 1024
KINDS = ["RS256", "ES256", "ES384", "ES512", "EdDSA"]


def why(jwk: dict[str, Any]) -> str:
    with pytest.raises(KeyRefusedError) as caught:
        keys.from_jwk(jwk)
    return str(caught.value)


@pytest.mark.parametrize("kind", KINDS)
def test_a_pem_has_the_algorithm_of_its_kind(signer: dict[str, Signer], kind: str) -> None:
    key = keys.from_pem(signer[kind].pem)
    token = read(signer[kind].header())
    assert key.algorithm == kind
    assert key.verifies(token.signed, token.signature)
    assert not key.verifies(token.signed + b".", token.signature)


@pytest.mark.parametrize("kind", KINDS)
def test_a_published_key_has_the_algorithm_of_its_kind(
    signer: dict[str, Signer], kind: str
) -> None:
    key = keys.from_jwk(signer[kind].jwk(alg=None, use=None, key_ops=None))
    token = read(signer[kind].header())
    assert key.algorithm == kind
    assert key.verifies(token.signed, token.signature)
    assert not key.verifies(token.signed, token.signature[:-1] + b"!")


@pytest.mark.parametrize("algorithm", ["RS256", "RS384", "RS512"])
def test_an_rsa_key_says_which_hash_it_is_used_with(
    signer: dict[str, Signer], algorithm: str
) -> None:
    key = keys.from_jwk(signer["RS256"].jwk(alg=algorithm))
    token = read(bearer(signer["RS256"].private, algorithm))
    assert key.algorithm == algorithm
    assert key.verifies(token.signed, token.signature)


def test_the_newer_name_of_eddsa_is_a_key_of_that_name(signer: dict[str, Signer]) -> None:
    key = keys.from_jwk(signer["EdDSA"].jwk(alg="Ed25519"))
    token = read(signer["EdDSA"].header())
    assert key.algorithm == "Ed25519"
    assert key.verifies(token.signed, token.signature)


@pytest.mark.parametrize(
    ("kind", "algorithm"),
    [
        ("RS256", "PS256"),
        ("RS256", "HS256"),
        ("RS256", "RSA-OAEP"),
        ("RS256", "none"),
        ("RS256", 256),
        ("RS256", ["RS256"]),
        ("ES256", "ES384"),
        ("ES512", "ES521"),
        ("EdDSA", "ES256"),
    ],
)
def test_a_published_key_for_another_algorithm_is_refused(
    signer: dict[str, Signer], kind: str, algorithm: object
) -> None:
    assert why(signer[kind].jwk(alg=algorithm)).startswith("for another algorithm than ")


@pytest.mark.parametrize(
    "members", [{"use": "enc"}, {"use": 1}, {"key_ops": ["encrypt"]}, {"key_ops": "verify"}]
)
def test_a_published_key_for_another_use_is_refused(
    signer: dict[str, Signer], members: dict[str, Any]
) -> None:
    assert why(signer["RS256"].jwk(**members)) == "not meant for signatures"


def test_a_published_secret_is_refused() -> None:
    assert why({"kty": "oct", "k": "c2VjcmV0", "alg": "HS256"}) == "not an RSA, EC or OKP key"


@pytest.mark.parametrize("kind", [None, "", "rsa", 1, ["RSA"], {}])
def test_a_published_key_of_no_kind_is_refused(signer: dict[str, Signer], kind: object) -> None:
    assert why(signer["RS256"].jwk(kty=kind)) == "not an RSA, EC or OKP key"


def test_a_published_private_key_is_refused(signer: dict[str, Signer]) -> None:
    assert why(signer["ES256"].jwk(d="AA")) == "a private key, which by now is everyone's"


@pytest.mark.parametrize("member", ["n", "e"])
@pytest.mark.parametrize("value", [None, 3, "A" * 5000])
def test_a_published_key_without_a_member_is_refused(
    signer: dict[str, Signer], member: str, value: object
) -> None:
    assert why(signer["RS256"].jwk(**{member: value})) == "incomplete"


@pytest.mark.parametrize(
    ("kind", "member", "value"),
    [
        ("RS256", "e", "AQ"),
        ("RS256", "n", ""),
        ("RS256", "n", "!!!!!"),
        ("ES256", "x", "AA"),
        ("ES256", "y", "A" * 43),
        ("ES256", "crv", "P-384"),
        ("ES256", "crv", "secp256k1"),
        ("ES256", "crv", "P-999"),
        ("EdDSA", "x", "AA"),
        ("EdDSA", "crv", "X25519"),
    ],
)
def test_a_damaged_published_key_is_refused(
    signer: dict[str, Signer], kind: str, member: str, value: str
) -> None:
    assert why(signer[kind].jwk(**{member: value})) == "damaged, or on another curve"


def pem(private: Any) -> str:
    return Signer(private, "").pem


@pytest.mark.parametrize(
    ("private", "text"),
    [
        (lambda: rsa.generate_private_key(65537, WEAK), "an RSA key of 1024 bits"),
        (lambda: ec.generate_private_key(ec.SECP256K1()), "not RSA, EC on P-256"),
        (ed448.Ed448PrivateKey.generate, "not RSA, EC on P-256"),
        (x25519.X25519PrivateKey.generate, "not RSA, EC on P-256"),
    ],
)
def test_a_pem_of_another_kind_is_refused(private: Any, text: str) -> None:
    with pytest.raises(KeyRefusedError, match=f"^{text}"):
        keys.from_pem(pem(private()))


@pytest.mark.parametrize(
    "text", ["", "key", "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----"]
)
def test_what_is_no_pem_is_refused(text: str) -> None:
    with pytest.raises(KeyRefusedError, match=r"^this is no public key in PEM$"):
        keys.from_pem(text)


def test_a_secret_verifies_what_it_signed() -> None:
    key = keys.from_secret(SecretStr(SECRET))
    token = read(shared())
    assert key.algorithm == "HS256"
    assert key.verifies(token.signed, token.signature)
    assert not key.verifies(token.signed, token.signature[:-1])


def test_a_public_key_is_no_secret(signer: dict[str, Signer]) -> None:
    with pytest.raises(KeyRefusedError, match=r"no shared secret$"):
        keys.from_secret(SecretStr(signer["RS256"].pem))


def test_a_jwk_is_no_secret() -> None:
    with pytest.raises(KeyRefusedError, match=r"no shared secret$"):
        keys.from_secret(SecretStr('{"kty":"oct","k":"4vZ8qK1rT6wX3yB0nM5cJ9hG2fD7sLpA"}'))


def test_a_key_shows_nothing_of_itself() -> None:
    key = keys.from_secret(SecretStr(SECRET))
    assert SECRET not in f"{key!r}{key!s}"


def test_a_set_gives_a_key_by_its_name(signer: dict[str, Signer]) -> None:
    found = key_set(signer["RS256"].jwk(), signer["another"].jwk())
    token = read(signer["another"].header())
    key = found.find("another", "RS256")
    assert key is not None
    assert key.verifies(token.signed, token.signature)
    assert found.find("a-third", "RS256") is None


def test_a_set_gives_the_only_key_of_an_algorithm_without_a_name(
    signer: dict[str, Signer],
) -> None:
    found = key_set(signer["RS256"].jwk(kid=None), signer["ES256"].jwk())
    key = found.find(None, "RS256")
    assert key is not None
    assert key.algorithm == "RS256"


def test_a_set_gives_none_of_several_keys_without_a_name(signer: dict[str, Signer]) -> None:
    assert key_set(signer["RS256"].jwk(), signer["another"].jwk()).find(None, "RS256") is None


def test_the_first_of_two_keys_of_one_name_counts(signer: dict[str, Signer]) -> None:
    found = key_set(signer["RS256"].jwk(kid="x"), signer["ES256"].jwk(kid="x"))
    key = found.find("x", "ES256")
    assert key is not None
    assert key.algorithm == "RS256"


def test_a_set_leaves_out_what_it_cannot_use(signer: dict[str, Signer]) -> None:
    good = signer["ES256"].jwk()
    bad: list[object] = [
        None,
        [],
        {},
        {"kty": "oct"},
        signer["RS256"].jwk(use="enc"),
        {**good, "kid": "../x"},
    ]
    assert len(key_set(*bad, good)) == 1


def test_a_set_is_read_up_to_a_number_of_keys(signer: dict[str, Signer]) -> None:
    many = [signer["EdDSA"].jwk(kid=str(number)) for number in range(jwks.MOST_KEYS + 1)]
    assert len(key_set(*many)) == jwks.MOST_KEYS


@pytest.mark.parametrize(
    "document", [b"", b"<html>", b"[]", b"{}", b'{"keys":{}}', b'{"keys":null}', b"[" * 9000]
)
def test_what_is_no_set_is_refused(document: bytes) -> None:
    with pytest.raises(KeySetError, match=r"^its answer is no set of keys$"):
        jwks.read(document)


@pytest.mark.parametrize("document", [b'{"keys":[]}', b'{"keys":[{"kty":"oct","k":"AA"}]}'])
def test_a_set_without_a_key_of_use_is_refused(document: bytes) -> None:
    with pytest.raises(KeySetError, match=r"^its answer has no key that can be used$"):
        jwks.read(document)


def key_set(*entries: object) -> KeySet:
    return jwks.read(orjson.dumps({"keys": entries}))


MEMBERS = st.sampled_from(["kty", "crv", "x", "y", "n", "e", "alg", "use", "key_ops", "kid", "d"])
VALUES = st.sampled_from(
    ["RSA", "EC", "OKP", "oct", "P-256", "P-521", "Ed25519", "Ed448", "sig", "AQAB", "A" * 43]
)


@given(st.dictionaries(MEMBERS, VALUES | st.text() | JSON))
def test_any_object_is_a_key_or_refused(entry: dict[str, Any]) -> None:
    with contextlib.suppress(KeyRefusedError):
        assert keys.from_jwk(entry).algorithm in keys.PUBLIC_ALGORITHMS
