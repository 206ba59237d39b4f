"""HTTP to OpenBao: one connection, no redirects, no proxy unless asked for, typed failures.

Nothing of a request or an answer is in a message: a careless library would show tokens and values.
"""

from __future__ import annotations

import json
import ssl
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import unquote, urlsplit

import urllib3
from urllib3 import exceptions as lower

from plate_llm_cli.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from plate_llm_cli.secrets.server.connection import Connection
    from plate_llm_cli.secrets.values.secret import Secret

MAX_BYTES: Final = 64 * 1024 * 1024
"""Of an answer: OpenBao takes no more than 32 MB at once, so it cannot have more to give."""
READING: Final = ("GET", "LIST", "HEAD")
_INDEX: Final = "X-Vault-Index"
_PLAIN_TO_TLS: Final = b"HTTP request to an HTTPS server"
"""What a server written in Go answers to http:// where it speaks TLS."""


class Lost(StrEnum):
    """Why there is no answer."""

    DNS = "dns"
    REFUSED = "refused"
    TIMEOUT = "timeout"
    BROKEN = "broken"
    UNTRUSTED = "untrusted"
    EXPIRED = "expired"
    HOST_NAME = "host-name"
    NOT_TLS = "not-tls"
    PROXY = "proxy"


_REASONS: Final = (
    (lower.ProxyError, Lost.PROXY),
    (lower.NameResolutionError, Lost.DNS),
    (lower.NewConnectionError, Lost.REFUSED),
    (lower.TimeoutError, Lost.TIMEOUT),
)


class NoAnswerError(Exception):
    """There is no answer; the server may have carried the request out all the same."""

    def __init__(self, why: Lost) -> None:
        super().__init__(why.value)
        self.why = why

    @property
    def may_be_done(self) -> bool:
        """Whether the request may have reached the server and been carried out."""
        return self.why in (Lost.TIMEOUT, Lost.BROKEN)

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
    wants_tls: bool = False
    """The server got plain HTTP on a port for TLS."""
    repeated: bool = False
    """An earlier try had no answer, and may have been carried out."""

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

    Raises:
        UsageError: the CA's certificate or the proxy cannot be used.
    """

    def __init__(self, connection: Connection) -> None:
        timing = connection.timing
        timeout = urllib3.Timeout(connect=timing.connect, read=timing.answer)
        options: dict[str, Any] = {"timeout": timeout, "retries": False, "maxsize": 1}
        if connection.address.startswith("https:"):
            options["ssl_context"] = _trust(connection)
        self._pool = _pool(connection.proxy, options)
        self._base = f"{connection.address}/v1/"
        self._index = ""

    def send(
        self, method: str, path: str, body: object = None, headers: Mapping[str, str] | None = None
    ) -> Answer:
        """Send one request; `path` is behind /v1/, quoted as URLs want it.

        Raises:
            NoAnswerError: there is no answer.
        """
        sent = {"X-Vault-Request": "true", **(headers or {})}
        if self._index:
            sent |= {_INDEX: self._index, "X-Vault-Inconsistent": "forward-active-node"}
        data = None if body is None else json.dumps(body).encode()
        if data is not None:
            sent.setdefault("Content-Type", "application/json")
        try:
            response = self._pool.request(
                method,
                self._base + path,
                body=data,
                headers=sent,
                redirect=False,
                preload_content=False,
            )
            answer = _answer(response)
        except (lower.HTTPError, OSError, ValueError) as error:
            raise NoAnswerError(_reason(error)) from None
        if method not in READING:
            self._index = response.headers.get(_INDEX, self._index)
        return answer

    def close(self) -> None:
        """Close the connection."""
        self._pool.clear()


def _pool(proxy: Secret | None, options: dict[str, Any]) -> urllib3.PoolManager:
    if proxy is None:
        return urllib3.PoolManager(**options)
    problem = UsageError("--proxy: the proxy's address cannot be used", "http://host:port is one")
    try:
        parts = urlsplit(proxy.reveal())
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        raise problem from None
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise problem
    headers = None
    if parts.username is not None:
        user = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
        headers = urllib3.make_headers(proxy_basic_auth=user)
    address = f"{parts.scheme}://{parts.hostname}{port}"
    return urllib3.ProxyManager(address, proxy_headers=headers, **options)


def _trust(connection: Connection) -> ssl.SSLContext:
    """The CAs to believe: those that were named, else the system's."""
    named = connection.ca_cert
    if named is None:
        return ssl.create_default_context()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    try:
        for file in sorted(named.iterdir()) if named.is_dir() else [named]:
            if file.is_file():
                context.load_verify_locations(file)
    except OSError:  # ssl.SSLError is one
        message = f"the CA certificate {named} cannot be used"
        raise UsageError(message, "it is a file with certificates in PEM") from None
    return context


def _answer(response: urllib3.BaseHTTPResponse) -> Answer:
    content = response.read(MAX_BYTES + 1)
    if len(content) > MAX_BYTES:
        response.close()
    else:
        response.release_conn()
    body = None
    if "json" in response.headers.get("Content-Type", ""):
        try:
            body = json.loads(content or b"{}")
        except (ValueError, RecursionError):  # what is in it is not for a message
            body = None
    after = response.headers.get("Retry-After", "")
    return Answer(
        response.status,
        body if isinstance(body, dict) else None,
        location=_host(response.headers.get("Location", "")),
        retry_after=float(after) if after.isascii() and after.isdigit() else 0,
        wants_tls=response.status == 400 and _PLAIN_TO_TLS in content,
    )


def _host(location: str) -> str:
    """Host and port alone: what else a redirect says may hold a token of somebody's."""
    try:
        parts = urlsplit(location)
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return ""
    return f"{parts.hostname}{port}" if parts.hostname else ""


def _reason(error: Exception) -> Lost:
    """The reason, from the type of the error alone; its text may hold the request."""
    if isinstance(error, lower.SSLError):
        return _tls_reason(error)
    return next((why for kind, why in _REASONS if isinstance(error, kind)), Lost.BROKEN)


def _tls_reason(error: Exception) -> Lost:
    inner = next((item for item in error.args if isinstance(item, ssl.SSLError)), None)
    if not isinstance(inner, ssl.SSLCertVerificationError):
        return Lost.NOT_TLS
    if "mismatch" in inner.verify_message:
        return Lost.HOST_NAME
    return Lost.EXPIRED if "expired" in inner.verify_message else Lost.UNTRUSTED
