"""What a forger sends, each refused, and for the right reason."""

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING, Any

import pytest
from pydantic import SecretStr

from service.auth import keys
from service.auth.token import LONGEST_TOKEN
from tests.service.auth.conftest import ONCE
from tests.service.auth.issuer import (
    CLAIMS,
    NOW,
    SECRET,
    Issuer,
    Signer,
    bearer,
    forged,
    refusal,
    segment,
    shared,
)

if TYPE_CHECKING:
    from service.auth.keys import Key
    from service.auth.verifier import TokenVerifier
    from tests.service.auth.conftest import Verifying


@pytest.fixture
def verifier(verifying: Verifying) -> TokenVerifier:
    return verifying(keys.from_secret(SecretStr(SECRET)))


@pytest.fixture
async def published(
    verifying: Verifying, issuer: Issuer, signer: dict[str, Signer]
) -> TokenVerifier:
    """Trusts what the issuer publishes: a key of each kind."""
    issuer.keys = [one.jwk() for one in signer.values()]
    return verifying(pace=ONCE)


def hs256(key: bytes, algorithm: str = "HS256", **fields: Any) -> bytes:
    """A token with a genuine HMAC of `key`, as a library would not make it."""
    signed = segment({"alg": algorithm, **fields}) + b"." + segment(CLAIMS)
    return b"Bearer " + signed + b"." + segment(hmac.digest(key, signed, "sha256"))


@pytest.mark.parametrize("algorithm", ["none", "None", "NONE", "nOnE", "", "HS384", "hs256"])
async def test_another_algorithm_than_the_keys_is_refused(
    verifier: TokenVerifier, algorithm: str
) -> None:
    assert await refusal(verifier, hs256(SECRET.encode(), algorithm)) == "algorithm"


@pytest.mark.parametrize("algorithm", [None, 256, ["HS256"], {"HS256": 1}, True])
async def test_an_algorithm_that_is_no_text_is_refused(
    verifier: TokenVerifier, algorithm: object
) -> None:
    assert await refusal(verifier, forged({"alg": algorithm})) == "algorithm"


async def test_a_token_without_algorithm_is_refused(verifier: TokenVerifier) -> None:
    assert await refusal(verifier, forged({"typ": "JWT"})) == "algorithm"


@pytest.mark.parametrize("algorithm", ["none", "NONE"])
async def test_no_algorithm_and_no_signature_is_refused_with_published_keys(
    published: TokenVerifier, algorithm: str
) -> None:
    assert await refusal(published, forged({"alg": algorithm, "kid": "RS256"})) == "algorithm"


async def test_an_empty_signature_is_refused(verifier: TokenVerifier) -> None:
    assert await refusal(verifier, forged({"alg": "HS256"})) == "signature"


async def test_an_empty_signature_is_refused_with_every_published_key(
    published: TokenVerifier, signer: dict[str, Signer]
) -> None:
    for one in signer.values():
        header = {"alg": one.algorithm, "kid": one.kid}
        assert await refusal(published, forged(header)) == "signature"


@pytest.mark.parametrize("name", ["ES256", "ES384", "ES512"])
async def test_the_signature_of_zeros_is_refused(published: TokenVerifier, name: str) -> None:
    size = {"ES256": 64, "ES384": 96, "ES512": 132}[name]
    attack = forged({"alg": name, "kid": name}, CLAIMS, bytes(size))
    assert await refusal(published, attack) == "signature"


async def test_the_public_key_is_no_shared_secret(
    verifying: Verifying, pem_key: Key, signer: dict[str, Signer]
) -> None:
    attack = hs256(signer["RS256"].pem.encode())
    assert await refusal(verifying(pem_key), attack) == "algorithm"


async def test_a_published_key_is_no_shared_secret(
    published: TokenVerifier, signer: dict[str, Signer]
) -> None:
    attack = hs256(signer["RS256"].pem.encode(), kid="RS256")
    assert await refusal(published, attack) == "algorithm"


async def test_a_published_key_is_no_shared_secret_where_there_is_one_as_well(
    verifying: Verifying, issuer: Issuer, signer: dict[str, Signer]
) -> None:
    issuer.keys = [signer["RS256"].jwk()]
    both = verifying(keys.from_secret(SecretStr(SECRET)), pace=ONCE)
    assert await refusal(both, hs256(signer["RS256"].pem.encode(), kid="RS256")) == "signature"


async def test_a_key_takes_no_other_algorithm_of_its_kind(
    published: TokenVerifier, signer: dict[str, Signer]
) -> None:
    for algorithm in ("RS512", "PS256"):
        attack = bearer(signer["RS256"].private, algorithm, CLAIMS, {"kid": "RS256"})
        assert await refusal(published, attack) == "algorithm"


async def test_a_token_cannot_name_a_key_of_another_kind(
    published: TokenVerifier, signer: dict[str, Signer]
) -> None:
    assert await refusal(published, signer["RS256"].header(kid="ES256")) == "algorithm"


async def test_a_token_cannot_name_another_key_of_its_kind(
    published: TokenVerifier, signer: dict[str, Signer]
) -> None:
    assert await refusal(published, signer["RS256"].header(kid="another")) == "signature"


