"""Which hosts we answer to, and which web pages may read the answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from service.errors import BadRequest

if TYPE_CHECKING:
    from collections.abc import Sequence

    from service.errors import Headers

SECURITY: Headers = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
)

_EXPOSED = (
    b"x-request-id, x-cache, x-model, retry-after, x-ratelimit-limit-requests, "
    b"x-ratelimit-remaining-requests, x-ratelimit-reset-requests, x-ratelimit-limit-tokens, "
    b"x-ratelimit-remaining-tokens, x-ratelimit-reset-tokens"
)
_PREFLIGHT: Headers = (
    (b"access-control-allow-methods", b"GET, POST, OPTIONS"),
    (b"access-control-max-age", b"600"),
)
_VARY = (b"vary", b"origin")


class Hosts:
    """The names under which this service answers; none given: any name."""

    def __init__(self, allowed: Sequence[str]) -> None:
        self._exact = frozenset(host.lower() for host in allowed if not host.startswith("*."))
        self._suffixes = tuple(host[1:].lower() for host in allowed if host.startswith("*."))
        self._known: set[bytes] = set()
        self.any = not allowed

    def check(self, header: bytes) -> None:
        """Raises BadRequest (421) for a name that is none of ours."""
        if header in self._known:
            return
        host = header.decode("latin-1").lower()
        if not host.endswith("]"):
            name, colon, port = host.rpartition(":")
            if colon and port.isdecimal():
                host = name
        if host not in self._exact and not host.endswith(self._suffixes or ("\0",)):
            error = BadRequest("This service has another host name.", code="unknown_host")
            error.status = 421
            raise error
        if len(self._known) < 100:
            self._known.add(header)


class Origins:
    """Web pages that may use this service from a browser (CORS)."""

    def __init__(self, allowed: Sequence[str]) -> None:
        self._headers: dict[bytes, Headers] = {
            origin.encode(): (
                (b"access-control-allow-origin", origin.encode()),
                (b"access-control-expose-headers", _EXPOSED),
                _VARY,
            )
            for origin in allowed
        }
        self._without: Headers = (_VARY,) if allowed else ()

    def headers(self, origin: bytes) -> Headers:
        """What is added to an answer to this origin."""
        return self._headers.get(origin, self._without)

    def preflight(self, origin: bytes, wanted: bytes) -> Headers | None:
        """The answer to a browser's question; None where the origin is not known.

        Any header may be sent: none of them means anything to us but those we read.
        """
        if origin not in self._headers:
            return None
        return (*_PREFLIGHT, (b"access-control-allow-headers", wanted or b"authorization"))
