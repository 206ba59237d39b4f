"""What the page says of one object: how it is, what is wrong with it, and what to do."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from plate_llm_cli.cluster.objects import Ref


class Level(StrEnum):
    """How an object is."""

    OK = "ok"
    NOTE = "note"
    """Well, but there is something to know."""
    UNKNOWN = "unknown"
    """It cannot be read."""
    WAITING = "waiting"
    """On its way."""
    FAILING = "failing"

    @property
    def weight(self) -> int:
        """The worse, the more."""
        return list(Level).index(self)


class Root(IntEnum):
    """Kinds of problems; the lower, the more likely it is the cause of others."""

    NOT_APPLIED = 0
    """There is no Application: nothing brings anything."""
    IMAGE = 1
    CONFIG = 2
    CRASH = 3
    PLACEMENT = 4
    NOT_SYNCED = 5
    STORE = 6
    KEYS = 7
    APPLICATION = 8
    ABSENT = 9
    ROLL_OUT = 10
    NOT_READY = 11
    EXPOSURE = 12
    SCALING = 13
    HEALTH = 14
    """What ArgoCD concludes from the others."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong, or worth knowing; `advice` says what to do, or ''."""

    level: Level
    root: Root
    text: str
    advice: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Item:
    """One object of the page. `facts` are for programs: names, numbers and times, no secret."""

    ref: Ref
    summary: str
    problems: Sequence[Problem] = ()
    facts: Mapping[str, Any] = field(default_factory=dict)

    @property
    def level(self) -> Level:
        """That of its worst problem."""
        levels = (problem.level for problem in self.problems)
        return max(levels, key=lambda level: level.weight, default=Level.OK)

    @property
    def vital(self) -> bool:
        """Whether nothing can be said of the environment when this is not known."""
        return self.ref.kind in _VITAL


_VITAL: Final = frozenset({"Application", "Deployment", "StatefulSet", "DaemonSet"})
