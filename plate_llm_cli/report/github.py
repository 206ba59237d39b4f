"""Workflow commands that GitHub Actions turns into annotations of a pull request.

Syntax: "Workflow commands for GitHub Actions"; escaping, limits and what becomes of columns:
actions/runner, ActionCommand.cs, ActionCommandManager.cs and ExecutionContext.cs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from plate_llm_cli.findings import Severity
from plate_llm_cli.report.base import clamped, last_line, place_of, summary_line
from plate_llm_cli.report.untrusted import encoding_of, line_start, one_line, visible

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from typing import TextIO

    from plate_llm_cli.findings import Finding, Location
    from plate_llm_cli.report.base import Report

SHOWN = 10
"""A step gets so many annotations of each kind; the runner drops the others without a word."""

LONGEST_MESSAGE = 4096
"""The runner cuts longer messages."""

_COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}


class GithubReporter:
    """The worst findings as annotations, the others folded away in the log, then the summary."""

    def write(self, report: Report, stream: TextIO) -> None:
        """Write `report` to what has to be the step's own stdout."""
        encoding = encoding_of(stream)
        annotated, others = _divided(report.findings)
        lines = [_annotation(report, finding, encoding) for finding in annotated]
        lines += _folded(others, encoding)
        lines.append(summary_line(report))
        stream.write("\n".join(lines) + "\n")


def _divided(findings: Sequence[Finding]) -> tuple[list[Finding], list[Finding]]:
    """Those that become annotations and those that cannot, each from the worst on."""
    annotated: list[Finding] = []
    others: list[Finding] = []
    for severity in Severity:
        kind = [finding for finding in findings if finding.severity is severity]
        annotated += kind[:SHOWN]
        others += kind[SHOWN:]
    return annotated, others


def _annotation(report: Report, finding: Finding, encoding: str) -> str:
    place = {"file": finding.location.path, **_range(clamped(finding.location))}
    values = {**place, "title": finding.rule}
    shown = {name: visible(value, encoding) for name, value in values.items()}
    return annotation(_COMMANDS[finding.severity], shown, _message(report, finding, encoding))


def annotation(command: str, values: Mapping[str, str], lines: Iterable[str]) -> str:
    """A line that the runner obeys; `values` and `lines` have to be safe to print already."""
    properties = ",".join(f"{name}={_property(value)}" for name, value in values.items())
    message = "\n".join(lines)[:LONGEST_MESSAGE]
    return f"::{command} {properties}::{_data(message)}"


def _range(place: Location) -> dict[str, str]:
    """Line and column; the runner takes columns only where a range begins and ends in one line."""
    end = last_line(place)
    lines = {"line": str(place.line), "endLine": str(end)}
    if end > place.line:
        return lines
    columns = {"col": str(place.column)}
    if place.end_line == place.line:
        columns["endColumn"] = str(place.end_column)
    return lines | columns


def _message(report: Report, finding: Finding, encoding: str) -> Iterator[str]:
    for line in finding.message.splitlines() or [finding.rule]:
        yield visible(line, encoding)
    for related in finding.related:
        said = one_line(related.message, encoding) or "see also"
        yield f"{said}: {place_of(related.location, encoding)}"
    only = report.only_in(finding)
    if only:
        yield f"only in: {one_line(', '.join(only), encoding)}"
    if finding.help:
        yield f"help: {one_line(finding.help, encoding)}"


def _folded(findings: Sequence[Finding], encoding: str) -> list[str]:
    if not findings:
        return []
    lines = [line_start(_listed(finding, encoding)) for finding in findings]
    title = f"{len(findings)} more, beyond what GitHub annotates"
    return [f"::group::{title}", *lines, "::endgroup::"]


def _listed(finding: Finding, encoding: str) -> str:
    said = one_line(f"{finding.severity}: {finding.rule}: {finding.message}", encoding)
    return f"{place_of(finding.location, encoding)}: {said}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
