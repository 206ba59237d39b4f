"""Names that somebody has misspelt, told from names that belong to a series."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from plate_llm_cli.graph.environment_words import is_other_environment
from plate_llm_cli.source.violations import near_name

if TYPE_CHECKING:
    from collections.abc import Iterable

_SLIP: Final = 0.85
"""The share of letters that a slip leaves as they are, two that change places included."""
_TELLING: Final = 3
_DIGITS: Final = "0123456789"


def misspelt(name: str, candidates: Iterable[str]) -> str | None:
    """The candidate that was meant; team-1 is no slip of team-2, nor team-eu of team-us."""
    alike = (item for item in candidates if abs(len(item) - len(name)) < _TELLING)
    near = near_name(name, alike, _SLIP)
    if near is None or is_other_environment(name, near):
        return None
    words, others = name.split("-"), near.split("-")
    if len(words) != len(others):
        return near
    pairs = [pair for pair in zip(words, others, strict=True) if pair[0] != pair[1]]
    series = all(max(map(len, pair)) < _TELLING for pair in pairs) or any(
        one.rstrip(_DIGITS) == other.rstrip(_DIGITS) for one, other in pairs
    )
    return None if series else near
