"""What every format is given, and what it has to do with it."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Protocol

from plate_llm_cli.findings import Location, Severity
from plate_llm_cli.report.untrusted import UTF8, visible

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from typing import TextIO

    from plate_llm_cli.findings import Finding


@dataclass(frozen=True, slots=True)
class RuleInfo:
    """A rule as its documentation describes it.

    `summary` is one sentence; `help_text` says the same as `markdown`, without markup. `help_uri`
    is an absolute URI, or None while the documentation is published nowhere. The source lines of a
    `sensitive` rule's findings are never shown: they may hold a secret.
    """

    id: str
    severity: Severity
    summary: str
    help_text: str = ""
    markdown: str = ""
    help_uri: str | None = None
    sensitive: bool = False


@dataclass(frozen=True, slots=True)
class Counts:
    """How many findings of each severity are reported, and how many a comment silenced."""

    error: int
    warning: int
    info: int
    suppressed: int


def no_lines(path: str) -> Sequence[str]:
    """For reports without excerpts: no file has any lines."""
    del path
    return ()


@dataclass(frozen=True)
class Report:
    """The outcome of one run: everything a format may say.

    `environments` are the names of all that was checked, `seconds` is wall-clock time, `rules`
    maps rule ids to those that ran. `lines` gives a file's lines (without their ends) by path
    relative to the root, or nothing; it must not raise. `fail_on` is the least severity that fails
    the run, so that a CI system's view agrees with the exit code. `known` are findings that a
    baseline has: they are only counted, and what lines of theirs may hold stays hidden.
    """

    findings: tuple[Finding, ...]
    suppressed: int = 0
    environments: tuple[str, ...] = ()
    seconds: float = 0.0
    rules: Mapping[str, RuleInfo] = field(default_factory=dict)
    lines: Callable[[str], Sequence[str]] = no_lines
    fail_on: Severity = Severity.ERROR
    known: tuple[Finding, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "findings", tuple(sorted(self.findings, key=_order)))

    @property
    def counts(self) -> Counts:
        """The numbers of the summary."""
        number = dict.fromkeys(Severity, 0)
        for finding in self.findings:
            number[finding.severity] += 1
        return Counts(
            number[Severity.ERROR],
            number[Severity.WARNING],
            number[Severity.INFO],
            self.suppressed,
        )

    def is_hidden(self, finding: Finding, location: Location) -> bool:
        """Whether the line of a finding may hold a secret, whichever rule points at it."""
        rule = self.rules.get(finding.rule)
        sensitive = rule is not None and rule.sensitive
        return sensitive or (location.path, location.line) in self._secret_lines

    @cached_property
    def _secret_lines(self) -> frozenset[tuple[str, int]]:
        sensitive = {rule.id for rule in self.rules.values() if rule.sensitive}
        return frozenset(
            (finding.location.path, line)
            for finding in (*self.findings, *self.known)
            if finding.rule in sensitive
            for line in range(finding.location.line, last_line(finding.location) + 1)
        )

    def excerpt(self, finding: Finding, location: Location) -> str | None:
        """The source line at `location`, or None where it is unknown or must not be shown."""
        if self.is_hidden(finding, location):
            return None
        lines = self.lines(location.path)
        return lines[location.line - 1] if 0 < location.line <= len(lines) else None

    def only_in(self, finding: Finding) -> tuple[str, ...]:
        """The environments that a finding is about, or nothing when it is about all of them."""
        named = finding.environments
        return () if set(named) >= set(self.environments) else named


class Reporter(Protocol):
    """A format."""

    def write(self, report: Report, stream: TextIO) -> None:
        """Write the whole report; raises nothing but what `stream` raises."""
        ...


def clamped(location: Location) -> Location:
    """The same range with every number at least 1 and an end that is not before its start."""
    line, column = max(1, location.line), max(1, location.column)
    end = max((line, column), (location.end_line, max(1, location.end_column)))
    return Location(location.path, line, column, *end)


def last_line(location: Location) -> int:
    """The last line that has anything of the range: an end in column 1 excludes its line."""
    ends_before = location.end_column == 1 and location.end_line > location.line
    return location.end_line - 1 if ends_before else location.end_line


def place_of(location: Location, encoding: str = UTF8) -> str:
    """`path:line:col`, as editors and terminals open it, safe to print."""
    place = clamped(location)
    return f"{visible(place.path, encoding)}:{place.line}:{place.column}"


def summary_line(report: Report) -> str:
    """`2 errors, 1 warning in 5 releases (3 suppressed, 0.42 s)`."""
    counts = report.counts
    found = [
        _amount(number, name)
        for number, name in (
            (counts.error, "error"),
            (counts.warning, "warning"),
            (counts.info, "info"),
        )
        if number
    ]
    where = f" in {_amount(len(report.environments), 'release')}" if report.environments else ""
    aside = [f"{len(report.known)} known, of the baseline"] if report.known else []
    aside += [f"{counts.suppressed} suppressed"] if counts.suppressed else []
    aside.append(duration(report.seconds))
    return f"{', '.join(found) or 'No findings'}{where} ({', '.join(aside)})"


def duration(seconds: float) -> str:
    """`0.42 s`, or `12.3 s`."""
    return f"{seconds:.2f} s" if seconds < 10 else f"{seconds:.1f} s"


def worst(findings: Sequence[Finding], most: int) -> Sequence[Finding]:
    """The worst of `findings`, in their order, not more than `most`."""
    if len(findings) <= most:
        return findings
    places = sorted(range(len(findings)), key=lambda place: findings[place].severity.rank)
    return [findings[place] for place in sorted(places[:most])]


def _order(finding: Finding) -> tuple[object, ...]:
    """The findings' own order; ties go by what else distinguishes them, for a stable output."""
    return (*finding.sort_key, finding.environments, finding.value or "", finding.help)


def _amount(number: int, name: str) -> str:
    plural = "" if number == 1 or name == "info" else "s"
    return f"{number} {name}{plural}"
