"""Variables that look like ours, and are not."""

from __future__ import annotations

import re
from difflib import get_close_matches
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

PREFIXES = (
    "LLM_",
    "AUTH_",
    "CACHE_",
    "LIMIT_",
    "HTTP_",
    "PLAYGROUND_",
    "SHUTDOWN_",
    "LOG_",
)
_OTHERS = frozenset({"HTTP_PROXY"})
_SERVICE_LINK = re.compile(r"\w+_(SERVICE_(HOST|PORT(_\w+)?)|PORT(_\d+_(TCP|UDP|SCTP)(_\w+)?)?)")
"""What Kubernetes tells a pod about a Service `cache`: CACHE_SERVICE_HOST, CACHE_PORT and so on."""


def warnings(environ: Iterable[str], fields: Iterable[str]) -> list[str]:
    """A sentence for each variable with a prefix of ours that nothing reads, in their order."""
    known = [name.upper() for name in fields]
    return [_warning(name, known) for name in sorted(environ) if _looks_ours(name, known)]


def _looks_ours(name: str, known: list[str]) -> bool:
    if name in known or name.upper() in _OTHERS or _SERVICE_LINK.fullmatch(name):
        return False
    return name.upper().startswith(PREFIXES) or name.upper() in known


def _warning(name: str, known: list[str]) -> str:
    close = get_close_matches(name.upper(), known, n=1)
    guess = f"; did you mean {close[0]}?" if close else ""
    return f"{name} is not a setting of this service, and is not read{guess}"
