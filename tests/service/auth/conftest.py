"""Keys, an issuer that publishes them, and verifiers that trust them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import pytest

from service.auth import keys
from service.auth.claims import ClaimRules
from service.auth.identity_cache import IdentityCache
from service.auth.key_ring import KeyRing
from service.auth.remote_keys import Endpoint, Pace, RemoteKeys
from service.auth.verifier import TokenVerifier
from service.upstream.session import open_session
from tests.service.auth.issuer import Clock, Issuer, Signer, signers

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    import aiohttp

    from service.auth.keys import Key

NEVER = 3600.0
ONCE = Pace(regular=NEVER, on_demand=NEVER, first_retry=NEVER)
"""One fetch at the start, and one for an unknown key."""
EAGER = Pace(regular=NEVER, on_demand=0, first_retry=NEVER)
"""Every unknown kid is asked for."""
QUICK = Pace(regular=0.01, on_demand=NEVER, first_retry=0.01, longest_retry=0.02)
IMPATIENT = Pace(regular=NEVER, on_demand=NEVER, first_retry=NEVER, timeout=0.05)


class Verifying(Protocol):
    """Makes a verifier with these keys, and those of the issuer where a pace is given."""

    def __call__(
        self, *fixed: Key, rules: ClaimRules | None = None, pace: Pace | None = None
    ) -> TokenVerifier: ...


@pytest.fixture(scope="session")
def signer() -> dict[str, Signer]:
    return signers()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with open_session() as opened:
        yield opened


@pytest.fixture
async def issuer() -> AsyncIterator[Issuer]:
    async with Issuer() as started:
        yield started


@pytest.fixture
async def verifying(
    session: aiohttp.ClientSession, issuer: Issuer, clock: Clock
) -> AsyncIterator[Verifying]:
    made: list[TokenVerifier] = []

    def make(
        *fixed: Key, rules: ClaimRules | None = None, pace: Pace | None = None
    ) -> TokenVerifier:
        identities = IdentityCache(clock)
        remote = None
        if pace is not None:
            endpoint = Endpoint(f"{issuer.url}/keys.json", "AUTH_JWKS_URL")
            remote = RemoteKeys(session, endpoint, identities.clear, pace, clock)
            remote.start()
        ring = KeyRing(fixed, remote)
        made.append(TokenVerifier(ring, rules or ClaimRules(), identities, clock))
        return made[-1]

    yield make
    for one in made:
        await one.close()


@pytest.fixture
def pem_key(signer: dict[str, Signer]) -> Key:
    return keys.from_pem(signer["RS256"].pem)


@pytest.fixture
def published(issuer: Issuer, signer: dict[str, Signer]) -> Issuer:
    """The issuer, with a key of RSA."""
    issuer.keys = [signer["RS256"].jwk()]
    return issuer
