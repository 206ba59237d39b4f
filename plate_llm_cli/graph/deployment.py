"""The deployment that the rules look at: every release rendered, every file at hand."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from plate_llm_cli.gitops.applications import plain_mapping, text_of
from plate_llm_cli.gitops.releases import LayerKind
from plate_llm_cli.graph import checks
from plate_llm_cli.graph.subcharts import Subcharts
from plate_llm_cli.helm.engine import RenderFailure
from plate_llm_cli.source.nodes import find
from plate_llm_cli.values.merge import coalesce

if TYPE_CHECKING:
    from pathlib import Path

    from plate_llm_cli.gitops.discovery import Discovery
    from plate_llm_cli.gitops.releases import ChartPart, Release, ValuesLayer
    from plate_llm_cli.graph.provenance import Provenance
    from plate_llm_cli.helm.engine import LintReport, Rendering, RenderRequest
    from plate_llm_cli.helm.provenance import Verdict
    from plate_llm_cli.schemas.violations import CheckResult
    from plate_llm_cli.source.nodes import Document, Mapping, Route, SourceFile
    from plate_llm_cli.source.tree import Tree
    from plate_llm_cli.source.violations import ModelViolation


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
    """A chart of a release with the values it got and what became of it."""

    release: Release
    part: ChartPart
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
        defaults = next((item.values for item in self.part.layers if item.is_default), {})
        return _value_at(defaults, route)

    def value_at(self, route: Route) -> Any:
        """What `.Values` has at `route`; None where it has nothing."""
        return _value_at(self.values, route)

    @cached_property
    def values(self) -> dict[str, Any]:
        """What `.Values` holds: the overrides over the chart's own defaults."""
        defaults = [layer for layer in self.part.layers if layer.kind is LayerKind.DEFAULTS]
        return coalesce(defaults[0].values if defaults else {}, self.request.values)

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
        depth = len(PurePosixPath(self.part.chart).parts)
        folders = (self.request.chart, *self.request.chart.parents)
        return Subcharts(folders[depth], self.part.chart)

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


@dataclass(eq=False)
class Deployment:
    """All releases of a tree, or those that were asked for."""

    tree: Tree
    discovery: Discovery
    releases: list[Release]
    charts: list[RenderedChart]
    manifests: list[Manifest]
    kube_version: str
    schema_folders: tuple[Path, ...] = ()
    """Folders with schemas of custom resources, from `--crds`."""
    provenance: Provenance | None = None
    """None when it was not asked for: rendering again and again takes time."""

    @cached_property
    def schema_checks(self) -> list[tuple[Manifest, CheckResult]]:
        """Every object with what the schema of its kind says."""
        return list(checks.schema_checks(self))

    @cached_property
    def argo_checks(self) -> list[tuple[SourceFile, Mapping, ModelViolation]]:
        """What ArgoCD's API has against the Applications and projects."""
        return list(checks.argo_checks(self))

    @cached_property
    def value_checks(self) -> list[tuple[RenderedChart, ModelViolation]]:
        """What the models of the charts have against the merged values."""
        return list(checks.value_checks(self))

    @cached_property
    def value_verdicts(self) -> list[tuple[RenderedChart, Verdict]]:
        """The values that are set and of which nothing was seen to read them."""
        return self.provenance.verdicts(self.charts) if self.provenance else []

    @property
    def crd_documents(self) -> list[Document]:
        """The documents of all files of the tree that hold CustomResourceDefinitions."""
        files = (self.tree.read(path) for path in self.discovery.crds)
        return [document for file in files for document in file.documents]

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the releases, sorted."""
        return tuple(sorted(release.name for release in self.releases))

    def releases_using(self, file: SourceFile) -> tuple[str, ...]:
        """The releases that are made from `file`: its Application, values, or manifests."""
        return tuple(
            sorted(
                release.name
                for release in self.releases
                if release.application.file is file
                or file in release.files
                or any(file in part.value_files for part in release.charts)
                or any(_is_chart_file(part, file) for part in release.charts)
                or any(layer.file is file for part in release.charts for layer in part.layers)
                or any(file.path in part.files for part in release.manifests)
            )
        )


def _is_chart_file(part: ChartPart, file: SourceFile) -> bool:
    return file.path == (f"{part.chart}/Chart.yaml" if part.chart else "Chart.yaml")
