"""JUnit XML, as GitLab and Jenkins read it.

GitLab shows a test case's `classname` as its suite, drops a case whose class and name it has seen
and compares cases by both between branches (docs.gitlab.com, "Unit test reports"). So the class is
the file, where a person has to go, and the name says the rule and the message without a position:
a case keeps its name when lines move. Jenkins groups by `classname`, too, and shows the text.
One suite an environment would count a finding as often as there are environments.
"""

from __future__ import annotations

from collections import Counter
from itertools import groupby
from typing import TYPE_CHECKING

from plate_llm_cli.report.base import clamped, place_of, summary_line
from plate_llm_cli.report.excerpt import cut
from plate_llm_cli.report.untrusted import encoding_of, one_line, visible, xml_attribute, xml_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import TextIO

    from plate_llm_cli.findings import Finding, Location
    from plate_llm_cli.report.base import Report

PRODUCT = "plate-llm"
LONGEST_NAME = 200
EXCERPT_WIDTH = 120


class JunitReporter:
    """A suite a file with a case a finding, and a suite of what was checked and found nothing."""

    def write(self, report: Report, stream: TextIO) -> None:
        """Write `report`; findings below `fail_on` count as skipped, so that CI stays green."""
        encoding = encoding_of(stream)
        lines = ['<?xml version="1.0" encoding="UTF-8"?>', *_Document(report, encoding).lines()]
        stream.write("\n".join(lines) + "\n")


class _Document:
    def __init__(self, report: Report, encoding: str) -> None:
        self.report = report
        self.encoding = encoding
        self.names: Counter[tuple[str, str]] = Counter()

    def lines(self) -> Iterator[str]:
        report, passed = self.report, self._passed()
        failed = self._failed(report.findings)
        total = len(report.findings) + len(passed)
        counts = sums(total, failed, len(report.findings) - failed)
        yield f'<testsuites name="{PRODUCT}" {counts} time="{report.seconds:.3f}">'
        for path, findings in groupby(report.findings, key=lambda finding: finding.location.path):
            yield from self._suite(path, list(findings))
        if passed:
            yield f'  <testsuite name="{PRODUCT}" {sums(len(passed), 0, 0)}>'
            yield from (f"    <testcase {self._names(PRODUCT, name)}/>" for name in passed)
            yield "  </testsuite>"
        yield "</testsuites>"

    def _passed(self) -> list[str]:
        """A name for each rule that found nothing, so that a clean run has something to show."""
        found = {finding.rule for finding in self.report.findings}
        silent = sorted(set(self.report.rules) - found)
        if silent or found:
            return silent
        return list(self.report.environments) or [summary_line(self.report)]

    def _failed(self, findings: Iterable[Finding]) -> int:
        return sum(self._fails(finding) for finding in findings)

    def _fails(self, finding: Finding) -> bool:
        return finding.severity.rank <= self.report.fail_on.rank

    def _suite(self, path: str, findings: list[Finding]) -> Iterator[str]:
        failed = self._failed(findings)
        counts = sums(len(findings), failed, len(findings) - failed)
        yield f"  <testsuite name={self._attribute(path)} {counts}>"
        for finding in findings:
            yield from self._case(finding)
        yield "  </testsuite>"

    def _case(self, finding: Finding) -> Iterator[str]:
        place = clamped(finding.location)
        name = f"{finding.rule}: {finding.message}"
        where = f'file={self._attribute(place.path)} line="{place.line}"'
        tag = "failure" if self._fails(finding) else "skipped"
        kind = f' type="{finding.severity}"' if tag == "failure" else ""
        message = self._attribute(one_line(finding.message))
        text = xml_text("\n".join(self._text(finding, place)), self.encoding)
        yield f"    <testcase {self._names(place.path, name)} {where}>"
        yield f"      <{tag} message={message}{kind}>{text}</{tag}>"
        yield "    </testcase>"

    def _names(self, classname: str, name: str) -> str:
        """`classname` and a `name` that no other case of the class has."""
        unique = name = one_line(name)[:LONGEST_NAME]
        while (classname, unique) in self.names:
            self.names[classname, name] += 1
            unique = f"{name} ({self.names[classname, name]})"
        self.names[classname, unique] = 1
        return f'classname={self._attribute(classname)} name={self._attribute(unique)} time="0"'

    def _text(self, finding: Finding, place: Location) -> Iterator[str]:
        yield f"{place_of(place)}: {finding.severity}"
        yield from (visible(line) for line in finding.message.splitlines())
        yield from self._marked(finding, place)
        for related in finding.related:
            said = one_line(related.message) or "see also"
            yield f"{said}: {place_of(related.location)}"
            yield from self._marked(finding, clamped(related.location))
        if finding.environments:
            yield f"in: {one_line(', '.join(finding.environments))}"
        if finding.help:
            yield f"help: {one_line(finding.help)}"

    def _marked(self, finding: Finding, place: Location) -> Iterator[str]:
        line = self.report.excerpt(finding, place)
        if line is not None:
            excerpt = cut(line, place, EXCERPT_WIDTH)
            yield f"  {excerpt.text}"
            yield f"  {' ' * excerpt.start}{'^' * excerpt.length}"

    def _attribute(self, text: str) -> str:
        return xml_attribute(text, self.encoding)


def sums(tests: int, failures: int, skipped: int) -> str:
    """The numbers of a suite as attributes."""
    return f'tests="{tests}" failures="{failures}" errors="0" skipped="{skipped}"'
