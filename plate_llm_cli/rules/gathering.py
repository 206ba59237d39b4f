"""Says once what holds for many objects alike, so that a habit does not hide what is a slip."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from plate_llm_cli.findings import Related

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Mapping

    from plate_llm_cli.findings import Finding, Location

_HABIT = 4
"""From so many objects of one release on it is how the release is written, and no slip."""

FindingKey = tuple[str, "Location", str]


def key_of(finding: Finding) -> FindingKey:
    """What stays the same of a finding from its rule to the report."""
    return finding.rule, finding.location, finding.message


def gathered(findings: Iterable[Finding], alike: Mapping[FindingKey, str]) -> list[Finding]:
    """`findings`, of which those that `alike` gives the same text are told by the first of them.

    Those of one line are: several releases use it. So are four and more of the same releases.
    """

    def line(finding: Finding) -> Hashable:
        return finding.location.path, finding.location.line

    def releases(finding: Finding) -> Hashable:
        return finding.environments

    texts = {key: text for key, text in alike.items() if text}
    of_lines = _folded(sorted(findings, key=lambda item: item.sort_key), texts, line, 2)
    return _folded(of_lines, texts, releases, _HABIT)


def _folded(
    findings: list[Finding],
    texts: dict[FindingKey, str],
    where: Callable[[Finding], Hashable],
    least: int,
) -> list[Finding]:
    groups: dict[Hashable, list[Finding]] = {}
    for finding in findings:
        text = texts.get(key_of(finding))
        key = (finding.rule, finding.severity, text, where(finding)) if text else id(finding)
        groups.setdefault(key, []).append(finding)
    found: list[Finding] = []
    for group in groups.values():
        if len(group) < least or len(group) == 1:
            found += group
            continue
        text = texts[key_of(group[0])]
        told = _told(group)
        texts[key_of(told)] = text
        found.append(told)
    return found


def _told(group: list[Finding]) -> Finding:
    first, others = group[0], group[1:]
    related = dict.fromkeys(
        Related(item.location, f"and {item.resource.kind} {item.resource.name}")
        for item in others
        if item.resource is not None and item.location != first.location
    )
    return replace(
        first,
        message=f"{first.message} (and {len(others)} more like it)",
        environments=tuple(sorted({name for item in group for name in item.environments})),
        related=(*first.related, *related),
        members=tuple(single for item in group for single in item.singles),
    )
