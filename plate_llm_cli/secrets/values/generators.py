"""Makes new values: random ones, and private keys. The only module that loads cryptography."""

from __future__ import annotations

import base64
import secrets
import string
import uuid
from typing import TYPE_CHECKING, Final

from plate_llm_cli.secrets.spec import Encoding, Generate
from plate_llm_cli.secrets.values.secret import Secret

if TYPE_CHECKING:
    from collections.abc import Callable

    from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes

_ALPHANUMERIC: Final = string.ascii_letters + string.digits
_PUBLIC_EXPONENT: Final = 65537


def generate(how: Generate) -> Secret:
    """A new value: text, or for `rsa`, `ec` and `ed25519` a private key as PKCS#8 PEM.

    Raises:
        ValueError: `how` has a size or a curve that its encoding does not have.
    """
    if how.encoding in _SIZED and how.size < 1:
        raise ValueError(f"{how.encoding} needs a size of at least 1")
    return Secret(_GENERATORS[how.encoding](how))


def _hex(how: Generate) -> str:
    return secrets.token_hex(how.size)


def _base64(how: Generate) -> str:
    return base64.b64encode(secrets.token_bytes(how.size)).decode()


def _base64url(how: Generate) -> str:
    return secrets.token_urlsafe(how.size)


def _alphanumeric(how: Generate) -> str:
    return "".join(secrets.choice(_ALPHANUMERIC) for _ in range(how.size))


def _uuid(_how: Generate) -> str:
    return str(uuid.uuid4())


def _rsa(how: Generate) -> str:
    from cryptography.hazmat.primitives.asymmetric import rsa  # noqa: PLC0415 - slow to load

    return _pem(rsa.generate_private_key(_PUBLIC_EXPONENT, how.size))


def _ec(how: Generate) -> str:
    from cryptography.hazmat.primitives.asymmetric import ec  # noqa: PLC0415 - slow to load

    curves = {"P-256": ec.SECP256R1(), "P-384": ec.SECP384R1(), "P-521": ec.SECP521R1()}
    if how.curve not in curves:
        raise ValueError(f"ec knows no curve {how.curve!r}")
    return _pem(ec.generate_private_key(curves[how.curve]))


def _ed25519(_how: Generate) -> str:
    from cryptography.hazmat.primitives.asymmetric import ed25519  # noqa: PLC0415 - slow to load

    return _pem(ed25519.Ed25519PrivateKey.generate())


def _pem(key: PrivateKeyTypes) -> str:
    from cryptography.hazmat.primitives import serialization  # noqa: PLC0415 - slow to load

    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    ).decode()


_SIZED: Final = frozenset(
    {Encoding.HEX, Encoding.BASE64, Encoding.BASE64URL, Encoding.ALPHANUMERIC, Encoding.RSA}
)
_GENERATORS: Final[dict[Encoding, Callable[[Generate], str]]] = {
    Encoding.HEX: _hex,
    Encoding.BASE64: _base64,
    Encoding.BASE64URL: _base64url,
    Encoding.ALPHANUMERIC: _alphanumeric,
    Encoding.UUID: _uuid,
    Encoding.RSA: _rsa,
    Encoding.EC: _ec,
    Encoding.ED25519: _ed25519,
}
