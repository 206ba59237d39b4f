"""What the HTML page says: findings by environment, with text that is safe to show."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from plate_llm_cli.findings import Severity
from plate_llm_cli.report.base import duration, summary_line, worst
from plate_llm_cli.report.html.cards import FindingCard, RuleCard, finding_card, rule_cards
from plate_llm_cli.report.untrusted import one_line

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from plate_llm_cli.findings import Finding
    from plate_llm_cli.report.base import Report

MOST_FINDINGS = 2000
"""A browser takes seconds for more, and nobody reads them."""
MOST_NAMES = 4
"""Environments in the heading of a group."""

Key = tuple[int, ...]
"""The numbers of the environments that a finding is about, in order."""


@dataclass(frozen=True, slots=True)
class Group:
    """The findings of the same environments; `names` are all of them where `title` has some."""

    title: str
    names: str
    key: Key
    findings: tuple[FindingCard, ...]


@dataclass(frozen=True, slots=True)
class Environment:
    """An environment, and how many findings of each severity are about it, alone or not."""

    name: str
    counts: tuple[tuple[str, int], ...]
    has_group: bool


@dataclass(frozen=True, slots=True)
class Page:
    """The whole page; `left_out` findings are counted, but not shown."""

    title: str
    counts: tuple[tuple[str, int], ...]
    suppressed: int
    duration: str
    environments: tuple[Environment, ...]
    groups: tuple[Group, ...]
    rules: tuple[RuleCard, ...]
    total: int
    left_out: int


def page_of(report: Report) -> Page:
    """`report` as the template takes it; of more findings than `MOST_FINDINGS` the worst."""
    kept = worst(report.findings, MOST_FINDINGS)
    named = (name for finding in report.findings for name in finding.environments)
    numbers = {
        name: number for number, name in enumerate(dict.fromkeys((*report.environments, *named)))
    }
    rules = rule_cards(report, kept)
    groups = tuple(_groups(report, kept, numbers, rules))
    return Page(
        title=summary_line(report),
        counts=_by_severity(Counter(finding.severity for finding in report.findings)),
        suppressed=report.suppressed,
        duration=duration(report.seconds),
        environments=tuple(_environments(report, numbers, {group.key for group in groups})),
        groups=groups,
        rules=tuple(rules.values()),
        total=len(kept),
        left_out=len(report.findings) - len(kept),
    )


def _by_severity(counted: Counter[Severity]) -> tuple[tuple[str, int], ...]:
    return tuple((severity.value, counted[severity]) for severity in Severity)


def _environments(
    report: Report, numbers: Mapping[str, int], keys: set[Key]
) -> Iterator[Environment]:
    counted: dict[str, Counter[Severity]] = {name: Counter() for name in numbers}
    for finding in report.findings:
        for name in set(finding.environments):
            counted[name][finding.severity] += 1
    for name, number in numbers.items():
        yield Environment(one_line(name), _by_severity(counted[name]), (number,) in keys)


def _groups(
    report: Report,
    findings: Sequence[Finding],
    numbers: Mapping[str, int],
    rules: Mapping[str, RuleCard],
) -> Iterator[Group]:
    """What concerns the most environments comes first; what concerns none, last."""

    def key(finding: Finding) -> Key:
        return tuple(sorted({numbers[name] for name in finding.environments}))

    def order(finding: Finding) -> tuple[bool, int, Key]:
        about = key(finding)
        return (not about, -len(about), about)

    names = [one_line(name) for name in numbers]
    for about, members in groupby(sorted(findings, key=order), key):
        cards = tuple(finding_card(report, finding, rules) for finding in members)
        title = _title([names[number] for number in about], len(names))
        everyone = ", ".join(names[number] for number in about)
        yield Group(title, "" if everyone == title else everyone, about, cards)


def _title(names: Sequence[str], of: int) -> str:
    if not names:
        return "No environment: the tree itself"
    if len(names) == of and of > 1:
        return f"All {of} environments"
    if len(names) <= MOST_NAMES:
        return ", ".join(names)
    shown = ", ".join(names[: MOST_NAMES - 1])
    return f"{len(names)} of {of} environments: {shown} and others"
