"""Why a request is not let in, in the words of a client and as a label for metrics and log.

No message holds anything of the token: it may be another caller's, and answers get logged.
"""

from __future__ import annotations

from enum import StrEnum

from service.errors import Forbidden, NotReady, Unauthorized, retry_after_header

RETRY_SECONDS = 5.0
"""After which a client may try again when there are no keys: they are asked for meanwhile."""


class Reason(StrEnum):
    """Every label there is: few, as each is a series of the metrics."""

    MISSING = "missing"
    MALFORMED = "malformed"
    TOO_LONG = "too_long"
    ALGORITHM = "algorithm"
    SIGNATURE = "signature"
    EXPIRED = "expired"
    NOT_YET_VALID = "not_yet_valid"
    AUDIENCE = "audience"
    ISSUER = "issuer"
    CLAIMS = "claims"
    UNKNOWN_KEY = "unknown_key"
    KEYS_UNAVAILABLE = "keys_unavailable"
    SCOPE = "scope"


class KeysUnavailableError(NotReady):
    """A token cannot be verified for want of keys: no fault of its sender."""

    code = "keys_unavailable"
    headers = (retry_after_header(RETRY_SECONDS),)

    def __init__(self) -> None:
        super().__init__("Tokens cannot be verified at the moment: try again in a few seconds.")
        self.reason = Reason.KEYS_UNAVAILABLE


def missing() -> Unauthorized:
    """There is no token. RFC 6750, 3.1: the challenge then names no error."""
    return Unauthorized("No token: send Authorization: Bearer <token>.", reason=Reason.MISSING)


def refused(reason: Reason, message: str) -> Unauthorized:
    """There is a token, and it is not good. The challenge is RFC 6750's."""
    error = Unauthorized(message, reason=reason)
    error.headers = ((b"www-authenticate", b'Bearer error="invalid_token"'),)
    return error


def lacks_scope() -> Forbidden:
    """A good token that was not given for this."""
    error = Forbidden("The token lacks a scope that is needed here.", reason=Reason.SCOPE)
    error.headers = ((b"www-authenticate", b'Bearer error="insufficient_scope"'),)
    return error
