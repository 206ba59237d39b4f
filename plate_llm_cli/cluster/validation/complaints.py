"""What is wrong with a deployment in the eyes of a cluster, and the lines that it is about."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from plate_llm_cli.findings import Finding, Severity
from plate_llm_cli.graph.places import ManifestPlace
from plate_llm_cli.source.nodes import find

if TYPE_CHECKING:
    from collections.abc import Iterable

    from plate_llm_cli.graph.locate import Locator
    from plate_llm_cli.graph.manifests import Manifest
    from plate_llm_cli.graph.places import Place
    from plate_llm_cli.source.nodes import Route

REFUSED: Final = "refused-object"
WARNED: Final = "server-warning"
NO_KIND: Final = "missing-kind"
NO_NAMESPACE: Final = "missing-namespace"
NO_ISSUER: Final = "unusable-issuer"
NO_CLASS: Final = "missing-class"
NO_OBJECT: Final = "missing-object"
NO_LOGIN: Final = "unusable-pull-secret"
TOO_MUCH: Final = "exceeded-quota"
UNCHECKED: Final = "unchecked-live"
"""The rules that document what is found here."""


@dataclass(frozen=True, slots=True)
class Complaint:
    """One thing that is wrong; the place is a route into an object, or in an Application."""

    rule: str
    place: Place
    message: str
    help: str = ""
    severity: Severity = Severity.ERROR
    releases: tuple[str, ...] = ()


def about(
    rule: str, place: ManifestPlace, message: str, hint: str = "", severity: Severity | None = None
) -> Complaint:
    """A complaint about a field of an object, in the release that applies it."""
    releases = (place.manifest.release.name,)
    return Complaint(rule, place, message, hint, severity or Severity.ERROR, releases)


def at(manifest: Manifest, *route: str | int, absent: bool = False) -> ManifestPlace:
    """A field of `manifest`, or one that is `absent`."""
    return ManifestPlace(manifest, tuple(route), absent=absent)


def field_at(manifest: Manifest, route: Route) -> ManifestPlace:
    """The field at `route`, or the lack of it."""
    return ManifestPlace(manifest, route, absent=find(manifest.node, route) is None)


def findings_of(complaints: Iterable[Complaint], locator: Locator) -> list[Finding]:
    """`complaints` at the lines to change."""
    found = []
    for complaint in complaints:
        located = locator.locate(complaint.place)
        related = [item for item in located.related if item.location != located.location]
        found.append(
            Finding(
                complaint.rule,
                complaint.severity,
                complaint.message,
                complaint.help,
                located.location,
                complaint.releases,
                tuple(dict.fromkeys(related)),
                located.value,
                located.resource,
            )
        )
    return found
