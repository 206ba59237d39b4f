"""Keys that tokens are verified with: which of them are no keys."""

from __future__ import annotations

import re
from typing import Annotated

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from pydantic import AfterValidator, SecretStr

from service.settings.kinds import Kind, refusal

SECRET_BYTES = 32
"""RFC 7518, 3.2: a key of HS256 is at least as long as its hash."""
FEWEST_LETTERS = 8
"""Random text of this length has more different ones, be it hexadecimal or decimal."""

_PLACEHOLDER = re.compile(
    "change.?(me|this|it)|replace.?(me|this|with)|place.?holder|your.?(jwt.?)?secret|"
    "insert.?(here|your)|example.?(key|secret)",
    re.IGNORECASE,
)


def _check_secret(secret: SecretStr) -> SecretStr:
    value = secret.get_secret_value()
    if "-----BEGIN" in value:
        raise refusal("must be a shared secret: a public key goes into AUTH_PUBLIC_KEY")
    if len(value.encode()) < SECRET_BYTES:
        raise refusal(f"must have at least {SECRET_BYTES} bytes")
    if _PLACEHOLDER.search(value) or len(set(value)) < FEWEST_LETTERS or _repeats(value):
        raise refusal("is a placeholder, which anybody could sign tokens with: set a random secret")
    return secret


def _repeats(value: str) -> bool:
    """Whether it is a short text, over and over; the last one may be cut."""
    longest = len(value) // 2
    return any(
        value == (value[:size] * (len(value) // size + 1))[: len(value)]
        for size in range(1, longest + 1)
    )


def _check_public_key(pem: str) -> str:
    """A PEM on several lines, or with `\\n` written out where its line ends are."""
    text = pem.replace("\\n", "\n").replace("\r", "").strip()
    if "PRIVATE KEY" in text:
        raise refusal("must be a public key: this is a private one, which belongs to the issuer")
    if not _is_public_key(text):
        raise refusal("must be a public key as PEM: -----BEGIN PUBLIC KEY----- ...")
    return text


def _is_public_key(pem: str) -> bool:
    try:
        load_pem_public_key(pem.encode())
    except (ValueError, UnsupportedAlgorithm):
        return False
    return True


JwtSecret = Annotated[SecretStr, AfterValidator(_check_secret), Kind("string", "a secret")]
PublicKey = Annotated[str, AfterValidator(_check_public_key), Kind("string", "a public key as PEM")]
