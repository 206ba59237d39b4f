"""SARIF 2.1.0, with what GitHub code scanning asks for beyond the standard.

Standard: https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html. GitHub: "SARIF support
for code scanning" (required: rules with descriptions and help, regions with all four numbers,
fingerprints; no empty string; at most 25,000 results).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from plate_llm_cli import __version__
from plate_llm_cli.findings import Severity
from plate_llm_cli.report.base import RuleInfo, clamped, worst
from plate_llm_cli.report.fingerprints import Fingerprints
from plate_llm_cli.report.untrusted import encoding_of, json_text

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import TextIO

    from plate_llm_cli.findings import Finding, Location
    from plate_llm_cli.report.base import Report

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
ROOT = "%SRCROOT%"
MOST_RESULTS = 25_000
"""GitHub rejects a file with more results in a run."""
MOST_RELATED = 100
"""GitHub shows no more locations of a result."""
LONGEST_DESCRIPTION = 1024

_NO_BYTE = re.compile(r"[\ud800-\udc7f\udd00-\udfff]")
_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}
_PROBLEMS = _LEVELS | {Severity.INFO: "recommendation"}


class SarifReporter:
    """One run with its rules and results."""

    def write(self, report: Report, stream: TextIO) -> None:
        """Write `report`; the same report always gives the same text."""
        data = {"$schema": SCHEMA, "version": "2.1.0", "runs": [_run(report)]}
        stream.write(json_text(data, encoding_of(stream)))


def _run(report: Report) -> dict[str, Any]:
    rules = _rules(report)
    index = {rule.id: number for number, rule in enumerate(rules)}
    fingerprints = Fingerprints(report)
    kept = worst(report.findings, MOST_RESULTS)
    return {
        "tool": {"driver": _driver(rules)},
        "invocations": [_invocation(len(report.findings) - len(kept))],
        "originalUriBaseIds": {ROOT: {"description": {"text": "The root of the checked tree."}}},
        "columnKind": "unicodeCodePoints",
        "results": [_result(finding, index[finding.rule], fingerprints) for finding in kept],
        "properties": {
            "environments": list(report.environments),
            "seconds": round(report.seconds, 3),
            "suppressed": report.suppressed,
            "known": len(report.known),
        },
    }


def _rules(report: Report) -> list[RuleInfo]:
    """The rules that ran, and those that a finding names though nobody described them."""
    known = dict(report.rules)
    for finding in report.findings:
        known.setdefault(finding.rule, RuleInfo(finding.rule, finding.severity, finding.rule))
    return sorted(known.values(), key=lambda rule: rule.id)


def _driver(rules: Sequence[RuleInfo]) -> dict[str, Any]:
    return {
        "name": "plate-llm",
        "version": __version__,
        "semanticVersion": __version__,
        "rules": [_rule(rule) for rule in rules],
    }


def _rule(rule: RuleInfo) -> dict[str, Any]:
    summary = rule.summary or rule.id
    text = rule.help_text or summary
    described = {
        "id": rule.id,
        "shortDescription": {"text": summary[:LONGEST_DESCRIPTION]},
        "fullDescription": {"text": text[:LONGEST_DESCRIPTION]},
        "defaultConfiguration": {"level": _LEVELS[rule.severity]},
        "help": {"text": text, "markdown": rule.markdown or text},
        "properties": {
            "precision": "high",
            "problem.severity": _PROBLEMS[rule.severity],
            "tags": ["argocd", "helm", "kubernetes"],
        },
    }
    return described | ({"helpUri": rule.help_uri} if rule.help_uri else {})


def _invocation(left_out: int) -> dict[str, Any]:
    if not left_out:
        return {"executionSuccessful": True}
    text = f"{left_out} findings are left out: GitHub takes {MOST_RESULTS} results, the worst here."
    notification = {"level": "warning", "message": {"text": text}}
    return {"executionSuccessful": True, "toolExecutionNotifications": [notification]}


def _result(finding: Finding, rule_index: int, fingerprints: Fingerprints) -> dict[str, Any]:
    place = _location(finding.location)
    names = _logical(finding)
    if names:
        place["logicalLocations"] = names
    result = {
        "ruleId": finding.rule,
        "ruleIndex": rule_index,
        "level": _LEVELS[finding.severity],
        "message": {"text": _message(finding)},
        "locations": [place],
        "partialFingerprints": fingerprints.of(finding),
        "properties": _properties(finding),
    }
    related = [
        {"id": number, **_location(other.location), "message": {"text": _literal(other.message)}}
        for number, other in enumerate(finding.related[:MOST_RELATED], 1)
    ]
    return result | ({"relatedLocations": related} if related else {})


def _message(finding: Finding) -> str:
    """The message, the help, and a link to every related place (standard, section 3.11.6)."""
    lines = [_literal(finding.message) or finding.rule]
    if finding.help:
        lines.append(_literal(finding.help))
    for number, other in enumerate(finding.related[:MOST_RELATED], 1):
        name = f"{other.location.path}:{max(1, other.location.line)}"
        name = "".join(f"\\{char}" if char in "\\[]" else char for char in name)
        lines.append(f"[{name}]({number}): {_literal(other.message)}")
    return "\n".join(lines)


def _literal(text: str) -> str:
    """`text` without anything that a viewer would read as an embedded link."""
    return text.replace("](", "] (")


def _location(location: Location) -> dict[str, Any]:
    """A place as `physicalLocation`; the end is exclusive in SARIF, too."""
    place = clamped(location)
    return {
        "physicalLocation": {
            "artifactLocation": {"uri": _uri(place.path), "uriBaseId": ROOT},
            "region": {
                "startLine": place.line,
                "startColumn": place.column,
                "endLine": place.end_line,
                "endColumn": place.end_column,
            },
        }
    }


def _uri(path: str) -> str:
    """A relative reference; bytes of a name that are no UTF-8 (PEP 383) stay what they are."""
    data = _NO_BYTE.sub("\ufffd", path).encode("utf-8", "surrogateescape")
    return quote(data, safe="/") or "."


def _logical(finding: Finding) -> list[dict[str, str]]:
    """The value's route and the rendered object's name, as viewers without files show them."""
    names = []
    if finding.value:
        names.append({"fullyQualifiedName": finding.value, "kind": "property"})
    if finding.resource:
        parts = (finding.resource.namespace, finding.resource.kind, finding.resource.name)
        name = "/".join(part for part in parts if part)
        names.append({"fullyQualifiedName": name, "kind": "resource"})
    return names


def _properties(finding: Finding) -> dict[str, Any]:
    found: dict[str, Any] = {"environments": list(finding.environments)}
    if finding.resource and finding.resource.field:
        found["field"] = finding.resource.field
    if finding.fix:
        found["fix"] = finding.fix.value
    return found
