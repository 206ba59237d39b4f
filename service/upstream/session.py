"""The connections to all providers: one pool for the whole process."""

from __future__ import annotations

from dataclasses import dataclass

import aiohttp

CONNECT_SECONDS = 5.0
KEEP_ALIVE_SECONDS = 30.0
DNS_SECONDS = 30
"""How long an address is believed: cluster DNS has TTLs of 5 to 30 s."""


@dataclass(frozen=True, slots=True)
class Timeouts:
    """In seconds: the whole answer, a stream's first event, the pause between two of its pieces."""

    total: float = 600
    first: float = 60
    stall: float = 60


def open_session() -> aiohttp.ClientSession:
    """A session for providers; must be called inside the event loop.

    How many requests run at once is decided at the door, not here. Cookies are not kept: they
    would be shared by all callers.
    """
    connector = aiohttp.TCPConnector(
        limit=0, keepalive_timeout=KEEP_ALIVE_SECONDS, ttl_dns_cache=DNS_SECONDS
    )
    return aiohttp.ClientSession(
        connector=connector,
        cookie_jar=aiohttp.DummyCookieJar(),
        timeout=aiohttp.ClientTimeout(total=None, sock_connect=CONNECT_SECONDS),
        skip_auto_headers=("User-Agent", "Accept-Encoding"),
    )
