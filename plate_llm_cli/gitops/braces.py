"""Alternatives in patterns of paths: `*.{yaml,yml}`."""

from __future__ import annotations

import re
from typing import Final

_BRACES: Final = re.compile(r"\{([^{}]*)\}")
_MAX: Final = 64


def alternatives(pattern: str) -> list[str]:
    """The patterns that `pattern` stands for, some as they are where they would be too many."""
    pending, done = [pattern], list[str]()
    while pending and len(pending) + len(done) < _MAX:
        current = pending.pop(0)
        match = _BRACES.search(current)
        if match is None:
            done.append(current)
            continue
        head, tail = current[: match.start()], current[match.end() :]
        pending += [f"{head}{part}{tail}" for part in match[1].split(",")]
    return done + pending
