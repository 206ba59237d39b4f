"""One finding, and one rule, as the page shows them: text that is safe to show."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from plate_llm_cli.report.base import RuleInfo
from plate_llm_cli.report.html.prose import Block, Prose, blocks_of, lines_of, prose_of
from plate_llm_cli.report.html.source import Spot, spot_of
from plate_llm_cli.report.untrusted import one_line

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from plate_llm_cli.findings import Finding, Resource
    from plate_llm_cli.report.base import Report

MOST_RELATED = 20

_PLAIN_ID = re.compile(r"[a-z][a-z0-9-]*")


@dataclass(frozen=True, slots=True)
class RuleCard:
    """A rule that found something; `anchor` is the id of its documentation in the page."""

    id: str
    anchor: str
    severity: str
    blocks: tuple[Block, ...]
    findings: int


@dataclass(frozen=True, slots=True)
class FindingCard:
    """A finding: its message in lines, where it is, what else explains it, what to do."""

    severity: str
    rule: RuleCard
    title: Prose
    details: tuple[Prose, ...]
    spot: Spot
    elsewhere: tuple[tuple[Prose, Spot], ...]
    facts: tuple[tuple[str, str], ...]
    help: Prose


def rule_cards(report: Report, findings: Sequence[Finding]) -> dict[str, RuleCard]:
    """The rules that found `findings`, by id; one that nobody described has no documentation."""
    cards = {}
    for number, name in enumerate(sorted({finding.rule for finding in findings})):
        own = [finding for finding in findings if finding.rule == name]
        info = report.rules.get(name) or RuleInfo(name, own[0].severity, "")
        cards[name] = RuleCard(
            id=one_line(name),
            anchor=f"rule-{name if _PLAIN_ID.fullmatch(name) else number}",
            severity=info.severity.value,
            blocks=tuple(blocks_of(info.markdown or info.help_text or info.summary)),
            findings=len(own),
        )
    return cards


def finding_card(report: Report, finding: Finding, rules: Mapping[str, RuleCard]) -> FindingCard:
    """A finding without its environments: those are what findings are grouped by."""
    rule = rules[finding.rule]
    title, *details = lines_of(finding.message) or [prose_of(rule.id)]
    facts = [("value", finding.value), ("object", _object(finding.resource))]
    return FindingCard(
        severity=finding.severity.value,
        rule=rule,
        title=title,
        details=tuple(details),
        spot=spot_of(report, finding, finding.location),
        elsewhere=tuple(
            (prose_of(other.message or "see also"), spot_of(report, finding, other.location))
            for other in finding.related[:MOST_RELATED]
        ),
        facts=tuple((name, one_line(text)) for name, text in facts if text),
        help=prose_of(finding.help),
    )


def _object(resource: Resource | None) -> str:
    if resource is None:
        return ""
    name = f"{resource.namespace}/{resource.name}" if resource.namespace else resource.name
    return f"{resource.kind} {name}" + (f", {resource.field}" if resource.field else "")
