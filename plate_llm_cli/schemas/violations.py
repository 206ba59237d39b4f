"""What a schema check finds: violations at routes, and what is known of the kind itself."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from plate_llm_cli.source.nodes import Route


class ViolationKind(StrEnum):
    """What is wrong at a route.

    The API server refuses all of them (the first two under strict field validation, else it drops
    the field), except SHADOWED_ITEM, which it accepts although one of the items has no effect.
    """

    UNKNOWN_FIELD = "unknown-field"
    MISPLACED_FIELD = "misplaced-field"
    MISSING_FIELD = "missing-field"
    WRONG_TYPE = "wrong-type"
    BAD_VALUE = "bad-value"
    BAD_NAME = "bad-name"
    DUPLICATE_ITEM = "duplicate-item"
    SHADOWED_ITEM = "shadowed-item"
    LIMIT = "limit"


@dataclass(frozen=True, slots=True)
class Violation:
    """One thing that is wrong. `route` leads to the field, for a missing one to its parent.

    `suggestion` is the field that is missing, or the one that was meant by an unknown one.
    """

    route: Route
    message: str
    help: str
    kind: ViolationKind
    suggestion: str | None = None


class Status(StrEnum):
    """What is known of an object's kind in the chosen Kubernetes version."""

    CHECKED = "checked"
    DEPRECATED = "deprecated"
    UNCHECKED = "unchecked"
    UNKNOWN_KIND = "unknown-kind"
    REMOVED = "removed"
    UNIDENTIFIED = "unidentified"


class SchemaSource(StrEnum):
    """Where the schema comes from. MODEL is ours: an operator newer than it may know more."""

    KUBERNETES = "kubernetes"
    CRD = "crd"
    MODEL = "model"


@dataclass(frozen=True, slots=True)
class CheckResult:
    """The outcome for one object.

    `message` and `help` speak about the kind and are empty when it is plainly CHECKED.
    `last_version` is the last Kubernetes minor version (`1.25`) that has a removed or deprecated
    API, `replacement` the apiVersion to use instead; both None where there is none.
    """

    status: Status
    violations: tuple[Violation, ...] = ()
    source: SchemaSource | None = None
    message: str = ""
    help: str = ""
    last_version: str | None = None
    replacement: str | None = None
