"""A line of the service's log for people who look on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from plate_llm_cli.report.untrusted import one_line

if TYPE_CHECKING:
    from collections.abc import Mapping

_SHOWN: Final = ("error_code", "auth_failure", "model", "cache", "attempts", "served_by")
"""Fields that people look for; the others are for programs."""
_MOST: Final = 400
"""Characters of a line; the service's own log has all."""
_COLORS: Final = {"error": "1;31", "warning": "1;35"}


def log_line(entry: Mapping[str, Any], *, color: bool = False) -> str:
    """`08:45:12.345 info     200 POST /v1/chat/completions 12 ms  model=echo`."""
    time = str(entry.get("time", ""))[11:23]
    level = str(entry.get("level", ""))
    text = _request(entry) if "status" in entry else str(entry.get("message", ""))
    fields = [f"{name}={entry[name]}" for name in _SHOWN if entry.get(name)]
    line = "  ".join([f"{one_line(time)} {one_line(level):7}", *map(one_line, (text, *fields))])
    line = line if len(line) <= _MOST else f"{line[: _MOST - 1]}…"
    code = _COLORS.get(level) if color else None
    return f"\x1b[{code}m{line}\x1b[0m" if code else line


def _request(entry: Mapping[str, Any]) -> str:
    seconds = entry.get("duration_ms")
    took = f"{seconds:.0f} ms" if isinstance(seconds, int | float) else ""
    return f"{entry['status']} {entry.get('method', '')} {entry.get('route', '')} {took}"
