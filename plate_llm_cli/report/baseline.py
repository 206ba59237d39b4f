"""A baseline: the findings of a day, in a file, so that only later ones are reported.

A finding is known by its `lasting_identity`, as many times as the file counts it; one that got
worse is new. The file holds what every report says of a finding, and no line of the tree.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from plate_llm_cli.errors import UsageError
from plate_llm_cli.findings import Severity
from plate_llm_cli.report.fingerprints import lasting_identity
from plate_llm_cli.report.untrusted import json_text

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from pathlib import Path

    from plate_llm_cli.findings import Finding
    from plate_llm_cli.report.base import Report

VERSION: Final = 1
NEVER_KNOWN: Final = frozenset({"internal-error"})
"""What is no property of the tree: nobody can accept what a rule that failed did not find."""
_MAX_BYTES: Final = 64 * 1024 * 1024
_FIELDS: Final = ("rule", "severity", "path", "message", "fingerprint")


@dataclass(frozen=True, slots=True, order=True)
class Entry:
    """A kind of finding at one place; the fields are in the order of the file."""

    path: str
    rule: str
    severity: str
    message: str
    fingerprint: str


class Baseline:
    """Findings that are known, by their fingerprints, each with how often it is there."""

    def __init__(self, counts: Counter[Entry]) -> None:
        self._counts = counts

    @classmethod
    def of(cls, findings: Iterable[Finding]) -> Baseline:
        """All of `findings` but those that nobody can accept."""
        singles = [single for finding in findings for single in finding.singles]
        return cls(Counter(_entry(item) for item in singles if item.rule not in NEVER_KNOWN))

    @property
    def size(self) -> int:
        """How many findings it has."""
        return self._counts.total()

    def text(self) -> str:
        """The file: the same findings always give the same text."""
        found = [_as_json(entry, self._counts[entry]) for entry in sorted(self._counts)]
        return json_text({"version": VERSION, "findings": found})

    def applied(self, report: Report) -> Report:
        """The report with those of its findings that are not in the baseline.

        Of those that are told together only the new ones are left, each on its own.
        """
        left = Counter[tuple[str, str]]()
        for entry, number in self._counts.items():
            left[entry.fingerprint, entry.severity] += number
        new: list[Finding] = []
        known: list[Finding] = list(report.known)
        for finding in report.findings:
            taken = [(single, _take(single, left)) for single in finding.singles]
            known += [single for single, is_known in taken if is_known]
            unknown = [single for single, is_known in taken if not is_known]
            new += [finding] if len(unknown) == len(taken) else unknown
        return replace(report, findings=tuple(new), known=tuple(known))

    def gone(self, report: Report, rules: Collection[str]) -> int:
        """How many findings of `rules` an applied report has not met again."""
        listed = Counter[str]()
        for entry, number in self._counts.items():
            listed[entry.fingerprint] += number if entry.rule in rules else 0
        met = Counter(lasting_identity(finding) for finding in report.known)
        return (listed - met).total()


def _take(finding: Finding, left: Counter[tuple[str, str]]) -> bool:
    """Whether one more finding like it, and as bad or worse, is known; it is used up then."""
    if finding.rule in NEVER_KNOWN:
        return False
    fingerprint = lasting_identity(finding)
    as_bad = list(Severity)[: finding.severity.rank + 1]
    for severity in reversed(as_bad):
        if left[fingerprint, severity]:
            left[fingerprint, severity] -= 1
            return True
    return False


def read_baseline(path: Path) -> Baseline:
    """The baseline in the file at `path`.

    Raises:
        UsageError: it cannot be read, or is none.
    """
    try:
        with path.open("rb") as file:
            data = file.read(_MAX_BYTES + 1)
    except OSError as error:
        raise _error(path, f"cannot be read: {error.strerror or error}") from error
    if len(data) > _MAX_BYTES:
        raise _error(path, "is too large for a baseline")
    try:
        found = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise _error(path, "is not JSON") from error
    if not isinstance(found, dict) or not isinstance(found.get("findings"), list):
        raise _error(path, "is no baseline")
    if found.get("version") != VERSION:
        raise _error(path, f"is no baseline of version {VERSION}")
    counts: Counter[Entry] = Counter()
    for place, item in enumerate(found["findings"]):
        entry, number = _read(item) or (None, 0)
        if entry is None:
            raise _error(path, f"is no baseline: findings[{place}] is no entry of one")
        counts[entry] += number
    return Baseline(counts)


def _error(path: Path, reason: str) -> UsageError:
    return UsageError(f"--baseline {path} {reason}", "plate-llm validate --write-baseline FILE")


def _read(item: object) -> tuple[Entry, int] | None:
    if not isinstance(item, dict):
        return None
    number = item.get("count")
    texts = {name: item[name] for name in _FIELDS if isinstance(item.get(name), str)}
    if type(number) is not int or number < 1 or len(texts) < len(_FIELDS):
        return None
    if texts["severity"] not in list(Severity):
        return None
    return Entry(**texts), number


def _entry(finding: Finding) -> Entry:
    return Entry(
        finding.location.path,
        finding.rule,
        finding.severity.value,
        finding.message,
        lasting_identity(finding),
    )


def _as_json(entry: Entry, number: int) -> dict[str, Any]:
    return {name: getattr(entry, name) for name in _FIELDS} | {"count": number}
