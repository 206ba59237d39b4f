"""Finds the template line behind a rendered line, where no value stands behind it.

Helm keeps no such map. A template line can have made a rendered line when its literal text does;
among several, the one whose surroundings also match is taken.
"""

from __future__ import annotations

import re
from functools import lru_cache

_ACTION = re.compile(r"\{\{.*?\}\}")
_BLOCK = re.compile(r"^\s*(\{\{-?.*?-?\}\}\s*)*$")


def template_line(template: str, rendered: str, lines: list[int]) -> int | None:
    """The line (from 1) of `template` that made the first of `lines` of `rendered`.

    `lines` are line numbers (from 1) of the field and of the keys above it, innermost first. A
    field that an action printed has no line of its own: then its parent's is taken.
    """
    rendered_lines = rendered.splitlines()
    texts = [rendered_lines[number - 1] for number in lines if number <= len(rendered_lines)]
    patterns = _patterns(template)
    for index, text in enumerate(texts):
        candidates = [number for number, pattern in patterns if pattern.fullmatch(text.strip())]
        if candidates:
            above = [text.strip() for text in texts[index + 1 :]]
            return max(
                candidates, key=lambda number: (_matches_above(patterns, number, above), -number)
            )
    return None


@lru_cache(maxsize=64)
def _patterns(template: str) -> list[tuple[int, re.Pattern[str]]]:
    """A pattern for every template line that prints something of its own."""
    found = []
    for number, line in enumerate(template.splitlines(), start=1):
        if _BLOCK.match(line) or line.lstrip().startswith("#"):
            continue
        literals = _ACTION.split(line.strip())
        if any(char.isalnum() for text in literals for char in text):
            found.append((number, re.compile(".*".join(re.escape(text) for text in literals))))
    return found


def _matches_above(
    patterns: list[tuple[int, re.Pattern[str]]], start: int, above: list[str]
) -> int:
    """How many of the enclosing keys are found, in order, going up from line `start`."""
    count = 0
    remaining = iter(above)
    wanted = next(remaining, None)
    for number, pattern in reversed(patterns):
        if wanted is None:
            break
        if number < start and pattern.fullmatch(wanted):
            count += 1
            wanted = next(remaining, None)
    return count
