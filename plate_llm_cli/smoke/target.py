"""Where the service is reached: what clients call it, and where connections really go."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from plate_llm_cli.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

_PORTS: Final = {"http": 80, "https": 443}


class Way(StrEnum):
    """The ways to a service."""

    INGRESS = "ingress"
    PORT_FORWARD = "port-forward"
    IN_CLUSTER = "in-cluster"
    URL = "url"
    """One that was named."""


@dataclass(frozen=True, slots=True)
class Target:
    """A service at `url`, without a slash at its end.

    With `address` (host or IP address, and port) connections go there, whatever DNS says of the
    URL's host; TLS and `Host` keep the URL's name. `plain_address` is the same for plain HTTP,
    beside a URL of HTTPS. `ca` is a file of certificates to trust besides those of the system.
    """

    url: str
    way: Way = Way.URL
    address: tuple[str, int] | None = None
    ca: Path | None = None
    plain_address: tuple[str, int] | None = None

    @property
    def scheme(self) -> str:
        """`http` or `https`."""
        return urlsplit(self.url).scheme

    @property
    def secure(self) -> bool:
        """Whether TLS is spoken."""
        return self.scheme == "https"

    @property
    def host(self) -> str:
        """The host, without port."""
        return urlsplit(self.url).hostname or ""

    @property
    def port(self) -> int:
        """The port that the URL means."""
        return urlsplit(self.url).port or _PORTS[self.scheme]

    @property
    def authority(self) -> str:
        """As the header `Host` has it: the port only where it is not the scheme's own."""
        return urlsplit(self.url).netloc

    @property
    def prefix(self) -> str:
        """The path under which the service answers, or ''."""
        return urlsplit(self.url).path

    @property
    def from_outside(self) -> bool:
        """Whether it is reached as the outside world does, not past the ingress controller."""
        return self.way in (Way.INGRESS, Way.URL) and not is_loopback(self.host)

    @property
    def end(self) -> tuple[str, int]:
        """Where connections go: a host or an IP address, and the port."""
        return self.address or (self.host, self.port)

    @property
    def plain(self) -> Target | None:
        """The same host over plain HTTP; None where its port is not known.

        Only beside HTTPS's own port it is sure to be 80.
        """
        host, port = self.end
        address = self.plain_address
        if address is None and (self.port, port) != (_PORTS["https"], _PORTS["https"]):
            return None
        if address is None and self.address is not None:
            address = (host, _PORTS["http"])
        url = f"http://{_bracketed(self.host)}{self.prefix}"
        return replace(self, url=url, address=address, plain_address=None)


def parse_target(url: str, option: str = "--url", form: str = "https://host[:port]") -> Target:
    """The service at `url`; a path `/v1` at its end, as clients have it, is left out.

    `option` is what gave it, in `form`.

    Raises:
        UsageError: it is no address of a service. What it is, is not repeated where it may hold a
            password.
    """
    hint = f"it has the form {form}"
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise UsageError(f"{option} is no address of a service", hint) from None
    if "@" in url or parts.query or parts.fragment:  # a password may hold a slash
        raise UsageError(
            f"{option} holds more than an address: a user, a query or a fragment", hint
        )
    plain = url.isascii() and url.isprintable() and not set(url) & set(' \\"<>{}|^`')
    if parts.scheme not in _PORTS or not parts.hostname or port == 0 or not plain:
        raise UsageError(f"{option} is no address of a service", hint)
    path = parts.path.rstrip("/").removesuffix("/v1")
    return Target(f"{parts.scheme}://{parts.netloc.lower()}{path}")


def shown(host: str, port: int) -> str:
    """`HOST:PORT`, an IPv6 address in brackets."""
    return f"{_bracketed(host)}:{port}"


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def is_address(host: str) -> bool:
    """Whether `host` is an IP address, not a name."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def is_loopback(host: str) -> bool:
    """Whether `host` is this machine's own, by its name or address."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
