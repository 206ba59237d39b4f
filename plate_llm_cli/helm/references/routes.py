"""Routes of values with unknown steps in them, and how they meet the routes that files set."""

from __future__ import annotations

from enum import Enum
from typing import Any, Final


class Wild(Enum):
    """A step that can be any key or index."""

    EACH = "*"
    """Every one of them: the template ranges over the list or map."""

    ANY = "?"
    """One of them, computed by the template: `index .Values.a $key`."""


Step = str | int | Wild
Pattern = tuple[Step, ...]
Concrete = tuple[str | int, ...]


class Absent(Enum):
    """What `look_up` finds where nothing is, or where it cannot know the way."""

    NOTHING = "nothing"
    UNKNOWN = "unknown"


NOTHING: Final = Absent.NOTHING
UNKNOWN: Final = Absent.UNKNOWN


def meets(pattern: Pattern, route: Concrete) -> bool:
    """Whether pattern and route agree as far as the shorter one goes."""
    return all(
        wanted.__class__ is Wild or wanted == step
        for wanted, step in zip(pattern, route, strict=False)
    )


def bind(pattern: Pattern, by: Pattern, route: Concrete) -> Pattern:
    """`pattern` with the unknown steps that it shares with `by` taken from `route`.

    Inside `range .hosts` both `.hosts[*].host` and `.hosts[*].tls` speak of one element.
    """
    bound = list(pattern)
    for index, (step, other) in enumerate(zip(pattern, by, strict=False)):
        if step is not other and step != other:
            break
        if step.__class__ is Wild and index < len(route):
            bound[index] = route[index]
    return tuple(bound)


def look_up(values: Any, pattern: Pattern) -> Any:
    """The value at `pattern`; `NOTHING` where there is none, `UNKNOWN` past an unknown step."""
    for step in pattern:
        if step.__class__ is Wild:
            return UNKNOWN
        values = _inside(values, step)
    return values


def _inside(values: Any, step: Step) -> Any:
    if isinstance(values, dict):
        return values.get(step, NOTHING)
    if isinstance(values, list) and isinstance(step, int) and step < len(values):
        return values[step]
    return NOTHING


def concrete(pattern: Pattern) -> Concrete | None:
    """The pattern as a route, or None when a step is unknown."""
    steps = tuple(step for step in pattern if not isinstance(step, Wild))
    return steps if len(steps) == len(pattern) else None


def format_pattern(pattern: Pattern) -> str:
    """`("a", EACH, "b")` as people write it: `a[*].b`."""
    text = ""
    for step in pattern:
        if isinstance(step, str):
            text += f".{step}" if text else step
        else:
            text += f"[{step.value if isinstance(step, Wild) else step}]"
    return text
