"""All keys of this service, by where they come from."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from service.auth import keys
from service.auth.refusals import Reason, refused
from service.auth.remote_keys import Endpoint, RemoteKeys

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    import aiohttp

    from service.auth.keys import Key
    from service.auth.token import Token
    from service.settings.settings import Settings

JWKS_PATH = "/.well-known/jwks.json"


class KeyRing:
    """Keys of the settings, each with its own algorithm, and those of an issuer."""

    def __init__(self, fixed: Sequence[Key], remote: RemoteKeys | None) -> None:
        self._fixed = {key.algorithm: key for key in fixed}
        self._remote = remote

    async def key_for(self, token: Token) -> Key:
        """The key that must have signed this. Raises Unauthorized and KeysUnavailableError."""
        key = self._fixed.get(token.algorithm)
        if key is not None:
            return key
        if self._remote is None or token.algorithm not in keys.PUBLIC_ALGORITHMS:
            message = "The token is signed with an algorithm that is not accepted here."
            raise refused(Reason.ALGORITHM, message)
        return await self._remote.key(token.algorithm, token.kid)

    def concerns(self) -> str | None:
        """What an operator should know."""
        return None if self._remote is None else self._remote.concerns()

    async def close(self) -> None:
        """Stop fetching keys."""
        if self._remote is not None:
            await self._remote.close()


def fixed_keys(settings: Settings) -> list[Key]:
    """The keys that the settings hold. Raises KeyRefusedError, which names the setting."""
    found = []
    if settings.auth_jwt_secret is not None:
        with _naming("AUTH_JWT_SECRET"):
            found.append(keys.from_secret(settings.auth_jwt_secret))
    if settings.auth_public_key:
        with _naming("AUTH_PUBLIC_KEY"):
            found.append(keys.from_pem(settings.auth_public_key))
    return found


@contextmanager
def _naming(setting: str) -> Iterator[None]:
    try:
        yield
    except keys.KeyRefusedError as error:
        raise keys.KeyRefusedError(f"{setting}: {error}") from None


def endpoint(settings: Settings) -> Endpoint | None:
    """Where keys are fetched from: plate-api, where no other setting gives a key."""
    if settings.auth_jwks_url and settings.auth_public_key:
        # Which of the two a token is signed with would be for the token to say.
        raise keys.KeyRefusedError("AUTH_PUBLIC_KEY and AUTH_JWKS_URL are both set: leave one out")
    if settings.auth_jwks_url:
        return Endpoint(settings.auth_jwks_url, "AUTH_JWKS_URL")
    given = settings.auth_jwt_secret is not None or settings.auth_public_key
    if given or not settings.plate_api_url:
        return None
    return Endpoint(settings.plate_api_url + JWKS_PATH, "PLATE_API_URL")


def sources(settings: Settings) -> tuple[list[Key], Endpoint | None]:
    """Where keys come from. Raises KeyRefusedError, best before the service listens."""
    fixed, remote = fixed_keys(settings), endpoint(settings)
    if remote is None and not fixed:
        raise keys.KeyRefusedError("AUTH_MODE=jwt needs a key: PLATE_API_URL says where one is")
    return fixed, remote


def build(
    settings: Settings, session: aiohttp.ClientSession, changed: Callable[[], None]
) -> KeyRing:
    """The keys of these settings; begins to fetch those that are elsewhere."""
    fixed, place = sources(settings)
    if place is None:
        return KeyRing(fixed, None)
    remote = RemoteKeys(session, place, changed)
    remote.start()
    return KeyRing(fixed, remote)
