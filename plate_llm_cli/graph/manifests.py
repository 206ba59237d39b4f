"""What the releases apply: rendered charts and their objects, or plain manifests."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from plate_llm_cli.gitops.applications import plain_mapping, text_of
from plate_llm_cli.graph.subcharts import Subcharts
from plate_llm_cli.helm.engine import RenderFailure
from plate_llm_cli.source.nodes import find
from plate_llm_cli.values.merge import coalesce

if TYPE_CHECKING:
    from pathlib import Path

    from plate_llm_cli.gitops.releases import ChartPart, Release, ValuesLayer
    from plate_llm_cli.helm.engine import LintReport, Rendering, RenderRequest
    from plate_llm_cli.source.nodes import Mapping, Route, SourceFile


@dataclass(eq=False)
class Manifest:
    """One object that a release applies.

    `file` is the rendered text of one template, or the file itself for plain manifests; its
    `path` is that of the template or file in the tree. `chart` is None for plain manifests.
    """

    release: Release
    file: SourceFile
    node: Mapping
    chart: RenderedChart | None = None
    template: str = ""
    """The name Helm gives to the template that rendered it; '' for plain manifests."""
    hook: bool = False

    @cached_property
    def plain(self) -> dict[str, Any]:
        """The object as data."""
        return plain_mapping(self.node) or {}

    def text(self, *route: str) -> str:
        """The scalar at `route` as text, or ''."""
        return text_of(find(self.node, route))

    @property
    def kind(self) -> str:
        """`kind`, or ''."""
        return self.text("kind")

    @property
    def api_version(self) -> str:
        """`apiVersion`, or ''."""
        return self.text("apiVersion")

    @property
    def name(self) -> str:
        """`metadata.name`, or ''."""
        return self.text("metadata", "name")

    @property
    def namespace(self) -> str:
        """The object's own namespace, else the release's."""
        return self.text("metadata", "namespace") or (
            self.chart.part.namespace if self.chart else self.release.namespace
        )


@dataclass(eq=False)
class RenderedChart:
    """A chart of a release, in a tree at `root`, with its values and what became of it."""

    release: Release
    part: ChartPart
    root: Path
    request: RenderRequest
    outcome: Rendering | RenderFailure
    manifests: list[Manifest] = field(default_factory=list)
    lint: LintReport | None = None

    @property
    def failure(self) -> RenderFailure | None:
        """Why nothing was rendered, or None."""
        return self.outcome if isinstance(self.outcome, RenderFailure) else None

    def default_at(self, route: Route) -> Any:
        """What the chart's own values.yaml has at `route`; None where it has nothing."""
        return _value_at(self._defaults, route)

    def value_at(self, route: Route) -> Any:
        """What `.Values` has at `route`; None where it has nothing."""
        return _value_at(self.values, route)

    @cached_property
    def values(self) -> dict[str, Any]:
        """What `.Values` holds: the overrides over the chart's own defaults."""
        return coalesce(self._defaults, self.request.values)

    @property
    def _defaults(self) -> dict[str, Any]:
        return next((layer.values for layer in self.part.layers if layer.is_default), {})

    def layers_setting(self, route: Route) -> list[ValuesLayer]:
        """The layers that set `route` or something that contains it, the one that wins first."""
        return [layer for layer in reversed(self.part.layers) if layer.locate(route) is not None]

    @property
    def chart_name(self) -> str:
        """The chart's name as its Chart.yaml says, or ''."""
        return self.part.chart_name

    def subchart_route(self, chart: str) -> Route:
        """Where the values of a subchart begin: `("redis",)` for `parent/charts/redis`."""
        return tuple(chart.split("/charts/")[1:])

    @cached_property
    def subcharts(self) -> Subcharts:
        """Where the charts below this one lie."""
        return Subcharts(self.root, self.part.chart)

    def template_path(self, template: str) -> str:
        """Where `chart/templates/x.yaml`, a template's name to Helm, stands in the tree."""
        return self.subcharts.path(template.partition("/")[2])


def _value_at(value: Any, route: Route) -> Any:
    for step in route:
        if isinstance(value, dict):
            value = value.get(str(step))
        elif isinstance(value, list) and isinstance(step, int) and step < len(value):
            value = value[step]
        else:
            return None
    return value
