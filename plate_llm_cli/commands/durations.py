"""Times as they are typed."""

from __future__ import annotations

import re
from typing import Final

from plate_llm_cli.errors import UsageError

_TIME: Final = re.compile(
    r"(?:(?P<h>\d{1,4})h)?(?:(?P<m>\d{1,6})m)?(?:(?P<s>\d{1,8}(?:\.\d{1,3})?)s)?(?:(?P<ms>\d{1,8})ms)?",
    re.ASCII,
)
_SECONDS: Final = {"h": 3600.0, "m": 60.0, "s": 1.0, "ms": 0.001}


def seconds_of(text: str, option: str) -> float:
    """The time that `option` was given, in seconds.

    Raises:
        UsageError: it is no time, or none at all.
    """
    found = _TIME.fullmatch(text)
    parts = found.groupdict() if found else {}
    total = sum(float(parts[unit] or 0) * size for unit, size in _SECONDS.items()) if parts else 0.0
    if not total:
        raise UsageError(f"{option} {text!r} is no time", "800ms, 90s, 10m and 1h30m are")
    return total
