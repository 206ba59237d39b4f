"""What is between the deployment and the secrets spec: where they do not meet, and why."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from plate_llm_cli.findings import Severity
    from plate_llm_cli.graph.places import Place
    from plate_llm_cli.graph.secret_uses import ClusterNamespace


class GapKind(StrEnum):
    """What does not meet; each has a rule of the same name."""

    UNKNOWN_ENVIRONMENT = "unknown-spec-environment"
    UNSPECIFIED = "unspecified-secret"
    UNSHARED = "unshared-path"
    UNREAD = "unread-secret"
    MISSING_KEY = "missing-secret-key"
    UNPROVIDED = "unprovided-secret"


@dataclass(frozen=True, slots=True, eq=False)
class Gap:
    """One place where the deployment and the spec, or two parts of the deployment, do not meet."""

    kind: GapKind
    message: str
    help: str
    where: Place
    places: frozenset[ClusterNamespace]
    """The clusters and namespaces that it concerns."""
    releases: tuple[str, ...] = ()
    related: tuple[tuple[Place, str], ...] = ()
    severity: Severity | None = None
    """None: that of the rule."""
