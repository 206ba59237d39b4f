"""An issuer of tokens: its keys, and the endpoint on loopback where it publishes them."""

from __future__ import annotations

import asyncio
import base64
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self

import jwt
import orjson
from aiohttp import web
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from service.errors import Forbidden, Unauthorized

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from service.auth.verifier import Verifier

SECRET = "4vZ8qK1rT6wX3yB0nM5cJ9hG2fD7sLpA"  # noqa: S105 - of these tests alone
NOW = 1_800_000_000
"""What tests take for now."""
CLAIMS = {"sub": "ann", "exp": NOW + 600, "iat": NOW}
WAIT_SECONDS = 5


class Clock:
    """A time that tests set."""

    def __init__(self) -> None:
        self.now: float = NOW

    def __call__(self) -> float:
        return self.now


@dataclass(frozen=True, slots=True)
class Signer:
    """A private key, and what is public of it."""

    private: Any
    algorithm: str
    kid: str = "key-1"

    @property
    def pem(self) -> str:
        """The public key."""
        public = self.private.public_key()
        return public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()  # type: ignore[no-any-return]

    def jwk(self, **members: object) -> dict[str, Any]:
        """The public key as a member of a set; members that are None are left out."""
        implementation = jwt.get_algorithm_by_name(self.algorithm)
        public = implementation.to_jwk(self.private.public_key(), as_dict=True)
        whole = {**public, "kid": self.kid, "alg": self.algorithm, "use": "sig", **members}
        return {name: value for name, value in whole.items() if value is not None}

    def header(self, claims: dict[str, Any] | None = None, **fields: object) -> bytes:
        """A header Authorization with a token of this key."""
        return bearer(self.private, self.algorithm, claims, {"kid": self.kid, **fields})


def signers() -> dict[str, Signer]:
    """One of each kind, and a second of RSA."""
    curves = {"ES256": ec.SECP256R1(), "ES384": ec.SECP384R1(), "ES512": ec.SECP521R1()}
    made = {
        name: Signer(ec.generate_private_key(curve), name, name) for name, curve in curves.items()
    }
    made["EdDSA"] = Signer(ed25519.Ed25519PrivateKey.generate(), "EdDSA", "EdDSA")
    for name in ("RS256", "another"):
        made[name] = Signer(rsa.generate_private_key(65537, 2048), "RS256", name)
    return made


def bearer(
    key: Any,
    algorithm: str,
    claims: dict[str, Any] | None = None,
    fields: dict[str, Any] | None = None,
) -> bytes:
    """A header Authorization; fields of the token's header that are None are left out."""
    header = {name: value for name, value in (fields or {}).items() if value is not None}
    return f"Bearer {jwt.encode(claims or CLAIMS, key, algorithm, header)}".encode()


def shared(claims: dict[str, Any] | None = None, **fields: object) -> bytes:
    """A header Authorization with a token of SECRET."""
    return bearer(SECRET, "HS256", claims, fields)


def segment(content: object) -> bytes:
    """A part of a token: base64url of bytes as they are, or of JSON."""
    raw = content if isinstance(content, bytes) else orjson.dumps(content)
    return base64.urlsafe_b64encode(raw).rstrip(b"=")


def forged(header: object, payload: object = CLAIMS, signature: bytes = b"") -> bytes:
    """A header Authorization with a token of these parts, signed by nobody."""
    return b"Bearer " + b".".join([segment(header), segment(payload), segment(signature)])


@dataclass
class Issuer:
    """Publishes keys. `answer` replaces the answer, `asked` counts the requests."""

    keys: list[dict[str, Any]] = field(default_factory=list)
    asked: int = 0
    headers: list[Mapping[str, str]] = field(default_factory=list)
    answer: Callable[[web.Request], Awaitable[web.StreamResponse]] | None = None
    url: str = ""
    closing: asyncio.Event = field(default_factory=asyncio.Event)

    async def __aenter__(self) -> Self:
        app = web.Application()
        app.router.add_get("/{path:.*}", self._publish)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        port = self._runner.addresses[0][1]
        self.url = f"http://127.0.0.1:{port}"
        return self

    async def __aexit__(self, *error: object) -> None:
        self.closing.set()
        await self._runner.cleanup()

    async def _publish(self, request: web.Request) -> web.StreamResponse:
        self.asked += 1
        self.headers.append(request.headers.copy())
        if self.answer is not None:
            return await self.answer(request)
        return web.json_response({"keys": self.keys})

    async def until_asked(self, times: int) -> None:
        """Wait for as many requests."""
        await until(lambda: self.asked >= times)

    async def hang(self, request: web.Request) -> web.StreamResponse:
        """An answer that never comes."""
        del request
        await self.closing.wait()
        return web.Response()


async def until(condition: Callable[[], bool]) -> None:
    """Wait for something that is about to be so."""
    async with asyncio.timeout(WAIT_SECONDS):
        while not condition():
            await asyncio.sleep(0.001)


async def refusal(verifier: Verifier, authorization: bytes) -> str:
    """The reason for which a header is refused; "" where it is not."""
    try:
        await verifier.verify(authorization)
    except (Unauthorized, Forbidden) as error:
        return error.reason
    return ""
