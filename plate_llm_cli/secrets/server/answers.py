"""Reads what OpenBao answers about paths, versions and times."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from plate_llm_cli.secrets.server.stored import Stored, StoredState
from plate_llm_cli.secrets.values.secret import Secret

if TYPE_CHECKING:
    from collections.abc import Mapping


def stored_in(data: Mapping[str, Any]) -> Stored:
    """A version of a path; of one that is deleted or destroyed, all but what was in it."""
    facts, content = data["metadata"], data.get("data")
    return Stored(
        StoredState.LIVE if content is not None else _state(facts),
        int(facts["version"]),
        {name: Secret(value) for name, value in (content or {}).items()},
        time_of(facts["created_time"]),
        dict(facts.get("custom_metadata") or {}),
    )


def _state(facts: Mapping[str, Any]) -> StoredState:
    if facts.get("destroyed"):
        return StoredState.DESTROYED
    deletion = facts.get("deletion_time")
    if deletion and time_of(deletion) <= datetime.now(UTC):  # it may be yet to come
        return StoredState.DELETED
    return StoredState.LIVE


def time_of(text: str) -> datetime:
    """RFC 3339 in UTC with nanoseconds, of which Python keeps microseconds."""
    whole, _, fraction = text.rstrip("Z").partition(".")
    return datetime.fromisoformat(f"{whole}.{(fraction or '0')[:6]:0<6}+00:00")
