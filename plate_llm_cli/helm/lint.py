"""What `helm lint` says, with the place in the chart that it speaks of."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from plate_llm_cli.helm import schema_errors, template_errors
from plate_llm_cli.helm.charts import CHART_FILE, VALUES_FILE
from plate_llm_cli.helm.engine import LintMessage, LintReport
from plate_llm_cli.helm.template_positions import refine

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from plate_llm_cli.helm.engine import RenderFailure

_SEVERITIES = ("info", "info", "warning", "error")
_LINE = re.compile(r"^\[(?P<severity>INFO|WARNING|ERROR)\] (?P<path>[^:\n]*): (?P<message>.*)")
_END = re.compile(r"\n+\d+ chart\(s\) linted, .*\Z", re.DOTALL)
_YAML_LINE = re.compile(r"yaml: line (?P<line>\d+): ")


def messages_of(report: dict[str, Any], chart: Path) -> LintReport:
    """The report of Helm's library."""
    entries = (
        (_SEVERITIES[entry["severity"]], entry["path"], entry["error"])
        for entry in report["messages"]
    )
    return _report(entries, chart)


def read_text(text: str, chart: Path) -> LintReport:
    """The report that the `helm` binary prints."""
    entries: list[tuple[str, str, str]] = []
    for line in _END.sub("", text).splitlines()[1:]:
        match = _LINE.match(line)
        if match:
            entries.append((match["severity"].lower(), match["path"], match["message"]))
        elif entries:  # a message of several lines
            severity, path, message = entries[-1]
            entries[-1] = (severity, path, f"{message}\n{line}")
    return _report(entries, chart)


def report_of_failure(failure: RenderFailure) -> LintReport:
    """When Helm could not even lint."""
    path = (failure.template or "").partition("/")[2]
    return LintReport((LintMessage("error", path, failure.message, failure.line, failure.column),))


def _report(entries: Iterable[tuple[str, str, str]], chart: Path) -> LintReport:
    messages = (message for entry in entries for message in _messages(*entry, chart))
    return LintReport(tuple(dict.fromkeys(messages)))  # Helm lists violations twice


def _messages(severity: str, path: str, text: str, chart: Path) -> Iterator[LintMessage]:
    """The message that Helm gives, or one for each violation of a schema that it lists."""
    violations = schema_errors.read(text)
    for violation in violations:
        said = schema_errors.describe(violation, chart)
        yield LintMessage(severity, VALUES_FILE, said)
    if not violations:
        yield _message(severity, path, text, chart)


def _message(severity: str, path: str, text: str, chart: Path) -> LintMessage:
    text = text.strip()
    error = template_errors.read(text)
    if error is not None and error.frames:
        frame = refine(error.frames[-1], chart)
        inside = frame.template.partition("/")[2]
        return LintMessage(severity, inside, error.cause, frame.line, frame.column)
    line = _YAML_LINE.search(text)
    return LintMessage(severity, _inside(path, text), text, int(line["line"]) if line else None)


def _inside(path: str, text: str) -> str:
    """A path in the chart. Helm names the chart's folder, or nothing, for what Chart.yaml says."""
    if path and not path.startswith(("/", "\\")) and ":" not in path:
        return path
    return VALUES_FILE if "cannot load values.yaml" in text else CHART_FILE
