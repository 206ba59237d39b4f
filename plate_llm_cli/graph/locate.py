"""The one place where a route becomes a line and a column."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING

from plate_llm_cli.findings import Location, Related, Resource
from plate_llm_cli.graph.checks import is_argocd
from plate_llm_cli.graph.places import (
    FilePlace,
    ManifestPlace,
    Place,
    RenderedPlace,
    TemplatePlace,
    ValuePlace,
)
from plate_llm_cli.graph.templates import template_line
from plate_llm_cli.source.nodes import Mapping, Sequence, format_route, nearest

if TYPE_CHECKING:
    from plate_llm_cli.gitops.releases import ValuesLayer
    from plate_llm_cli.graph.deployment import Deployment
    from plate_llm_cli.graph.manifests import Manifest, RenderedChart
    from plate_llm_cli.graph.provenance import ValueBehind
    from plate_llm_cli.source.nodes import Node, Route, SourceFile, Span

_NAME = ("metadata", "name")
_MOST_PARTS = 3
"""How many more values of one field are named."""


@dataclass(slots=True)
class Located:
    """A place in a file, what else explains it, and how values and objects name it."""

    location: Location
    related: list[Related] = field(default_factory=list)
    route: Route = ()
    """The value that this is about; () where it is about none."""
    resource: Resource | None = None

    @property
    def value(self) -> str | None:
        """`route` as people write it."""
        return format_route(self.route) or None


class Locator:
    """Turns places into locations for one deployment."""

    def __init__(self, deployment: Deployment) -> None:
        self._deployment = deployment

    def locate(self, place: Place) -> Located:
        """Where `place` is; what is overridden there is among the related places."""
        if isinstance(place, FilePlace):
            return self._file(place)
        if isinstance(place, ValuePlace):
            return self._value(place.chart, place.route)
        if isinstance(place, TemplatePlace):
            return Located(self._template(place))
        if isinstance(place, RenderedPlace):
            lines = list(range(place.span.line, 0, -1))
            return Located(self._template_line(place.chart, place.file, lines))
        return self._manifest(place)

    def _value(self, chart: RenderedChart, route: Route) -> Located:
        """The layer that wins; where none sets the route, the nearest that sets part of it."""
        for length in range(len(route), 0, -1):
            located = self._layers(chart, route[:length])
            if located is not None:
                located.route = route
                return located
        part = chart.part
        name = f"{part.chart}/values.yaml" if part.chart else "values.yaml"
        return Located(Location(name, 1, 1, 1, 1), route=route)

    def _layers(self, chart: RenderedChart, route: Route) -> Located | None:
        found = [
            (layer, self._in_file(layer.file, location))
            for layer in chart.layers_setting(route)
            if layer.file is not None and (location := layer.locate(route))
        ]
        if not found:
            return None
        winner, location = found[0]
        related = [_overridden(winner, layer, route, place) for layer, place in found[1:]]
        return Located(location, related)

    def _file(self, place: FilePlace) -> Located:
        manifest = self._rendered.get((place.file.path, place.file.text))
        found = _route_to(manifest.node, place.span) if manifest else None
        if manifest is None or found is None:
            return Located(self._in_file(place.file, _location(place.file, place.span)))
        return self._manifest(ManifestPlace(manifest, *found))

    def _in_file(self, file: SourceFile, location: Location) -> Location:
        """`location`, or the template's line where `file` is what a template rendered to."""
        manifest = self._rendered.get((file.path, file.text))
        if manifest is None or manifest.chart is None:
            return location
        return self._template_line(manifest.chart, file, list(range(location.line, 0, -1)))

    @cached_property
    def _rendered(self) -> dict[tuple[str, str], Manifest]:
        """The Applications and projects that charts render, by path and text."""
        return {
            (manifest.file.path, manifest.file.text): manifest
            for manifest in self._deployment.manifests
            if manifest.chart is not None and is_argocd(manifest)
        }

    def _manifest(self, place: ManifestPlace) -> Located:
        manifest, route = place.manifest, place.route
        field_name = format_route(route) or None
        resource = Resource(manifest.kind, manifest.name, manifest.namespace, field_name)
        written = self._in_text(manifest, route)
        located = self._behind(place)
        if located is None:
            located = written
        elif manifest.chart is not None:
            located.related.append(Related(written.location, "rendered by"))
        located.resource = resource
        return located

    def _behind(self, place: ManifestPlace) -> Located | None:
        """The value that the field shows, where a layer of the release or the chart sets it."""
        manifest, provenance = place.manifest, self._deployment.provenance
        if manifest.chart is None or provenance is None or not place.route:
            return None
        behind = provenance.values_behind(manifest, place.route)
        for value in behind:
            if _names_all(value.route) and place.route != _NAME:
                continue
            route = self._passed_on(place, value) if place.absent else _with_key(value.route, place)
            located = self._layers(manifest.chart, route) if value.direct and route else None
            if located is not None:
                located.route = route
                located.related += self._other_parts(manifest.chart, value, behind)
                return located
        return None

    def _passed_on(self, place: ManifestPlace, value: ValueBehind) -> Route:
        """The map in the values that was rendered as it is: what it lacks is lacking there.

        () where the template writes the keys itself.
        """
        tail = value.tail
        if not tail or value.route[-len(tail) :] != tail:
            return ()
        written = self._in_text(place.manifest, (*place.route, *tail)).location
        text = self._deployment.tree.text(written.path).split("\n")[written.line - 1]
        return () if f"{tail[-1]}:" in text else value.route[: -len(tail)]

    def _other_parts(
        self, chart: RenderedChart, first: ValueBehind, behind: list[ValueBehind]
    ) -> list[Related]:
        """The other values that a field is put together from."""
        if first.exact:
            return []
        others = [value for value in behind if value.direct and value is not first]
        return [
            Related(located.location, f"{format_route(value.route)} is a part of it as well")
            for value in others[:_MOST_PARTS]
            if (located := self._layers(chart, value.route))
        ]

    def _in_text(self, manifest: Manifest, route: Route) -> Located:
        span, found = nearest(manifest.node, route)
        if manifest.chart is None:
            return Located(_location(manifest.file, span))
        above = (found[:end] for end in range(len(found) - 1, 0, -1))
        lines = [span.line, *(nearest(manifest.node, route)[0].line for route in above)]
        return Located(self._template_line(manifest.chart, manifest.file, lines))

    def _template_line(
        self, chart: RenderedChart, rendered: SourceFile, lines: list[int]
    ) -> Location:
        """The template's line behind line `lines[0]` of what it rendered to."""
        template = self._deployment.tree.text(rendered.path)
        if not template:
            return self._packed(chart, rendered.path)
        line = template_line(template, rendered.text, lines)
        return _whole_line(rendered.path, template, line or 1)

    def _template(self, place: TemplatePlace) -> Location:
        if place.template is None:
            return self._start_of_chart(place.chart)
        path = place.chart.template_path(place.template)
        text = self._deployment.tree.text(path)
        if not text:
            return self._packed(place.chart, path)
        whole = _whole_line(path, text, place.line or 1)
        if place.column is None or place.line is None:
            return whole
        return replace(whole, column=place.column, end_column=max(whole.end_column, place.column))

    def _packed(self, chart: RenderedChart, path: str) -> Location:
        """For a template that lies in an archive: the entry of Chart.yaml that brings it."""
        found = chart.subcharts.dependency(path.removeprefix(f"{chart.part.chart}/"))
        return _location(*found) if found else self._start_of_chart(chart)

    def _start_of_chart(self, chart: RenderedChart) -> Location:
        """Chart.yaml, for a chart as a whole; where there is none, what names the chart."""
        folder = chart.part.chart
        path = f"{folder}/Chart.yaml" if folder else "Chart.yaml"
        if self._deployment.tree.is_file(path):
            return Location(path, 1, 1, 1, 1)
        node = chart.part.source.node
        return _location(chart.release.application.file, (node.get("path") or node).span)


