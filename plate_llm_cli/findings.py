"""What the checks report: a finding, how bad it is, and where to change what."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """How bad a finding is; `rank` orders error (0) before warning (1) before info (2)."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"

    @property
    def rank(self) -> int:
        """0 for error, 1 for warning, 2 for info."""
        return list(Severity).index(self)


class Fix(StrEnum):
    """Whether a fix can be applied without a person reading it first."""

    SAFE = "safe"
    UNSAFE = "unsafe"


@dataclass(frozen=True, slots=True, order=True)
class Location:
    """A range of a file: path relative to the root, lines and columns from 1 in code points.

    The end is exclusive: a one-character range has `end_column == column + 1`.
    """

    path: str
    line: int
    column: int
    end_line: int
    end_column: int


@dataclass(frozen=True, slots=True)
class Related:
    """Another place that explains a finding."""

    location: Location
    message: str


@dataclass(frozen=True, slots=True)
class Resource:
    """The rendered object, and the field in it, that a finding is about."""

    kind: str
    name: str
    namespace: str | None = None
    field: str | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """One defect, at one place, in one or more environments."""

    rule: str
    severity: Severity
    message: str
    help: str
    location: Location
    environments: tuple[str, ...] = ()
    related: tuple[Related, ...] = ()
    value: str | None = None
    resource: Resource | None = None
    fix: Fix | None = None
    members: tuple[Finding, ...] = ()
    """Those that it tells of together, each as it was alone; () where it is alone."""

    @property
    def singles(self) -> tuple[Finding, ...]:
        """Every finding that it is: itself, or those that it tells of together."""
        return self.members or (self,)

    @property
    def sort_key(self) -> tuple[Location, int, str, str]:
        """By place, then severity, rule and message: the order of every report."""
        return (self.location, self.severity.rank, self.rule, self.message)
