"""Provenance for the rules: the values behind a field, and the values that nothing reads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from plate_llm_cli.helm.provenance.tracer import (
    Field,
    Origin,
    Switch,
    Trace,
    ValueTracer,
    Verdict,
    VerdictKind,
    identify,
    leaves_of,
)
from plate_llm_cli.source.nodes import Mapping, Scalar, Sequence, find

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from plate_llm_cli.graph.manifests import Manifest, RenderedChart
    from plate_llm_cli.helm.engine import HelmEngine
    from plate_llm_cli.source.nodes import Node, Route

__all__ = ["Provenance", "Switch", "ValueBehind", "Verdict"]

_TELLING = 3
"""A value of that many letters inside a longer text can be taken for a part of it."""


@dataclass(frozen=True, slots=True)
class ValueBehind:
    """A value that moves a field. Not `direct`: it only decides whether the field is there.

    `exact`: the field shows this value and nothing else. `tail` leads from the field that was
    asked for to the one that was looked at, the first inside it.
    """

    route: Route
    direct: bool
    exact: bool = False
    tail: Route = ()


class Provenance:
    """Answers for one deployment; asks Helm only for what is asked here."""

    def __init__(self, engine: HelmEngine) -> None:
        self._values = ValueTracer(engine)
        self._traces: dict[int, Trace] = {}

    def values_behind(self, manifest: Manifest, route: Route, part: str = "") -> list[ValueBehind]:
        """The values that move the field at `route`, the likeliest first.

        With `part` those that bring that part of its text, where there are any.
        For a map or list, those of its first field: it stands for the block that it begins.
        """
        chart = manifest.chart
        if chart is None:
            return []
        leaf, node = _first_leaf(find(manifest.node, route), route)
        field = Field(manifest.template, identify(manifest.plain), leaf)
        text = node.text if isinstance(node, Scalar) else ""
        origins = self._trace(chart).explain(field, part, text)
        tail = leaf[len(route) :]
        found = [
            ValueBehind(origin.route, _is_direct(chart, origin, text), origin.exact, tail)
            for origin in origins
        ]
        return sorted(found, key=lambda value: not value.direct)

    def _trace(self, chart: RenderedChart) -> Trace:
        trace = self._traces.get(id(chart))
        if trace is None:
            trace = self._traces[id(chart)] = self._values.trace(chart.request)
        return trace

    def verdicts(self, charts: Iterable[RenderedChart]) -> list[tuple[RenderedChart, Verdict]]:
        """What is known of every value that is set, where it is less than that it is read.

        A file that several releases share counts as a whole: what one of them reads is read.
        """
        found = [
            (chart, verdict)
            for chart in charts
            if chart.failure is None and chart.part.complete
            for verdict in self._values.verdicts(chart.request, _overrides(chart))
        ]
        best: dict[tuple[str, Route], int] = {}
        for chart, verdict in found:
            for key in _places(chart, verdict):
                best[key] = min(best.get(key, len(_RANKS)), _RANKS[verdict.kind])
        return [
            (chart, verdict)
            for chart, verdict in found
            if verdict.kind is not VerdictKind.LIVE
            and all(best[key] == _RANKS[verdict.kind] for key in _places(chart, verdict))
        ]


def _overrides(chart: RenderedChart) -> list[Route]:
    """The values that somebody set beside the chart's own values.yaml.

    That file is often listed among the value files as well; it still holds the defaults.
    """
    defaults = {layer.file for layer in chart.part.layers if layer.is_default}
    found = []
    for leaf in leaves_of(chart.request.values):
        layers = chart.layers_setting(leaf)
        if not layers or layers[0].file not in defaults:
            found.append(leaf)
    return found


_RANKS = {kind: rank for rank, kind in enumerate(VerdictKind)}


def _places(chart: RenderedChart, verdict: Verdict) -> Iterator[tuple[str, Route]]:
    """The files, or other layers, that set each value of a verdict."""
    for leaf in verdict.leaves:
        for layer in chart.layers_setting(leaf):
            if not layer.is_default and layer.file is not None:
                yield layer.file.path, leaf


def _first_leaf(node: Node | None, route: Route) -> tuple[Route, Node | None]:
    while True:
        if isinstance(node, Mapping) and node.entries:
            entry = node.entries[0]
            route, node = (*route, entry.name), entry.value
        elif isinstance(node, Sequence) and node.items:
            route, node = (*route, 0), node.items[0]
        else:
            return route, node


def _is_direct(chart: RenderedChart, origin: Origin, text: str) -> bool:
    """Whether the field shows the value, rather than being there because of it."""
    if origin.exact or not origin.others:
        return True
    value = chart.value_at(origin.route)
    return isinstance(value, str) and len(value) >= _TELLING and value in text
