"""What arguments of the command line may be. Whatever is wrong is not repeated."""

from __future__ import annotations

import argparse
import threading
from http.client import HTTPConnection, HTTPSConnection
from urllib.parse import SplitResult, urlsplit

CONNECTIONS = {"http": HTTPConnection, "https": HTTPSConnection}
MOST_STATUS = 599
LONGEST_VERSION = 128
"""Characters of an image's tag, from which versions are taken."""


def url(text: str) -> SplitResult:
    """An address; it may hold a password."""
    try:
        parts = urlsplit(text)
        usable = parts.scheme in CONNECTIONS and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if not usable:
        raise argparse.ArgumentTypeError("must be an http:// or https:// URL")
    return parts


def base_url(text: str) -> SplitResult:
    """The address of a service, without a slash at its end."""
    parts = url(text)
    if parts.query or parts.fragment or "@" in parts.netloc:
        raise argparse.ArgumentTypeError("must be a URL without user, query and fragment")
    return parts._replace(path=parts.path.rstrip("/"))


def shown(parts: SplitResult) -> str:
    """The URL without a password, and without a query that may hold a token."""
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path or '/'}"


def seconds(text: str) -> float:
    """A time that is more than none."""
    found = _number(text)
    if found is None or not 0 < found <= threading.TIMEOUT_MAX:
        raise argparse.ArgumentTypeError("must be a number of seconds, more than 0")
    return found


def seconds_or_none(text: str) -> float:
    """A time, or 0."""
    found = _number(text)
    if found is None or not 0 <= found <= threading.TIMEOUT_MAX:
        raise argparse.ArgumentTypeError("must be a number of seconds, 0 or more")
    return found


def statuses(text: str) -> tuple[int, ...]:
    """Statuses with commas between."""
    found = tuple(int(part) if part.isdecimal() else 0 for part in text.split(","))
    if not all(100 <= status <= MOST_STATUS for status in found):
        raise argparse.ArgumentTypeError("must be statuses, such as 200 or 200,204")
    return found


def version(text: str) -> str:
    """A release."""
    if not (text.isascii() and text.isprintable() and 0 < len(text) <= LONGEST_VERSION):
        raise argparse.ArgumentTypeError("must be a version, such as 1.2.3")
    return text


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None
