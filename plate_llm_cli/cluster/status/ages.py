"""How long ago something was, by the cluster's clock."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from datetime import datetime, timedelta

_UNITS: Final = ((86400, "d"), (3600, "h"), (60, "m"), (1, "s"))


def span(time: timedelta) -> str:
    """In the largest unit, as kubectl has it: `3d`, `5h`, `12m`, `40s`."""
    seconds = max(0, int(time.total_seconds()))
    for size, unit in _UNITS:
        if seconds >= size:
            return f"{seconds // size}{unit}"
    return "0s"


def ago(then: datetime | None, now: datetime | None) -> str:
    """`5m ago`; '' where one of both is not known."""
    return f"{span(now - then)} ago" if then and now else ""


def stamp(moment: datetime | None) -> str | None:
    """For programs."""
    return moment.isoformat() if moment else None
