"""Keys that verify tokens. A key has one algorithm: its own, whatever a token says (RFC 8725, 3.1).

| key | algorithm |
|---|---|
| AUTH_JWT_SECRET | HS256 |
| RSA of 2048 to 8192 bits | RS256; RS384 or RS512 where its JWK says so |
| EC P-256, P-384, P-521 | ES256, ES384, ES512 |
| Ed25519 | EdDSA; Ed25519 (RFC 9864) where its JWK says so |
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import jwt
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jwt.algorithms import Algorithm
    from pydantic import SecretStr

SECRET_ALGORITHM = "HS256"  # noqa: S105 - an algorithm's name
RSA_BITS = range(2048, 8192 + 1)
"""NIST SP 800-131A; above, one signature takes milliseconds of our one core."""
CURVES = {"secp256r1": "ES256", "secp384r1": "ES384", "secp521r1": "ES512"}
RSA_ALGORITHMS = ("RS256", "RS384", "RS512")
ED25519_ALGORITHMS = ("EdDSA", "Ed25519")
PUBLIC_ALGORITHMS = frozenset({*RSA_ALGORITHMS, *CURVES.values(), *ED25519_ALGORITHMS})
PUBLIC_MEMBERS = {"RSA": ("n", "e"), "EC": ("crv", "x", "y"), "OKP": ("crv", "x")}
"""What there is to a public JWK, by its type (RFC 7518, 6; RFC 8037, 2)."""

_READERS = {"RSA": "RS256", "EC": "ES256", "OKP": "EdDSA"}
_LONGEST_MEMBER = 4096


class KeyRefusedError(ValueError):
    """A key that is not used. Its text says why, and shows nothing of the key."""


@dataclass(frozen=True, slots=True, repr=False)
class Key:
    """A key and its algorithm."""

    algorithm: str
    _implementation: Algorithm
    _key: Any

    def verifies(self, signed: bytes, signature: bytes) -> bool:
        """Whether the signature is this key's."""
        return self._implementation.verify(signed, self._key, signature)


def from_secret(secret: SecretStr) -> Key:
    """A secret shared with the issuer; its bytes are those of the text. Raises KeyRefusedError."""
    implementation = jwt.get_algorithm_by_name(SECRET_ALGORITHM)
    content = secret.get_secret_value().encode()
    if not _is_secret(implementation, content):
        raise KeyRefusedError("this is a key of two halves, or a JWK, and no shared secret")
    return Key(SECRET_ALGORITHM, implementation, content)


def from_pem(text: str) -> Key:
    """A public key as `-----BEGIN PUBLIC KEY-----`. Raises KeyRefusedError."""
    try:
        public = load_pem_public_key(text.encode())
    except (ValueError, UnsupportedAlgorithm):
        raise KeyRefusedError("this is no public key in PEM") from None
    return _key(public, None)


def from_jwk(jwk: Mapping[str, object]) -> Key:
    """A key of a set. Raises KeyRefusedError, also for one that is meant for other things."""
    kind = jwk.get("kty")
    if not isinstance(kind, str) or kind not in PUBLIC_MEMBERS:
        raise KeyRefusedError("not an RSA, EC or OKP key")
    if "d" in jwk:
        raise KeyRefusedError("a private key, which by now is everyone's")
    operations = jwk.get("key_ops")
    if jwk.get("use", "sig") != "sig" or (
        operations is not None and not (isinstance(operations, list) and "verify" in operations)
    ):
        raise KeyRefusedError("not meant for signatures")
    members = {name: jwk.get(name) for name in PUBLIC_MEMBERS[kind]}
    if not all(
        isinstance(value, str) and len(value) <= _LONGEST_MEMBER for value in members.values()
    ):
        raise KeyRefusedError("incomplete")
    return _key(_public_key({"kty": kind, **members}), jwk.get("alg"))


def _public_key(jwk: dict[str, Any]) -> object:
    try:
        return jwt.get_algorithm_by_name(_READERS[jwk["kty"]]).from_jwk(jwk)
    except (jwt.InvalidKeyError, ValueError, UnsupportedAlgorithm):
        raise KeyRefusedError("damaged, or on another curve") from None


def _key(public: object, algorithm: object) -> Key:
    """`algorithm` is the one that the key itself names, or None."""
    fitting = _algorithms(public)
    name = fitting[0] if algorithm is None else algorithm
    if name not in fitting:
        raise KeyRefusedError(f"for another algorithm than {', '.join(fitting)}")
    implementation = jwt.get_algorithm_by_name("EdDSA" if name == "Ed25519" else str(name))
    return Key(str(name), implementation, public)


def _algorithms(public: object) -> tuple[str, ...]:
    """What a key can be used with; the first is the usual one."""
    if isinstance(public, RSAPublicKey):
        if public.key_size not in RSA_BITS:
            raise KeyRefusedError(f"an RSA key of {public.key_size} bits, not 2048 to 8192")
        return RSA_ALGORITHMS
    if isinstance(public, EllipticCurvePublicKey) and public.curve.name in CURVES:
        return (CURVES[public.curve.name],)
    if isinstance(public, Ed25519PublicKey):
        return ED25519_ALGORITHMS
    raise KeyRefusedError("not RSA, EC on P-256, P-384 or P-521, or Ed25519")


def _is_secret(implementation: Algorithm, content: bytes) -> bool:
    """Whether PyJWT takes these bytes for a secret, and not for another kind of key."""
    try:
        implementation.prepare_key(content)
    except jwt.InvalidKeyError:
        return False
    return True
