"""The kinds of text that settings hold, and what each is checked for."""

from __future__ import annotations

import json
import re
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, SecretStr

from service.settings.kinds import Kind, refusal

_VISIBLE = re.compile(r"[!-~]+")
_HOST = re.compile(r"(\*\.)?[A-Za-z0-9_.-]+|\[[0-9A-Fa-f:.]+\]")
_ORIGIN = re.compile(r"https?://(\[[0-9a-f:.]+\]|[a-z0-9_.-]+)(:[0-9]{1,5})?")


def from_json(value: Any) -> Any:
    """A JSON list, decoded; anything but text stays as it is."""
    if not isinstance(value, str):
        return value
    try:
        decoded = json.loads(value)
    except (ValueError, RecursionError):
        decoded = None
    if not isinstance(decoded, list):
        raise refusal("must be a JSON list")
    return decoded


def _check_url(url: str) -> str:
    if not _VISIBLE.fullmatch(url) or not _is_web_address(url):
        raise refusal("must be a URL that starts with http:// or https:// and names a host")
    if "@" in urlsplit(url).netloc:
        raise refusal("must hold no user and no password: keys have variables of their own")
    return url


def _check_base_url(url: str) -> str:
    """A URL that paths are added to: without its last slash."""
    if "?" in _check_url(url) or "#" in url:
        raise refusal("must end with its path: no ? and no #")
    return url.rstrip("/")


def _is_web_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def _check_key(secret: SecretStr) -> SecretStr:
    """A key goes into a header. White space around it comes from the file it was read from."""
    key = secret.get_secret_value().strip()
    if not _VISIBLE.fullmatch(key):
        raise refusal("must be one line of visible ASCII characters")
    return SecretStr(key)


def _check_cache_url(secret: SecretStr) -> SecretStr:
    url = secret.get_secret_value().strip()
    if not _VISIBLE.fullmatch(url) or not _is_cache_address(url):
        raise refusal("must be redis://<host>:<port>/<number>, rediss://... or unix://<path>")
    if url.count("@") > 1 or url.count("@") != urlsplit(url).netloc.count("@") or "#" in url:
        raise refusal("must have @, /, # and ? of its password as %40, %2F, %23 and %3F")
    return SecretStr(url)


def _is_cache_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
        place = parts.path if parts.scheme == "unix" else parts.hostname
        return parts.scheme in ("redis", "rediss", "unix") and bool(place) and parts.port != 0
    except ValueError:
        return False


def _check_host(host: str) -> str:
    if not _HOST.fullmatch(host):
        raise refusal("must be a host name without scheme and port, or *.<domain>")
    return host.lower()


def _check_origin(origin: str) -> str:
    if not _ORIGIN.fullmatch(origin):
        raise refusal("must be <scheme>://<host> in lower case, with a port or without, no path")
    return origin


_WEB = Kind("url", "a URL that starts with http:// or https:// and names a host")

Url = Annotated[str, AfterValidator(_check_url), _WEB]
BaseUrl = Annotated[str, AfterValidator(_check_base_url), _WEB]
ApiKey = Annotated[SecretStr, AfterValidator(_check_key), Kind("string", "a key")]
CacheUrl = Annotated[SecretStr, AfterValidator(_check_cache_url), Kind("url", "a redis:// URL")]
Host = Annotated[str, AfterValidator(_check_host)]
Origin = Annotated[str, AfterValidator(_check_origin)]
FromJson = BeforeValidator(from_json)
