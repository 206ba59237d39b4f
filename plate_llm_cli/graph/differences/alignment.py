"""Finds what belongs together on both sides: entries by name, items by key or by value."""

from __future__ import annotations

from difflib import SequenceMatcher
from itertools import zip_longest
from typing import TYPE_CHECKING, Final, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Iterator

    Pair = tuple[int | None, int | None]

_MOST_ALIGNED: Final = 1000
"""Items between the equal beginning and end of two lists. The search takes the square of them."""

Name = TypeVar("Name", bound="Hashable")


def paired(
    before: Iterable[Name], after: Iterable[Name], rename: Callable[[Name], Name]
) -> list[tuple[Name | None, Name | None]]:
    """Each name of before with the one that it has after, then the names that are new.

    None stands for what is on one side alone.
    """
    left = dict.fromkeys(after)
    pairs: list[tuple[Name | None, Name | None]] = []
    for name in before:
        found = next((each for each in (name, rename(name)) if each in left), None)
        if found is not None:
            del left[found]
        pairs.append((name, found))
    return [*pairs, *((None, name) for name in left)]


def align(before: list[Hashable], after: list[Hashable]) -> Iterator[Pair]:
    """Places of items that are one and the same, or that took each other's place.

    Where a stretch of a list has changed, its items are paired in order; None on one side stands
    for an item that was inserted or removed.
    """
    start = _common(before, after)
    end = _common(before[start:][::-1], after[start:][::-1])
    yield from ((index, index) for index in range(start))
    old, new = before[start : len(before) - end], after[start : len(after) - end]
    for low, high, begin, stop in _stretches(old, new):
        places = (range(start + low, start + high), range(start + begin, start + stop))
        yield from zip_longest(*places)
    tail = range(len(before) - end, len(before))
    yield from ((index, index - len(before) + len(after)) for index in tail)


def _common(one: list[Hashable], other: list[Hashable]) -> int:
    pairs = zip(one, other, strict=False)
    return next((n for n, (a, b) in enumerate(pairs) if a != b), min(len(one), len(other)))


def _stretches(old: list[Hashable], new: list[Hashable]) -> list[tuple[int, int, int, int]]:
    if max(len(old), len(new)) > _MOST_ALIGNED:
        return [(0, len(old), 0, len(new))]
    codes = SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    return [(low, high, begin, stop) for _, low, high, begin, stop in codes]
