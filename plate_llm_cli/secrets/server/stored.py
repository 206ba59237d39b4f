"""What OpenBao answers about a path. No hvac here: plans are made from these alone."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from plate_llm_cli.secrets.values.secret import Secret


class StoredState(StrEnum):
    """Whether the newest version of a path can be read."""

    LIVE = "live"
    ABSENT = "absent"
    DELETED = "deleted"
    DESTROYED = "destroyed"


@dataclass(frozen=True, slots=True, eq=False)
class Stored:
    """One version of a path. `version` is the newest one's number, 0 where there never was one."""

    state: StoredState = StoredState.ABSENT
    version: int = 0
    data: dict[str, Secret] = field(default_factory=dict)
    created: datetime | None = None
    annotations: dict[str, str] = field(default_factory=dict)
    """`custom_metadata` of the path."""
