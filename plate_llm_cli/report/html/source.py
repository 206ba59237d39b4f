"""Places of findings with their source lines, in parts: before the range, the range, behind it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from plate_llm_cli.findings import Location
from plate_llm_cli.report.base import clamped, last_line, place_of
from plate_llm_cli.report.excerpt import TAB
from plate_llm_cli.report.untrusted import displayed, visible

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plate_llm_cli.findings import Finding
    from plate_llm_cli.report.base import Report

BEFORE, MARKED, AFTER = 160, 240, 120
"""Code points of a line that are shown before, in and behind the range: it may be megabytes."""
MOST_PARENTS = 6
FARTHEST_PARENT = 400
"""Lines above the range in which the keys around it are looked for."""

# Keys alone: beside one may stand a secret that no rule of this run looks for.
_KEY = re.compile(r"""\s*(?:- +)*(?:[\w./-]{1,80}|"[^"\\]{1,80}"|'[^']{1,80}'):""")
_NO_VALUE = re.compile(r"\s*(?:[|>][-+0-9]*)?\s*(?:#.*)?$")


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A line, `marked` being its part of the range; `parents` are the keys around it, numbered.

    `until` is the last line of a range of several lines, else 0.
    """

    number: int
    before: str
    marked: str
    after: str
    until: int
    parents: tuple[tuple[int, str], ...]


@dataclass(frozen=True, slots=True)
class Spot:
    """A place as it is shown; `hidden` when its line may hold a secret."""

    place: str
    excerpt: Excerpt | None
    hidden: bool


def spot_of(report: Report, finding: Finding, location: Location) -> Spot:
    """The place with its source, as far as that is known and may be shown."""
    place = clamped(location)
    line = report.excerpt(finding, place)
    excerpt = None if line is None else _excerpt(report, finding, place, line)
    return Spot(place_of(place), excerpt, hidden=report.is_hidden(finding, place))


def _excerpt(report: Report, finding: Finding, place: Location, line: str) -> Excerpt:
    first = min(place.column - 1, len(line))
    last = place.end_column - 1 if place.end_line == place.line else len(line)
    last = min(max(first, last), len(line))
    start, cut, end = (
        max(0, first - BEFORE),
        min(last, first + MARKED),
        min(len(line), last + AFTER),
    )
    return Excerpt(
        number=place.line,
        before=("…" if start else "") + _shown(line[start:first]),
        marked=_shown(line[first:cut]) + ("…" if cut < last else ""),
        after=_shown(line[last:end]) + ("…" if end < len(line) else ""),
        until=last_line(place) if last_line(place) > place.line else 0,
        parents=tuple(_parents(report, finding, place))[:MOST_PARENTS][::-1],
    )


def _parents(report: Report, finding: Finding, place: Location) -> Iterator[tuple[int, str]]:
    """The keys that the line is in, innermost first, without what stands beside them."""
    if not place.path.endswith((".yaml", ".yml")):
        return
    lines = report.lines(place.path)
    inner = lines[place.line - 1]
    for number in range(place.line - 1, max(0, place.line - FARTHEST_PARENT), -1):
        line = lines[number - 1]
        if line.startswith("---"):
            return
        if not line.strip() or line.lstrip().startswith("#") or not _is_around(line, inner):
            continue
        inner = line
        key = _KEY.match(line)
        at = Location(place.path, number, 1, number, 1)
        if key and _NO_VALUE.match(line, key.end()) and not report.is_hidden(finding, at):
            yield number, _shown(key[0])


def _is_around(line: str, inner: str) -> bool:
    """Whether the node of `inner` is within that of `line`, by their indentation."""
    outside, inside = _indentation(line), _indentation(inner)
    if outside == inside:  # the items of a list may stand as far left as its key
        return inner.lstrip().startswith("- ") and not line.lstrip().startswith("- ")
    return outside < inside


def _indentation(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


def _shown(text: str) -> str:
    if "\t" not in text:
        return visible(text)
    shown = displayed(text)
    return "".join(
        " " * TAB if char == "\t" else out for char, out in zip(text, shown, strict=True)
    )
