"""HTTP to OpenBao: one connection, no redirects, no proxy unless asked for, typed failures.

Nothing of a request or an answer is in a message: a careless library would show tokens and values.
"""

from __future__ import annotations

import json
import ssl
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote, urlsplit

import urllib3
from urllib3 import exceptions as lower

if TYPE_CHECKING:
    from collections.abc import Mapping

    from plate_llm_cli.secrets.connection import Connection

CONNECT_SECONDS: Final = 3
READ_SECONDS: Final = 15
_INDEX: Final = "X-Vault-Index"


class Lost(StrEnum):
    """Why there is no answer."""

    DNS = "dns"
    REFUSED = "refused"
    TIMEOUT = "timeout"
    BROKEN = "broken"
    UNTRUSTED = "untrusted"
    HOST_NAME = "host-name"
    NOT_TLS = "not-tls"
    PROXY = "proxy"


_REASONS: Final = (
    (lower.ProxyError, Lost.PROXY, False),
    (lower.NameResolutionError, Lost.DNS, False),
    (lower.ConnectTimeoutError, Lost.TIMEOUT, False),
    (lower.NewConnectionError, Lost.REFUSED, False),
    (lower.TimeoutError, Lost.TIMEOUT, True),
)
"""By the type of the error: why, and whether the request may have reached the server."""


class NoAnswerError(Exception):
    """There is no answer. `sent` says whether the request may have reached the server."""

    def __init__(self, why: Lost, *, sent: bool) -> None:
        super().__init__(why.value)
        self.why = why
        self.sent = sent

    @property
    def passes(self) -> bool:
        """Whether it is worth while to try again: a node may be starting, or gone for another."""
        return self.why in (Lost.REFUSED, Lost.TIMEOUT, Lost.BROKEN)


@dataclass(frozen=True, slots=True, eq=False)
class Answer:
    """A status and, where the body is a JSON object, its content."""

    status: int
    body: dict[str, Any] | None = field(default=None, repr=False)
    location: str = ""
    """Host and port that a redirect points at."""
    retry_after: float = 0

    @property
    def errors(self) -> str:
        """What the server says is wrong; never shown, since it may quote the request."""
        listed = (self.body or {}).get("errors")
        return " ".join(map(str, listed)) if isinstance(listed, list) else ""

    @property
    def data(self) -> dict[str, Any]:
        """`data` of the body; {} where there is none."""
        data = (self.body or {}).get("data")
        return data if isinstance(data, dict) else {}


class Transport:
    """Speaks to the OpenBao of `connection`. What was written is read back by standbys as well.

    A standby may lag behind the active node. OpenBao says with each write how far its storage
    was; sent back with a read, a standby that is not there yet passes the read on.
    """

    def __init__(self, connection: Connection) -> None:
        timeout = urllib3.Timeout(connect=CONNECT_SECONDS, read=READ_SECONDS)
        options: dict[str, Any] = {"timeout": timeout, "retries": False, "maxsize": 1}
        if connection.address.startswith("https:"):
            options["ssl_context"] = _trust(connection)
        if connection.proxy:
            self._pool: urllib3.PoolManager = urllib3.ProxyManager(connection.proxy, **options)
        else:
            self._pool = urllib3.PoolManager(**options)
        self._base = f"{connection.address}/v1/"
        self._index = ""

    def send(
        self, method: str, path: str, body: object = None, headers: Mapping[str, str] | None = None
    ) -> Answer:
        """Send one request; `path` is behind /v1/.

        Raises:
            NoAnswerError: there is no answer.
        """
        sent = {"X-Vault-Request": "true", **(headers or {})}
        if self._index:
            sent |= {_INDEX: self._index, "X-Vault-Inconsistent": "forward-active-node"}
        data = None if body is None else json.dumps(body).encode()
        if data is not None:
            sent.setdefault("Content-Type", "application/json")
        url = self._base + quote(path, safe="/?=&,@:+~%")
        try:
            response = self._pool.request(
                method, url, body=data, headers=sent, redirect=False, preload_content=True
            )
        except (lower.HTTPError, OSError, ValueError) as error:
            raise _no_answer(error) from None
        if method not in ("GET", "LIST", "HEAD"):
            self._index = response.headers.get(_INDEX, self._index)
        return _answer(response)

    def close(self) -> None:
        """Close the connection."""
        self._pool.clear()


def _trust(connection: Connection) -> ssl.SSLContext:
    file = str(connection.ca_cert) if connection.ca_cert else None
    return ssl.create_default_context(cafile=file)


def _answer(response: urllib3.BaseHTTPResponse) -> Answer:
    body = None
    if "json" in response.headers.get("Content-Type", ""):
        try:
            body = json.loads(response.data)
        except ValueError:  # what is in it is not for a message
            body = None
    location = _host(response.headers.get("Location", ""))
    after = response.headers.get("Retry-After", "")
    seconds = float(after) if after.isdigit() else 0
    return Answer(response.status, body if isinstance(body, dict) else None, location, seconds)


def _host(location: str) -> str:
    """Host and port alone: what else a redirect says may hold a token of somebody's."""
    try:
        parts = urlsplit(location)
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return ""
    return f"{parts.hostname}{port}" if parts.hostname else ""


def _no_answer(error: Exception) -> NoAnswerError:
    """The reason, from the type of the error alone; its text may hold the request."""
    if isinstance(error, lower.SSLError):
        return NoAnswerError(_tls_reason(error), sent=False)
    for kind, why, sent in _REASONS:
        if isinstance(error, kind):
            return NoAnswerError(why, sent=sent)
    return NoAnswerError(Lost.BROKEN, sent=True)


def _tls_reason(error: Exception) -> Lost:
    inner = next((item for item in error.args if isinstance(item, ssl.SSLError)), None)
    if isinstance(inner, ssl.SSLCertVerificationError):
        hostname = "mismatch" in inner.verify_message
        return Lost.HOST_NAME if hostname else Lost.UNTRUSTED
    return Lost.NOT_TLS
