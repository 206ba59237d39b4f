"""Comments that silence a finding: `# plate-llm: ignore[rule-id] reason`.

The comment stands on the line of the finding or alone on the line above. It names one rule or
several, separated by commas. It works in values, Applications and templates alike.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from plate_llm_cli.findings import Finding

_COMMENT = re.compile(
    r"(?:#|\{\{-?\s*/\*)\s*plate-llm:\s*ignore(?:\[(?P<rules>[^\]]*)\]|(?![\w-]))\s*(?P<reason>.*?)"
    r"(?:\*/\s*-?\}\})?\s*$"
)
_COMMENTED = re.compile(r"\s*(?:#|\{\{-?\s*/\*.*\*/\s*-?\}\}\s*$)")


@dataclass(frozen=True, slots=True)
class Ignore:
    """One such comment: the line it stands on, the line it silences, and what it says.

    `column` and `end_column` are those of the comment, from 1, the end exclusive.
    """

    path: str
    line: int
    target: int
    column: int
    end_column: int
    rules: tuple[str, ...]
    reason: str


def find_ignores(path: str, lines: Sequence[str]) -> list[Ignore]:
    """Every such comment of a file."""
    found = []
    for number, line in enumerate(lines, start=1):
        match = _COMMENT.search(line) if "plate-llm:" in line else None
        if match is None:
            continue
        listed = (match["rules"] or "").split(",")
        names = tuple(name.strip() for name in listed if name.strip())
        alone = not line[: match.start()].strip()
        target = _next_code_line(lines, number) if alone else number
        start, end = match.start() + 1, len(line.rstrip()) + 1
        found.append(Ignore(path, number, target, start, end, names, match["reason"]))
    return found


def _next_code_line(lines: Sequence[str], number: int) -> int:
    """The first line after `number` that is more than a comment: ignores may be stacked."""
    following = number + 1
    while following <= len(lines) and _COMMENTED.match(lines[following - 1]):
        following += 1
    return following


@dataclass(frozen=True, slots=True)
class Suppressed:
    """What is left after the comments were heard."""

    kept: list[Finding]
    silenced: list[Finding]
    unused: list[tuple[Ignore, tuple[str, ...]]]
    """Comments with the rules they name for nothing."""


def suppress(
    findings: Iterable[Finding],
    paths: Iterable[str],
    lines: Callable[[str], Sequence[str]],
) -> Suppressed:
    """Sort `findings` by the comments in `paths` and in the files that findings point at."""
    findings = list(findings)
    files = sorted({*paths, *(finding.location.path for finding in findings)})
    ignores = [ignore for path in files for ignore in find_ignores(path, lines(path))]
    used: set[tuple[int, str]] = set()
    kept: list[Finding] = []
    silenced: list[Finding] = []
    for finding in findings:
        hits = [index for index, ignore in enumerate(ignores) if _covers(ignore, finding)]
        used.update((index, finding.rule) for index in hits)
        (silenced if hits else kept).append(finding)
    unused = []
    for index, ignore in enumerate(ignores):
        idle = tuple(rule for rule in ignore.rules if (index, rule) not in used)
        if idle or not ignore.rules:
            unused.append((ignore, idle))
    return Suppressed(kept, silenced, unused)


def _covers(ignore: Ignore, finding: Finding) -> bool:
    place = finding.location
    return (
        ignore.path == place.path
        and finding.rule in ignore.rules
        and place.line in (ignore.line, ignore.target)
    )
