"""Who reads which value, and which value stands behind which rendered field.

Found by differential rendering: change one value, render again, see what moved. Static references
say where to look and save most of the renderings. One `ValueTracer` serves a whole run.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from plate_llm_cli.helm.provenance.bench import Bench
from plate_llm_cli.helm.provenance.fields import DocumentId, Field, identify
from plate_llm_cli.helm.provenance.judge import Judge
from plate_llm_cli.helm.provenance.switches import Switch
from plate_llm_cli.helm.provenance.trace import Answers, Origin, Trace
from plate_llm_cli.helm.provenance.values import leaves_of
from plate_llm_cli.helm.provenance.verdicts import Verdict, VerdictKind
from plate_llm_cli.helm.references.analysis import references_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from plate_llm_cli.helm.engine import HelmEngine, RenderRequest
    from plate_llm_cli.helm.references.analysis import References
    from plate_llm_cli.source.nodes import Route

__all__ = [
    "DocumentId",
    "Field",
    "Origin",
    "Switch",
    "Trace",
    "ValueTracer",
    "Verdict",
    "VerdictKind",
    "identify",
    "leaves_of",
]


class ValueTracer:
    """Answers questions about values; keeps what is true of a chart for its other releases."""

    def __init__(self, engine: HelmEngine) -> None:
        self._engine = engine
        self._references: dict[Path, References] = {}
        self._known_dead: dict[Path, set[Route]] = {}
        self._answers: dict[Path, Answers] = {}

    def references(self, chart: Path) -> References:
        """What the templates of a chart can read."""
        if chart not in self._references:
            self._references[chart] = references_of(chart)
        return self._references[chart]

    def verdicts(
        self, request: RenderRequest, leaves: Iterable[Route] | None = None
    ) -> list[Verdict]:
        """Whether anything reads the values at `leaves`: routes of scalars and empty collections.

        Without `leaves`, all of the request's values.
        """
        references = self.references(request.chart)
        known_dead = self._known_dead.setdefault(request.chart, set())
        judge = Judge(self._bench(request), references, self._bench_for, known_dead)
        return judge.verdicts(leaves_of(request.values) if leaves is None else leaves)

    def trace(self, request: RenderRequest, leaves: Iterable[Route] | None = None) -> Trace:
        """The ways between values and rendered fields of one release.

        `leaves` are the values to consider; without them all, the chart's defaults included.
        """
        answers = self._answers.setdefault(request.chart, Answers())
        return Trace(self._bench(request), self.references(request.chart), leaves, answers)

    def _bench(self, request: RenderRequest) -> Bench:
        chart = self.references(request.chart).chart
        return Bench(self._engine, request, tuple(each.prefix for each in chart.walk()))

    def _bench_for(self, request: RenderRequest, values: dict[str, Any]) -> Bench:
        return self._bench(replace(request, values=values))
