"""What a model says against data, and which name somebody may have meant."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from plate_llm_cli.source.nodes import format_route

if TYPE_CHECKING:
    from collections.abc import Iterable

    from plate_llm_cli.source.nodes import Route

_NEAR: Final = 0.7
_SAME: Final = 0.88


class ViolationKind(StrEnum):
    """In which way data departs from a model."""

    UNKNOWN_FIELD = "unknown-field"
    MISPLACED_FIELD = "misplaced-field"
    MISSING_FIELD = "missing-field"
    BAD_VALUE = "bad-value"
    WRONG_TYPE = "wrong-type"


@dataclass(frozen=True, slots=True)
class ModelViolation:
    """One thing that a model forbids. `route` leads to it; for a missing field, to its place."""

    route: Route
    message: str
    help: str = ""
    kind: ViolationKind = ViolationKind.BAD_VALUE


def near_name(name: str, candidates: Iterable[str], cutoff: float = _NEAR) -> str | None:
    """The candidate that `name` is most likely a slip of, or None.

    Case, `-` and `_` count for nothing; else at least `cutoff` of the letters must agree, 0 to 1.
    """
    wanted = _folded(name)
    best, best_ratio = None, cutoff
    for candidate in sorted(candidates):
        ratio = SequenceMatcher(None, wanted, _folded(candidate)).ratio()
        if ratio > best_ratio or (ratio == best_ratio and best is None):
            best, best_ratio = candidate, ratio
    return best


def slip_of(name: str, candidates: Iterable[str]) -> str | None:
    """Like `near_name`, but only for a letter or two: nobody can have meant anything else."""
    return near_name(name, candidates, _SAME)


def _folded(name: str) -> str:
    return name.replace("-", "").replace("_", "").casefold()


def label(route: Route, *, is_key: bool = False) -> str:
    """The field as a message names it: its name, with the index where it is an item."""
    start = next((i for i in reversed(range(len(route))) if isinstance(route[i], str)), None)
    if start is None:
        return "the document"
    name = str(route[start]) + format_route(route[start + 1 :])
    return f"the key `{name}`" if is_key else f"`{name}`"


def type_name(value: object) -> str:
    """What a person calls the type of `value`."""
    if isinstance(value, bool):
        return "true or false"
    if isinstance(value, int | float):
        return "a number"
    if isinstance(value, str):
        return "text"
    if isinstance(value, dict):
        return "a mapping"
    return "a list" if isinstance(value, list) else "null"
