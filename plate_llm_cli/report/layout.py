"""Findings laid out for a person: lines of styled spans, each safe to print."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from plate_llm_cli.report.base import clamped, last_line, place_of, summary_line
from plate_llm_cli.report.excerpt import cell_width, cut
from plate_llm_cli.report.untrusted import UTF8, encodable, line_start, one_line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plate_llm_cli.findings import Finding, Location, Related, Resource
    from plate_llm_cli.report.base import Report

Span = tuple[str, str]
"""Text and the name of its style: a severity, `path`, `label`, `help`, `faint` or ''."""

Line = list[Span]

INDENT = 2
WIDEST_PROSE = 100
"""Cells: longer lines of prose are hard to read."""
ROOMY = 60
"""Cells: on a narrower screen what follows a label is not aligned with it."""
MOST_LINES = 20
"""A message may quote a whole file; of more lines than these the rest is counted."""
MOST_NAMES = 4


@dataclass(frozen=True, slots=True)
class Page:
    """A report for a screen of `width` cells and a stream of `encoding`."""

    report: Report
    width: int
    encoding: str = UTF8

    def full(self) -> Iterator[Line]:
        """Every finding with its source lines, then the summary."""
        for finding in self.report.findings:
            yield from self._finding(finding)
            yield []
        yield from ([(line, self._worst())] for line in self._wrapped(summary_line(self.report), 0))

    def brief(self) -> Iterator[Line]:
        """One line a finding and nothing else: `path:line:col: severity: rule: message`."""
        for finding in self.report.findings:
            yield [
                (self._place(finding.location), "path"),
                (": ", ""),
                (finding.severity.value, finding.severity.value),
                (f": {self._clean(finding.rule)}: {self._clean(finding.message)}", ""),
            ]

    def _finding(self, finding: Finding) -> Iterator[Line]:
        yield from self._header(finding)
        yield from self._message(finding)
        yield from self._source(finding, finding.location, finding.severity.value)
        for related in finding.related:
            yield from self._elsewhere(related)
            yield from self._source(finding, related.location, "faint")
        yield from self._facts(finding)

    def _header(self, finding: Finding) -> Iterator[Line]:
        """`path:line:col  severity  rule`, in two lines where one does not hold it.

        A path is never broken, so that a click on it opens the file.
        """
        place, severity, rule = (
            self._place(finding.location),
            finding.severity.value,
            self._clean(finding.rule),
        )
        title: Line = [("  ", ""), (severity, severity), ("  ", ""), (rule, "")]
        if sum(cell_width(text) for text, _ in title) + cell_width(place) <= self.width:
            yield [(place, "path"), *title]
        else:
            yield [(place, "path")]
            yield title

    def _elsewhere(self, related: Related) -> Iterator[Line]:
        """`message: path:line:col`, in more lines where one does not hold it."""
        *lines, last = self._wrapped(f"{related.message or 'see also'}:", INDENT)
        place = self._place(related.location)
        if INDENT + cell_width(last) + 1 + cell_width(place) > self.width:
            lines, last = [*lines, last], ""
        for line in lines:
            yield [(" " * INDENT, ""), (line, "")]
        yield [(" " * INDENT, ""), (f"{last} " if last else "", ""), (place, "")]

    def _message(self, finding: Finding) -> Iterator[Line]:
        lines = [line for line in finding.message.splitlines() if line.strip()]
        for line in lines[:MOST_LINES]:
            for part in self._wrapped(line, INDENT):
                yield [(" " * INDENT, ""), (part, "")]
        if len(lines) > MOST_LINES:
            rest = f"and {len(lines) - MOST_LINES} more lines (--format json has them)"
            yield [(" " * INDENT, ""), (rest, "faint")]

    def _source(self, finding: Finding, location: Location, style: str) -> Iterator[Line]:
        """The source line behind its number, and the mark under the range."""
        place = clamped(location)
        source = self.report.excerpt(finding, place)
        if source is None:
            return
        bar = self._glyph("│", "|")
        number = f"{' ' * INDENT}{place.line:>3} "
        room = self.width - len(number) - 2
        excerpt = cut(source, place, room, self.encoding)
        yield [(f"{number}{bar} ", "faint"), (excerpt.text, "")]
        mark = ("-" if style == "faint" else "^") * excerpt.length
        beyond = f" to line {last_line(place)}" if last_line(place) > place.line else ""
        if excerpt.start + excerpt.length + len(beyond) > room:
            beyond = ""
        lead = f"{' ' * len(number)}{bar} {' ' * excerpt.start}"
        yield [(lead, "faint"), (mark, style), (beyond, "faint")]

    def _facts(self, finding: Finding) -> Iterator[Line]:
        facts = [
            ("value", finding.value),
            ("object", None if finding.resource is None else _object(finding.resource)),
            ("only in", self._environments(finding)),
            ("help", finding.help),
        ]
        for label, text in facts:
            if text:
                yield from self._fact(label, text)

    def _fact(self, label: str, text: str) -> Iterator[Line]:
        head = f"{label}: "
        hang = INDENT + (len(head) if self.width >= ROOMY else 2)
        first, *others = self._wrapped(text, INDENT + len(head))
        style = "help" if label == "help" else "label"
        yield [(" " * INDENT, ""), (head, style), (first, "")]
        if others:
            rest = self._wrapped(" ".join(others), hang)
            yield from ([(" " * hang, ""), (part, "")] for part in rest)

    def _environments(self, finding: Finding) -> str:
        names = self.report.only_in(finding)
        if len(names) <= MOST_NAMES:
            return ", ".join(names)
        shown = ", ".join(names[: MOST_NAMES - 1])
        return f"{len(names)} of {len(self.report.environments)}: {shown} and others"

    def _wrapped(self, text: str, indent: int) -> list[str]:
        """`text` in lines that fit behind `indent` cells; a word that does not fit stays whole."""
        room = min(self.width, WIDEST_PROSE) - indent
        lines: list[str] = []
        used = 0
        for word in self._clean(text).split(" "):
            size = cell_width(word)
            if lines and used + 1 + size <= room:
                lines[-1] += f" {word}"
                used += 1 + size
            else:
                lines.append(word)
                used = size
        return [line_start(line) for line in lines]

    def _place(self, location: Location) -> str:
        return line_start(place_of(location, self.encoding))

    def _clean(self, text: str) -> str:
        return one_line(text, self.encoding)

    def _glyph(self, glyph: str, plain: str) -> str:
        return glyph if encodable(glyph, self.encoding) else plain

    def _worst(self) -> str:
        worst = min(self.report.findings, key=lambda finding: finding.severity.rank, default=None)
        return "path" if worst is None else worst.severity.value


def _object(resource: Resource) -> str:
    name = f"{resource.namespace}/{resource.name}" if resource.namespace else resource.name
    where = f", {resource.field}" if resource.field else ""
    return f"{resource.kind} {name}{where}"
