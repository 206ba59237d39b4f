"""Whether the deployment and the secrets spec agree: the spec is loaded, and both are compared."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from plate_llm_cli.findings import Severity
from plate_llm_cli.secrets.agreement.gaps import GapKind
from plate_llm_cli.secrets.agreement.specification import Comparison
from plate_llm_cli.secrets.agreement.wiring import unspecified_gaps, wiring_gaps
from plate_llm_cli.secrets.loading import load_spec

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plate_llm_cli.graph.deployment import Deployment
    from plate_llm_cli.secrets.agreement.gaps import Gap
    from plate_llm_cli.secrets.loading import LoadedSpec


@dataclass(frozen=True, slots=True, eq=False)
class Coverage:
    """What was found: of a broken spec only its problems, without a spec what pods lack."""

    loaded: LoadedSpec
    gaps: tuple[Gap, ...] = ()

    def of_kind(self, kind: GapKind) -> list[Gap]:
        """The gaps of one kind."""
        return [gap for gap in self.gaps if gap.kind is kind]


_KNOWN: WeakKeyDictionary[Deployment, Coverage] = WeakKeyDictionary()
"""Several rules ask the same of one deployment."""


def coverage_of(deployment: Deployment) -> Coverage:
    """How the deployment and the spec of its tree meet; computed once for a deployment."""
    found = _KNOWN.get(deployment)
    if found is None:
        found = _KNOWN[deployment] = _compared(deployment)
    return found


def _compared(deployment: Deployment) -> Coverage:
    loaded = load_spec(deployment.tree, deployment.spec_path)
    if loaded.file is None:
        return Coverage(loaded, tuple(unspecified_gaps(deployment)))
    if loaded.spec is None:
        return Coverage(loaded)
    gaps = [*Comparison(deployment, loaded.spec).gaps(), *wiring_gaps(deployment)]
    return Coverage(loaded, tuple(_without_echoes(gaps)))


def _without_echoes(gaps: list[Gap]) -> Iterator[Gap]:
    """What nothing reads may be what a broken reference was to read: that alone is told then."""
    troubled = {
        place
        for gap in gaps
        if gap.kind is not GapKind.UNREAD and gap.severity is not Severity.INFO
        for place in gap.places
    }
    return (gap for gap in gaps if gap.kind is not GapKind.UNREAD or not gap.places & troubled)
