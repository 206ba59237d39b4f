"""How old secrets are, for people and for programs."""

from __future__ import annotations

import shlex
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from plate_llm_cli.report.columns import table
from plate_llm_cli.report.untrusted import json_text, one_line
from plate_llm_cli.secrets.spec import Derived, Literal

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from plate_llm_cli.secrets.lifecycle.ages import Age, KeyAge

_HEADINGS = ("KEY", "CHANGED", "PERIOD", "DUE")
_DAY = timedelta(days=1)


def ages_text(keys: Sequence[KeyAge], env: str, width: int | None, *, every: bool) -> str:
    """A line a key, those past their period first; without `every` only keys that have one."""
    shown = sorted((key for key in keys if every or key.spec.rotation), key=_urgency)
    rows = [_row(key) for key in shown]
    blocks = [table(_HEADINGS, rows, width)] if rows else []
    return "\n".join([*blocks, "".join(f"{line}\n" for line in _summary(keys, env, every=every))])


def ages_json(keys: Sequence[KeyAge], env: str, address: str) -> str:
    """The same for programs, always with every key."""
    data = {
        "version": 1,
        "environment": env,
        "address": address,
        "keys": [_key(key) for key in sorted(keys, key=_urgency)],
        "summary": {"keys": len(keys), "overdue": sum(key.overdue for key in keys)},
    }
    return json_text(data)


def age_text(age: Age, now: datetime) -> str:
    """An age in days: `12 days`, `at least 40 days`; `unknown` where no day of it is certain."""
    text = duration(now - age.since)
    if age.exact:
        return text
    return f"at least {text}" if now - age.since >= _DAY else "unknown"


def duration(time: timedelta) -> str:
    """A length of time in whole days."""
    days = max(time, timedelta()) // _DAY
    if not days:
        return "less than a day"
    return "1 day" if days == 1 else f"{days} days"


def _urgency(key: KeyAge) -> tuple[bool, bool, timedelta]:
    """Those that are due first come first, those that have no due date last."""
    return (key.due is None, key.spec.rotation is None, key.left or timedelta())


def _row(key: KeyAge) -> tuple[str, str, str, str]:
    rotation = key.spec.rotation
    return (str(key.spec.address), _changed(key), _period(rotation), _due(key))


def _changed(key: KeyAge) -> str:
    if key.age is None:
        return "not there"
    text = age_text(key.age, key.now)
    return text if text == "unknown" else f"{text} ago"


def _period(rotation: timedelta | None) -> str:
    if rotation is None:
        return ""
    hours = rotation // timedelta(hours=1)
    return f"{hours} hours" if hours % 24 else duration(rotation)


def _due(key: KeyAge) -> str:
    if key.due is None or key.left is None or key.age is None:
        return ""
    if key.overdue:
        at_least = "" if key.age.exact else "at least "
        return f"overdue for {at_least}{duration(-key.left)}"
    by = "on" if key.age.exact else "by"
    return f"{by} {key.due:%Y-%m-%d}, in {duration(key.left)}"


def _summary(keys: Sequence[KeyAge], env: str, *, every: bool) -> list[str]:
    overdue = [key for key in keys if key.overdue]
    timed = sum(key.spec.rotation is not None for key in keys)
    other = len(keys) - timed
    verb = "is" if len(overdue) == 1 else "are"
    lines = [f"{len(overdue)} of {_count(timed)} with a rotation period {verb} past it"]
    if other and not every:
        lines.append(f"{_count(other)} without a period: --all lists them")
    names = dict.fromkeys(name for key in overdue if (name := _to_rotate(key)))
    if names:
        lines.append(f"plate-llm secrets rotate {shlex.join([env, *names])}")
    return [one_line(line) for line in lines]


def _to_rotate(key: KeyAge) -> str:
    """What gives the key a new value; '' for one that stands in the spec."""
    origin = key.spec.origin
    if isinstance(origin, Literal):
        return ""
    return str(origin.parent if isinstance(origin, Derived) else key.spec.address)


def _count(number: int) -> str:
    return "1 key" if number == 1 else f"{number} keys"


def _key(key: KeyAge) -> dict[str, Any]:
    address, age, rotation = key.spec.address, key.age, key.spec.rotation
    return {
        "mount": address.place.mount,
        "path": address.place.path,
        "key": address.key,
        "present": age is not None,
        "changed": age.since.isoformat(timespec="seconds") if age else None,
        "exact": age.exact if age else None,
        "age_days": max((key.now - age.since) // _DAY, 0) if age else None,
        "rotation_days": rotation / _DAY if rotation else None,
        "due": key.due.isoformat(timespec="seconds") if key.due else None,
        "overdue": key.overdue,
    }
