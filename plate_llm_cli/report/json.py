"""JSON, version 1: the form is fixed in `findings.schema.json` beside this file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from plate_llm_cli.report.base import clamped
from plate_llm_cli.report.untrusted import encoding_of, json_text

if TYPE_CHECKING:
    from typing import TextIO

    from plate_llm_cli.findings import Finding, Location, Related, Resource
    from plate_llm_cli.report.base import Report

VERSION = 1
"""Goes up when a key is renamed, removed or changes its meaning; a new key does not raise it."""


class JsonReporter:
    """One object with the findings in the order of every report, and the summary."""

    def write(self, report: Report, stream: TextIO) -> None:
        """Write `report`; the same report always gives the same text."""
        data = {
            "version": VERSION,
            "findings": [finding_as_json(finding) for finding in report.findings],
            "summary": _summary(report),
        }
        stream.write(json_text(data, encoding_of(stream)))


def finding_as_json(finding: Finding) -> dict[str, Any]:
    """One finding, as every JSON output of ours has it."""
    return {
        "rule": finding.rule,
        "severity": finding.severity.value,
        "message": finding.message,
        "help": finding.help,
        "environments": list(finding.environments),
        "location": _location(clamped(finding.location)),
        "related": [_related(related) for related in finding.related],
        "value": finding.value,
        "resource": None if finding.resource is None else _resource(finding.resource),
        "fix": None if finding.fix is None else finding.fix.value,
    }


def _location(location: Location) -> dict[str, Any]:
    return {
        "path": location.path,
        "line": location.line,
        "column": location.column,
        "end_line": location.end_line,
        "end_column": location.end_column,
    }


def _related(related: Related) -> dict[str, Any]:
    location = clamped(related.location)
    return {
        "path": location.path,
        "line": location.line,
        "column": location.column,
        "message": related.message,
    }


def _resource(resource: Resource) -> dict[str, Any]:
    return {
        "kind": resource.kind,
        "name": resource.name,
        "namespace": resource.namespace,
        "field": resource.field,
    }


def _summary(report: Report) -> dict[str, Any]:
    counts = report.counts
    return {
        "error": counts.error,
        "warning": counts.warning,
        "info": counts.info,
        "suppressed": counts.suppressed,
        "known": len(report.known),
        "environments": len(report.environments),
        "seconds": round(report.seconds, 3),
    }