def _route_to(root: Node, span: Span) -> tuple[Route, bool, bool] | None:
    """The way to what stands at `span`; whether something is absent, and whether it is a key."""
    pending: list[tuple[Route, Node]] = [((), root)]
    while pending:
        route, node = pending.pop()
        if node.span == span:
            return route, False, False
        if isinstance(node, Mapping):
            for entry in node.entries:
                inner = (*route, entry.name)
                if entry.key.span == span:
                    return inner, False, True
                pending.append((inner, entry.value))
        elif isinstance(node, Sequence):
            pending += [((*route, index), item) for index, item in enumerate(node.items)]
    return None


def _overridden(
    winner: ValuesLayer, layer: ValuesLayer, route: Route, location: Location
) -> Related:
    """What a weaker layer says of `route`: a file replaces a list as a whole."""
    index = next((step for step, key in enumerate(route) if isinstance(key, int)), None)
    whole = None if index is None or winner.argument else layer.locate(route[:index])
    if whole is None:
        return Related(location, "overrides this value")
    return Related(whole, "replaces this whole list")


def _names_all(route: Route) -> bool:
    """Whether a value is Helm's usual one for the names of all objects of a release.

    It moves both ends of every reference alike: where one leads nowhere, a template is wrong.
    """
    return route[-1] in ("nameOverride", "fullnameOverride")


def _with_key(value: Route, place: ManifestPlace) -> Route:
    """The value that brings the key at fault along; () where the template writes the key."""
    key = place.route[-1]
    if not place.key:
        return value
    return value[: value.index(key) + 1] if key in value else ()


def _location(file: SourceFile, span: Span) -> Location:
    return Location(file.path, span.line, span.column, span.end_line, span.end_column)


def _whole_line(path: str, text: str, number: int) -> Location:
    lines = text.split("\n")  # as Go counts them
    line = lines[number - 1] if number <= len(lines) else ""
    start = len(line) - len(line.lstrip()) + 1
    return Location(path, number, start, number, max(start, len(line.rstrip()) + 1))
