from __future__ import annotations

import base64
import re
import uuid
from collections import Counter

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from hypothesis import given
from hypothesis import strategies as st

from plate_llm_cli.secrets.spec import Encoding, Generate
from plate_llm_cli.secrets.values.generators import generate


def _made(encoding: Encoding, size: int = 0, curve: str = "") -> str:
    return generate(Generate(encoding, size, curve)).reveal()


@given(st.integers(1, 100))
def test_hex_has_the_bytes_that_were_asked_for(size: int) -> None:
    text = _made(Encoding.HEX, size)

    assert re.fullmatch("[0-9a-f]+", text)
    assert len(bytes.fromhex(text)) == size


@given(st.integers(1, 100))
def test_base64_is_the_padded_standard_form_of_the_bytes_that_were_asked_for(size: int) -> None:
    text = _made(Encoding.BASE64, size)

    assert len(base64.b64decode(text, validate=True)) == size


@given(st.integers(1, 100))
def test_base64url_needs_no_escaping_in_a_url(size: int) -> None:
    text = _made(Encoding.BASE64URL, size)

    assert re.fullmatch("[A-Za-z0-9_-]+", text)
    assert len(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))) == size


@given(st.integers(1, 200))
def test_alphanumeric_has_the_characters_that_were_asked_for(size: int) -> None:
    assert re.fullmatch(f"[A-Za-z0-9]{{{size}}}", _made(Encoding.ALPHANUMERIC, size))


def test_alphanumeric_takes_all_its_characters_equally_often() -> None:
    counts = Counter(_made(Encoding.ALPHANUMERIC, 62_000))

    # 1000 of each are expected, with a deviation of 32; a byte taken modulo 62 gives 8 of them
    # 1211. Seven deviations are exceeded once in six billion runs.
    assert len(counts) == 62
    assert max(counts.values()) < 1225
    assert min(counts.values()) > 775


def test_a_uuid_is_random_and_written_as_usual() -> None:
    text = _made(Encoding.UUID)

    assert uuid.UUID(text).version == 4
    assert str(uuid.UUID(text)) == text


def test_rsa_is_a_pkcs8_key_of_the_size_that_was_asked_for() -> None:
    text = _made(Encoding.RSA, 2048)

    key = load_pem_private_key(text.encode(), None)
    assert text.startswith("-----BEGIN PRIVATE KEY-----\n")
    assert isinstance(key, rsa.RSAPrivateKey)
    assert key.key_size == 2048
    assert key.public_key().public_numbers().e == 65537


@pytest.mark.parametrize(
    ("curve", "name"), [("P-256", "secp256r1"), ("P-384", "secp384r1"), ("P-521", "secp521r1")]
)
def test_ec_is_a_pkcs8_key_on_the_curve_that_was_asked_for(curve: str, name: str) -> None:
    text = _made(Encoding.EC, curve=curve)

    key = load_pem_private_key(text.encode(), None)
    assert text.startswith("-----BEGIN PRIVATE KEY-----\n")
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    assert key.curve.name == name


def test_ed25519_is_a_pkcs8_key() -> None:
    text = _made(Encoding.ED25519)

    assert text.startswith("-----BEGIN PRIVATE KEY-----\n")
    assert isinstance(load_pem_private_key(text.encode(), None), ed25519.Ed25519PrivateKey)


@pytest.mark.parametrize(
    "how",
    [
        Generate(Encoding.HEX, 16),
        Generate(Encoding.BASE64, 16),
        Generate(Encoding.BASE64URL, 16),
        Generate(Encoding.ALPHANUMERIC, 16),
        Generate(Encoding.UUID),
        Generate(Encoding.RSA, 1024),
        Generate(Encoding.EC, curve="P-256"),
        Generate(Encoding.ED25519),
    ],
    ids=lambda how: how.encoding,
)
def test_no_two_values_are_the_same(how: Generate) -> None:
    assert not generate(how).same_as(generate(how))


@pytest.mark.parametrize(
    "encoding", [Encoding.HEX, Encoding.BASE64, Encoding.BASE64URL, Encoding.ALPHANUMERIC]
)
def test_a_size_of_nothing_makes_no_empty_secret(encoding: Encoding) -> None:
    with pytest.raises(ValueError, match=f"^{encoding} needs a size of at least 1$"):
        generate(Generate(encoding))


def test_a_curve_that_is_not_known_is_named() -> None:
    with pytest.raises(ValueError, match=r"^ec knows no curve 'P-224'$"):
        generate(Generate(Encoding.EC, curve="P-224"))
