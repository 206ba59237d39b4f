"""Verifies the token of a request: plate-api's JWT, or anyone's."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Protocol

from service.auth import claims, key_ring
from service.auth.identity import ANONYMOUS
from service.auth.identity_cache import IdentityCache
from service.auth.refusals import Reason, refused
from service.auth.token import json_object, read

if TYPE_CHECKING:
    from collections.abc import Callable

    import aiohttp

    from service.auth.claims import ClaimRules
    from service.auth.identity import Identity
    from service.auth.key_ring import KeyRing
    from service.settings.settings import Settings


class Verifier(Protocol):
    """Says who sends a request."""

    def cached(self, authorization: bytes) -> Identity | None:
        """Who sent this header a short while ago; None where `verify` must be asked."""

    async def verify(self, authorization: bytes) -> Identity:
        """Who sends this header.

        Raises Unauthorized and Forbidden, with a `Reason`, and KeysUnavailableError (503).
        """

    def concerns(self) -> str | None:
        """What an operator should know, and what keeps no traffic away."""

    async def close(self) -> None:
        """Stop what runs in the background."""


class AnonymousVerifier:
    """Asks for no token: everyone is `anonymous`."""

    def cached(self, authorization: bytes) -> Identity | None:
        """Everyone."""
        del authorization
        return ANONYMOUS

    async def verify(self, authorization: bytes) -> Identity:
        """Everyone."""
        del authorization
        return ANONYMOUS

    def concerns(self) -> str | None:
        """None."""
        return None

    async def close(self) -> None:
        """Nothing runs."""


class TokenVerifier:
    """Verifies JWTs."""

    def __init__(
        self,
        keys: KeyRing,
        rules: ClaimRules,
        identities: IdentityCache,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._keys = keys
        self._rules = rules
        self._identities = identities
        self._clock = clock

    def cached(self, authorization: bytes) -> Identity | None:
        """Less than a microsecond."""
        return self._identities.get(authorization)

    async def verify(self, authorization: bytes) -> Identity:
        """The key decides how the signature is checked, and nothing is believed before it is."""
        token = read(authorization)
        key = await self._keys.key_for(token)
        if not key.verifies(token.signed, token.signature):
            raise refused(Reason.SIGNATURE, "The token's signature is not its key's.")
        content = json_object(token.payload)
        if content is None:
            raise refused(Reason.MALFORMED, "The token is not a signed JWT.")
        identity = self._rules.identity(content, self._clock())
        self._identities.put(authorization, identity)
        return identity

    def concerns(self) -> str | None:
        """Keys that cannot be fetched."""
        return self._keys.concerns()

    async def close(self) -> None:
        """Stop fetching keys."""
        await self._keys.close()


def build(settings: Settings, session: aiohttp.ClientSession) -> Verifier:
    """The verifier of these settings. Must be called inside the event loop.

    Raises KeyRefusedError, a ValueError that names the setting and shows nothing of its value.
    """
    if settings.auth_mode == "none":
        return AnonymousVerifier()
    identities = IdentityCache()
    keys = key_ring.build(settings, session, identities.clear)
    return TokenVerifier(keys, claims.rules(settings), identities)
