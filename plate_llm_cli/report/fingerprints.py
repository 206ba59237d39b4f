"""What stays the same about a finding when the lines around it move."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from operator import mul
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from plate_llm_cli.findings import Finding
    from plate_llm_cli.report.base import Report

BLOCK = 100
"""How many characters that are not white space go into the hash of a line."""

END_OF_FILE = 0xFFFF
_INDEX = re.compile(r"\[\d+\]")
_POWERS = [pow(37, BLOCK - 1 - place, 1 << 64) for place in range(BLOCK)]


class Fingerprints:
    """The `partialFingerprints` of a report's findings; asked in the report's order."""

    def __init__(self, report: Report) -> None:
        self._report = report
        self._hashes: dict[str, Mapping[int, str]] = {}
        self._seen: Counter[str] = Counter()

    def of(self, finding: Finding) -> dict[str, str]:
        """By name. GitHub matches alerts by `primaryLocationLineHash` and reads no other."""
        identity = self._identity(finding)
        return {
            "primaryLocationLineHash": self._line_hash(finding) or identity,
            "findingIdentity/v1": identity,
        }

    def _identity(self, finding: Finding) -> str:
        """The rule, the file and what the finding names in it, but no position."""
        resource = finding.resource
        fields = (resource.kind, resource.name, resource.field) if resource else ()
        named = [part or "" for part in (finding.value, *fields)]
        subject = named if any(named) else [finding.message]
        digest = _digest([finding.rule, finding.location.path, *subject])
        self._seen[digest] += 1
        return f"{digest}:{self._seen[digest]}"

    def _line_hash(self, finding: Finding) -> str | None:
        if self._report.is_hidden(finding, finding.location):
            return None
        path = finding.location.path
        if path not in self._hashes:
            self._hashes[path] = line_hashes(self._report.lines(path))
        return self._hashes[path].get(finding.location.line)


def lasting_identity(finding: Finding) -> str:
    """What a finding is known by as long as it says the same of the same field of a file.

    Lines, and places in lists, may move. The names of objects are left out: those that a chart
    renders are named after the releases that were looked at.
    """
    field = finding.resource and finding.resource.field
    where = [_INDEX.sub("[]", part or "") for part in (finding.value, field)]
    return _digest([finding.rule, finding.location.path, finding.message, *where])


def line_hashes(lines: Sequence[str]) -> Mapping[int, str]:
    """The hash of each line (from 1) as GitHub's upload-sarif action computes it.

    The action adds this hash where a result has none and warns where a result has another one
    (github/codeql-action, fingerprints.ts): a polynomial in 37, modulo 2^64, over the UTF-16 units
    of the next 100 characters that are not spaces or tabs, followed by the number of lines so far
    that have the same hash. The file is taken to end with a line break.
    """
    units, starts = _significant(lines)
    units += [END_OF_FILE] + [0] * BLOCK
    seen: Counter[int] = Counter()
    hashes = {}
    for number, start in enumerate(starts, 1):
        value = sum(map(mul, _POWERS, units[start : start + BLOCK])) % (1 << 64)
        seen[value] += 1
        hashes[number] = f"{value:x}:{seen[value]}"
    return hashes


def _significant(lines: Sequence[str]) -> tuple[list[int], list[int]]:
    """The UTF-16 units that count, and where in them each line starts."""
    units: list[int] = []
    starts = []
    for line in lines:
        starts.append(len(units))
        data = re.sub("[ \t]", "", line + "\n").encode("utf-16-le", "surrogatepass")
        units += memoryview(data).cast("H")
    return units, starts


def _digest(parts: Sequence[str]) -> str:
    text = "\0".join(parts).encode("utf-8", "surrogatepass")
    return hashlib.sha256(text).hexdigest()[:16]
