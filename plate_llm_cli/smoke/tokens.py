"""Short-lived tokens as plate-api signs them, and such as must be refused."""

from __future__ import annotations

import time
import warnings
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import jwt
from jwt.warnings import InsecureKeyLengthWarning

from plate_llm_cli.secrets.values.secret import Secret
from plate_llm_cli.smoke.check import EndedError, failed, untried

if TYPE_CHECKING:
    from collections.abc import Callable

    from plate_llm_cli.smoke.expectations import Expectations

SUBJECT: Final = "plate-llm-smoke"
_GOOD_SECONDS: Final = 300
"""How long a token is good: longer than the longest run of checks after its making."""
_MOST_KEPT: Final = 50
"""Of the tokens that were made: they differ from second to second."""
_ANOTHER_AUDIENCE: Final = "another-service"
_ENOUGH_BYTES: Final = 32
"""Of a secret for HS256 (RFC 7518, 3.2)."""
_NO_SECRET: Final = (
    "the secret that signs tokens is empty, or a key of another kind",
    "AUTH_JWT_SECRET is for HS256 alone; a public key belongs into auth.publicKey",
)


@dataclass(frozen=True, slots=True, eq=False)
class SigningKey:
    """The secret that signs tokens (HS256), or why there is none. It is read when it is needed."""

    read: Callable[[], Secret]
    """Raises EndedError where it cannot be had."""


def no_key(reason: str) -> SigningKey:
    """A key that is not to be had."""

    def read() -> Secret:
        raise EndedError(untried(reason))

    return SigningKey(read)


class Tokens:
    """Tokens for one service. `given` is one that somebody brought, which wins as the good one."""

    def __init__(
        self,
        expected: Expectations,
        key: SigningKey,
        given: Secret | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._expected = expected
        self._key = key
        self._given = given
        self._clock = clock
        self._read: Secret | None = None
        self._made: deque[Secret] = deque(maxlen=_MOST_KEPT)

    @property
    def secrets(self) -> tuple[Secret, ...]:
        """All that went into requests, and what signed it: nothing of it may be told."""
        known = (self._given, self._read, *self._made)
        return tuple(item for item in known if item is not None)

    @property
    def brought(self) -> bool:
        """Whether the good one is somebody's own."""
        return self._given is not None

    @property
    def weak(self) -> bool:
        """Whether the secret that was read is too short to sign with."""
        return self._read is not None and len(self._read.reveal().encode()) < _ENOUGH_BYTES

    def good(self) -> Secret | None:
        """One that the service has to take; None where it asks for none.

        Raises:
            EndedError: there is none, and no key to make one.
        """
        if self._given is not None:
            return self._given
        if not self._expected.asks_for_tokens:
            return None
        return self._signed({})

    def expired(self) -> Secret:
        """One that ended an hour ago, which is more than clocks may differ.

        Raises:
            EndedError: there is no key to make it.
        """
        return self._signed({"exp": int(self._clock()) - 3600})

    def for_another(self) -> Secret:
        """One that was made for another service.

        Raises:
            EndedError: there is no key to make it.
        """
        return self._signed({"aud": _ANOTHER_AUDIENCE})

    def unsigned(self) -> Secret:
        """One that says `alg: none` and has no signature."""
        return Secret(jwt.encode(self._claims(), "", algorithm="none"))

    def _signed(self, changes: dict[str, Any]) -> Secret:
        if self._read is None:
            self._read = self._key.read()
        made = signed(self._claims() | changes, self._read)
        if not any(made.same_as(item) for item in self._made):
            self._made.append(made)
        return made

    def _claims(self) -> dict[str, Any]:
        return claims_of(self._expected, SUBJECT, int(self._clock()), _GOOD_SECONDS)


def claims_of(expected: Expectations, subject: str, now: int, seconds: int) -> dict[str, Any]:
    """What a token has to say to be taken for `seconds` from `now` on."""
    named = {"aud": expected.audience, "iss": expected.issuer, "scope": expected.scopes}
    tenant = expected.text("AUTH_TENANT_CLAIM")
    named |= {tenant: subject} if tenant else {}
    claims = {"sub": subject, "iat": now, "exp": now + seconds}
    return {**{name: value for name, value in named.items() if value}, **claims}


def signed(claims: dict[str, Any], secret: Secret) -> Secret:
    """A token with `claims`, as plate-api signs it.

    Raises:
        EndedError: `secret` is none for HS256.
    """
    with warnings.catch_warnings():  # too short a secret is told by the check that needs it
        warnings.simplefilter("ignore", InsecureKeyLengthWarning)
        try:
            return Secret(jwt.encode(claims, secret.reveal(), algorithm="HS256"))
        except jwt.InvalidKeyError:
            raise EndedError(failed(*_NO_SECRET)) from None
