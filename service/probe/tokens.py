"""Tokens as plate-api signs them, and such as must be refused.

HS256 is written out with hmac: what makes a token here must not be what verifies it there, or a
fault of the library would go unseen; and loading PyJWT takes longer than all the checks.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
import time
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

SUBJECT = "plate-llm-probe"
GOOD_SECONDS = 300
"""How long a token is good: longer than the checks take."""
EXPIRED_SECONDS = 3600
"""How long ago an old one ended: more than clocks may differ (AUTH_LEEWAY_SECONDS)."""
ANOTHER_AUDIENCE = "another-service"
GARBAGE = "garbage"


class Tokens(NamedTuple):
    """Makes tokens for one service. `key` is '' where it is not known."""

    key: str
    claims: Mapping[str, str]
    """What the service asks a token for, besides its end."""

    @property
    def for_one_audience(self) -> bool:
        """Whether the service takes tokens for one audience alone."""
        return "aud" in self.claims

    def good(self) -> str:
        """One that has to be taken."""
        return _signed(self._claims(GOOD_SECONDS), self.key.encode())

    def expired(self) -> str:
        """One that ended an hour ago."""
        return _signed(self._claims(-EXPIRED_SECONDS), self.key.encode())

    def for_another(self) -> str:
        """One that was made for another service."""
        claims = self._claims(GOOD_SECONDS) | {"aud": ANOTHER_AUDIENCE}
        return _signed(claims, self.key.encode())

    def forged(self) -> str:
        """One that is signed with a key that nobody else has."""
        return _signed(self._claims(GOOD_SECONDS), os.urandom(32))

    def unsigned(self) -> str:
        """One that says of itself that it needs no signature."""
        return f"{_part({'alg': 'none', 'typ': 'JWT'})}.{_part(self._claims(GOOD_SECONDS))}."

    def _claims(self, seconds: int) -> dict[str, Any]:
        now = int(time.time())
        return {**self.claims, "sub": SUBJECT, "iat": now, "exp": now + seconds}


def tokens_for(settings: Mapping[str, str]) -> Tokens:
    """Tokens for a service that has these settings, by the names that it has them under."""
    claims = {
        "aud": settings.get("AUTH_AUDIENCE", ""),
        "iss": settings.get("AUTH_ISSUER") or settings.get("PLATE_API_URL", ""),
        "scope": settings.get("AUTH_SCOPES", ""),
    }
    tenant = settings.get("AUTH_TENANT_CLAIM")
    claims |= {tenant: SUBJECT} if tenant else {}
    named = {name: value for name, value in claims.items() if value}
    return Tokens(settings.get("AUTH_JWT_SECRET", ""), named)


def _signed(claims: Mapping[str, Any], key: bytes) -> str:
    signed = f"{_part({'alg': 'HS256', 'typ': 'JWT'})}.{_part(claims)}"
    return f"{signed}.{_text(hmac.digest(key, signed.encode(), hashlib.sha256))}"


def _part(content: Mapping[str, Any]) -> str:
    return _text(json.dumps(content).encode())


def _text(content: bytes) -> str:
    """As RFC 7515, 2, writes bytes."""
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()
