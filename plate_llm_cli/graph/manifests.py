"""What the releases apply: rendered charts and their objects, or plain manifests."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from plate_llm_cli.gitops.applications import plain_mapping, text_of
from plate_llm_cli.graph.subcharts import Subcharts
from plate_llm_cli.helm.engine import RenderFailure
from plate_llm_cli.source.nodes import Mapping, Sequence, find
from plate_llm_cli.source.reader import parse_text
from plate_llm_cli.values.merge import coalesce

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from plate_llm_cli.gitops.releases import ChartPart, Release, ValuesLayer
    from plate_llm_cli.helm.engine import LintReport, RenderedDocument, Rendering, RenderRequest
    from plate_llm_cli.source.nodes import Node, Route, SourceFile


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

    @cached_property
    def kind(self) -> str:
        """`kind`, or ''."""
        return self.text("kind")

    @cached_property
    def api_version(self) -> str:
        """`apiVersion`, or ''."""
        return self.text("apiVersion")

    @cached_property
    def name(self) -> str:
        """`metadata.name`, or ''."""
        return self.text("metadata", "name")

    @cached_property
    def namespace(self) -> str:
        """The object's own namespace, else the release's."""
        return self.text("metadata", "namespace") or (
            self.chart.part.namespace if self.chart else self.release.namespace
        )

    @cached_property
    def place(self) -> tuple[str, str]:
        """The cluster and the namespace that it is in."""
        return self.release.application.cluster, self.namespace


@dataclass(eq=False)
class RenderedChart:
    """A chart of a release, in a tree at `root`, with its values and what became of it."""

    release: Release
    part: ChartPart
    root: Path
    request: RenderRequest
    outcome: Rendering | RenderFailure
    lint: LintReport | None = None

    @property
    def failure(self) -> RenderFailure | None:
        """Why nothing was rendered, or None."""
        return self.outcome if isinstance(self.outcome, RenderFailure) else None

    @cached_property
    def manifests(self) -> list[Manifest]:
        """The objects that were rendered. Their text is read when somebody asks for them."""
        return [item for document in self._documents for item in self._objects_in(document)]

    def manifests_with(self, text: str) -> list[Manifest]:
        """The objects of documents in which `text` occurs; none are read where it does not."""
        if not any(text in document.text for document in self._documents):
            return []
        return [item for item in self.manifests if text in item.file.text]

    @property
    def _documents(self) -> tuple[RenderedDocument, ...]:
        return () if isinstance(self.outcome, RenderFailure) else self.outcome.documents

    def _objects_in(self, document: RenderedDocument) -> Iterator[Manifest]:
        file = parse_text(document.text, self.template_path(document.template))
        for parsed in file.documents:
            for node in objects_of(parsed.root):
                yield Manifest(self.release, file, node, self, document.template, document.hook)

    def is_parameter(self, route: Route) -> bool:
        """True for a value in a file that an ApplicationSet takes its parameters from.

        What no template of the chart reads, the ApplicationSet's own templates may.
        """
        application = self.release.application
        given = {id(file) for file, _, _ in application.origins if file is not application.file}
        return any(id(layer.file) in given for layer in self.layers_setting(route))

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


def objects_of(root: Node | None) -> Iterator[Mapping]:
    """The object that a document holds, or those of a `List` of any kind, as kubectl reads it."""
    if not isinstance(root, Mapping):
        return
    items = root.get("items")
    if isinstance(items, Sequence) and text_of(root.get("kind")).endswith("List"):
        for item in items.items:
            yield from objects_of(item)
    else:
        yield root


def _value_at(value: Any, route: Route) -> Any:
    for step in route:
        if isinstance(value, dict):
            value = value.get(str(step))
        elif isinstance(value, list) and isinstance(step, int) and step < len(value):
            value = value[step]
        else:
            return None
    return value