async def test_another_secret_is_refused(verifier: TokenVerifier) -> None:
    assert await refusal(verifier, hs256(SECRET[::-1].encode())) == "signature"


@pytest.mark.parametrize("part", [0, 1, 2])
async def test_a_changed_part_is_refused(verifier: TokenVerifier, part: int) -> None:
    parts = shared()[len("Bearer ") :].split(b".")
    others = [
        segment({"alg": "HS256", "typ": "jwt"}),
        segment({**CLAIMS, "sub": "root"}),
        segment(bytes(32)),
    ]
    parts[part] = others[part]
    assert await refusal(verifier, b"Bearer " + b".".join(parts)) == "signature"


async def test_another_spelling_of_the_same_signature_is_refused(verifier: TokenVerifier) -> None:
    good = shared()
    letters = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    spelled = good[:-1] + letters[letters.index(good[-1:]) ^ 1 :][:1]
    assert await refusal(verifier, good) == ""
    assert await refusal(verifier, spelled) == "malformed"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("jku", "http://127.0.0.1:1/keys.json"),
        ("jwk", {"kty": "oct", "k": "c2VjcmV0"}),
        ("x5u", "http://127.0.0.1:1/chain.pem"),
        ("x5c", ["MIIB"]),
        ("crit", ["exp"]),
        ("crit", []),
        ("b64", False),
    ],
)
async def test_a_token_that_brings_its_key_or_an_extension_is_refused(
    verifier: TokenVerifier, field: str, value: Any
) -> None:
    header: dict[str, Any] = {field: value}
    attack = hs256(SECRET.encode(), **header)
    assert await refusal(verifier, attack) == "malformed"


async def test_an_address_in_a_token_is_not_asked(
    published: TokenVerifier, issuer: Issuer, signer: dict[str, Signer]
) -> None:
    assert await refusal(published, signer["RS256"].header()) == ""
    for field in ("jku", "x5u"):
        attack = forged({"alg": "RS256", "kid": "RS256", field: f"{issuer.url}/mine.json"})
        assert await refusal(published, attack) == "malformed"
    assert issuer.asked == 1


@pytest.mark.parametrize(
    "kid",
    [
        "../../../../dev/null",
        "/dev/null",
        "key-1' UNION SELECT 'secret'--",
        "http://127.0.0.1:1/key",
        "key-1\x00",
        "key-1\n",
        "key 1",
        "",
        "k" * 129,
        "ключ",
        "$(id)",
        "{{7*7}}",
    ],
)
async def test_a_kid_that_is_no_plain_name_is_refused(
    published: TokenVerifier, issuer: Issuer, kid: str
) -> None:
    assert await refusal(published, forged({"alg": "RS256", "kid": kid})) == "malformed"
    assert issuer.asked <= 1


@pytest.mark.parametrize("kid", [1, 1.5, True, ["key-1"], {"key-1": 1}])
async def test_a_kid_that_is_no_text_is_refused(verifier: TokenVerifier, kid: object) -> None:
    assert await refusal(verifier, hs256(SECRET.encode(), kid=kid)) == "malformed"


@pytest.mark.parametrize(
    ("field", "value", "reason"),
    [
        ("exp", NOW - 31, "expired"),
        ("exp", 0, "expired"),
        ("nbf", NOW + 31, "not_yet_valid"),
        ("iat", NOW + 31, "not_yet_valid"),
        ("exp", None, "claims"),
        ("sub", None, "claims"),
    ],
)
async def test_a_genuine_token_out_of_its_time_or_without_a_claim_is_refused(
    verifier: TokenVerifier, field: str, value: object, reason: str
) -> None:
    claims = {name: claim for name, claim in {**CLAIMS, field: value}.items() if claim is not None}
    assert await refusal(verifier, shared(claims)) == reason


async def test_an_expired_token_with_a_wrong_signature_is_refused_for_its_signature(
    verifier: TokenVerifier,
) -> None:
    attack = forged({"alg": "HS256"}, {**CLAIMS, "exp": 0}, bytes(32))
    assert await refusal(verifier, attack) == "signature"


async def test_the_longest_token_is_read_and_a_longer_one_is_not(verifier: TokenVerifier) -> None:
    empty = len(shared({**CLAIMS, "filler": ""})) - len("Bearer ")
    room = (LONGEST_TOKEN - empty) * 3 // 4
    longest = shared({**CLAIMS, "filler": "x" * room})
    assert LONGEST_TOKEN - 2 <= len(longest) - len("Bearer ") <= LONGEST_TOKEN
    assert await refusal(verifier, longest) == ""
    longer = shared({**CLAIMS, "filler": "x" * (room + 4)})
    assert await refusal(verifier, longer) == "too_long"


@pytest.mark.parametrize("payload", [b"", b"[]", b"null", b'"ann"', b"{", b"\xff", b"[" * 3000])
async def test_a_signed_payload_that_is_no_object_is_refused(
    verifier: TokenVerifier, payload: bytes
) -> None:
    signed = segment({"alg": "HS256"}) + b"." + segment(payload)
    attack = signed + b"." + segment(hmac.digest(SECRET.encode(), signed, "sha256"))
    assert await refusal(verifier, b"Bearer " + attack) == "malformed"
