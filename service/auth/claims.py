"""What a verified token says, and whether that is enough."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from service.auth.identity import Identity
from service.auth.refusals import Reason, lacks_scope, refused

if TYPE_CHECKING:
    from collections.abc import Mapping

    from service.settings.settings import Settings

LONGEST_NAME = 256
"""Characters of a subject or a tenant: both are in keys of Redis and in each line of the log."""


@dataclass(frozen=True, slots=True)
class ClaimRules:
    """What a token must say. Empty fields ask for nothing."""

    issuers: frozenset[str] = frozenset()
    """One of these."""
    audience: str | None = None
    scopes: frozenset[str] = frozenset()
    """All of these."""
    leeway: float = 30
    """Seconds by which the issuer's clock may differ from ours."""
    tenant_claim: str = ""
    """Whose value is the tenant; the subject is it where this is empty."""

    def identity(self, claims: Mapping[str, Any], now: float) -> Identity:
        """Who these claims are about, `now` in seconds since 1970.

        Raises Unauthorized, and Forbidden where nothing but a scope is missing.
        """
        expires = self._check_times(claims, now)
        issuer = claims.get("iss")
        if self.issuers and not (isinstance(issuer, str) and issuer in self.issuers):
            raise refused(Reason.ISSUER, "The token is from another issuer.")
        if self.audience is not None and self.audience not in _texts(claims.get("aud")):
            raise refused(Reason.AUDIENCE, "The token is for another audience.")
        subject = tenant = _name(claims.get("sub"), "subject (sub)")
        if self.tenant_claim:
            tenant = _name(claims.get(self.tenant_claim), "tenant")
        if not self.scopes <= _scopes(claims):
            raise lacks_scope()
        return Identity(subject, tenant, expires)

    def _check_times(self, claims: Mapping[str, Any], now: float) -> float:
        """RFC 7519, 4.1.4 to 4.1.6. Gives the token's end."""
        expires = _time(claims, "exp")
        if expires is None:
            raise refused(Reason.CLAIMS, "The token has no end (exp).")
        if expires <= now - self.leeway:
            raise refused(Reason.EXPIRED, "The token has expired.")
        for claim in ("nbf", "iat"):
            begins = _time(claims, claim)
            if begins is not None and begins > now + self.leeway:
                raise refused(Reason.NOT_YET_VALID, f"The token is not valid yet ({claim}).")
        return expires


def rules(settings: Settings) -> ClaimRules:
    """What the settings ask of a token.

    Without AUTH_ISSUER plate-api is the issuer. Its URL may end in a slash or not: the setting is
    an address, not the name by which it signs.
    """
    issuers = {settings.auth_issuer} if settings.auth_issuer else set()
    if not issuers and settings.plate_api_url:
        issuers = {settings.plate_api_url, f"{settings.plate_api_url}/"}
    return ClaimRules(
        issuers=frozenset(issuers),
        audience=settings.auth_audience or None,
        scopes=frozenset(settings.auth_scopes.split()),
        leeway=settings.auth_leeway_seconds,
        tenant_claim=settings.auth_tenant_claim,
    )


def _time(claims: Mapping[str, Any], claim: str) -> float | None:
    """Seconds since 1970. No text and no boolean, which Python would take for a number."""
    value = claims.get(claim)
    if value is None:
        return None
    if type(value) not in {int, float} or not math.isfinite(value):
        raise refused(Reason.CLAIMS, f"The token's {claim} is not a time.")
    return float(value)


def _name(value: object, what: str) -> str:
    if not isinstance(value, str) or not 0 < len(value) <= LONGEST_NAME or not value.isprintable():
        message = f"The token's {what} is not a name of 1 to {LONGEST_NAME} printable characters."
        raise refused(Reason.CLAIMS, message)
    return value


def _texts(value: object) -> list[str]:
    """A claim that is one text or a list of them (RFC 7519, 4.1.3)."""
    if isinstance(value, str):
        return [value]
    return [text for text in value if isinstance(text, str)] if isinstance(value, list) else []


def _scopes(claims: Mapping[str, Any]) -> set[str]:
    """`scope` (RFC 8693, 4.2), or `scp` as some issuers call it: a text of words, or a list."""
    value = claims.get("scope", claims.get("scp"))
    return {word for text in _texts(value) for word in text.split()}
