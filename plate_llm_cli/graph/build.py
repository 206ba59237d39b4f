"""Runs the passes: from the releases of a tree to a deployment that rules can look at."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from plate_llm_cli.errors import UsageError
from plate_llm_cli.gitops.applications import API_GROUP
from plate_llm_cli.gitops.releases import (
    LayerKind,
    ProblemKind,
    Release,
    ReleaseProblem,
    ValuesLayer,
)
from plate_llm_cli.graph.deployment import Deployment
from plate_llm_cli.graph.manifests import Manifest, RenderedChart, objects_of
from plate_llm_cli.graph.nested import MAX_GENERATIONS, nested_releases
from plate_llm_cli.graph.set_values import conflict, put_parsed, route_of, split_arguments
from plate_llm_cli.helm.capabilities import core_api_versions
from plate_llm_cli.helm.engine import (
    Capabilities,
    FailureKind,
    RenderFailure,
    RenderRequest,
    SetArgument,
)
from plate_llm_cli.values.merge import merge

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from plate_llm_cli.gitops.discovery import Discovery
    from plate_llm_cli.gitops.releases import ChartPart
    from plate_llm_cli.graph.provenance import Provenance
    from plate_llm_cli.helm.engine import HelmEngine, Rendering
    from plate_llm_cli.helm.vendoring import Vendoring
    from plate_llm_cli.source.tree import Tree

_FETCH = "HTTP request failed"
_NOT_FETCHED = (
    "values.schema.json refers to another address, which is not fetched: "
    "the values are not checked against it"
)


@dataclass(frozen=True, slots=True)
class RenderOptions:
    """What the command line adds to what the Applications say.

    `values` and `arguments` come on top of everything, as Helm's own flags would.
    """

    kube_version: str
    api_versions: tuple[str, ...] = ()
    values: tuple[tuple[str, dict[str, Any]], ...] = ()
    arguments: tuple[SetArgument, ...] = ()
    include_crds: bool | None = None
    lint: bool = False
    schema_folders: tuple[Path, ...] = ()
    provenance: bool = False
    nested: bool = False


class Builder:
    """Renders releases with one engine and one set of options."""

    def __init__(
        self,
        tree: Tree,
        discovery: Discovery,
        engine: HelmEngine,
        options: RenderOptions,
        vendoring: Vendoring | None = None,
    ) -> None:
        """Without `vendoring`, dependencies that lie in the tree but not in charts/ are absent."""
        self._tree = tree
        self._discovery = discovery
        self._engine = engine
        self._options = options
        self._vendoring = vendoring

    def build(self, releases: list[Release]) -> Deployment:
        """`releases` rendered, with every object that they apply.

        With `nested`, Applications among the objects of a chart are releases as well, and so on;
        so are those that ApplicationSets among them make.
        """
        everything, charts = list(releases), list[RenderedChart]()
        set_problems: list[ReleaseProblem] = []
        pending = releases
        for _ in range(MAX_GENERATIONS):
            rendered = self._render(pending)
            charts += rendered
            if not self._options.nested:
                break
            applied = [item for chart in rendered for item in chart.manifests_with(API_GROUP)]
            nested = nested_releases(applied, everything, self._discovery, self._tree, self._engine)
            set_problems += nested.set_problems
            pending = nested.releases
            everything += pending
            if not pending:
                break
        return Deployment(
            self._tree,
            self._discovery,
            everything,
            charts,
            [item for release in everything for item in self._plain_manifests(release)],
            self._options.kube_version,
            self._options.schema_folders,
            self._provenance() if self._options.provenance else None,
            set_problems=[*self._discovery.set_problems, *set_problems],
        )

    def _render(self, releases: list[Release]) -> list[RenderedChart]:
        parts = [(release, part) for release in releases for part in release.charts]
        requests = [self._request(release, part) for release, part in parts]
        outcomes = [
            self._without_foreign_schema(request, outcome)
            for request, outcome in zip(requests, self._engine.render_many(requests), strict=True)
        ]
        charts = [
            RenderedChart(release, part, self._tree.root, request, outcome)
            for (release, part), request, outcome in zip(parts, requests, outcomes, strict=True)
        ]
        for chart in charts:
            if self._options.lint and not _ended_helm(chart.failure):
                # What has rendered has passed the schema, which Helm would compile once more.
                skip = chart.request.skip_schema or chart.failure is None
                chart.lint = self._engine.lint(replace(chart.request, skip_schema=skip))
        return charts

    def _without_foreign_schema(
        self, request: RenderRequest, outcome: Rendering | RenderFailure
    ) -> Rendering | RenderFailure:
        """The chart rendered without its schema, when that refers to what must not be fetched."""
        if not isinstance(outcome, RenderFailure) or _FETCH not in outcome.message:
            return outcome
        (again,) = self._engine.render_many([replace(request, skip_schema=True)])
        if isinstance(again, RenderFailure):
            return again
        return replace(again, notes=(*again.notes, _NOT_FETCHED))

    def _provenance(self) -> Provenance:
        from plate_llm_cli.graph.provenance import Provenance  # noqa: PLC0415 - 30 ms, not for all

        return Provenance(self._engine)

    def _request(self, release: Release, part: ChartPart) -> RenderRequest:
        part.layers += self._command_line()
        options = self._options
        include_crds = part.include_crds if options.include_crds is None else options.include_crds
        version = part.kube_version.removeprefix("v") or options.kube_version
        copy = self._vendoring.copy(part.chart) if self._vendoring else None
        return RenderRequest(
            chart=copy or self._tree.root / part.chart,
            root=None if copy else self._tree.root,  # what was copied was looked over
            release_name=part.release_name,
            namespace=part.namespace,
            values=self._merged(release, part),
            capabilities=Capabilities(version, self._api_versions(version, part)),
            include_crds=include_crds,
            skip_tests=part.skip_tests,
            skip_schema=part.skip_schema,
        )

    def _api_versions(self, version: str, part: ChartPart) -> tuple[str, ...]:
        """What ArgoCD names to Helm: the cluster's, unless the Application lists others."""
        of_cluster = (*core_api_versions(version), *self._options.api_versions)
        return part.api_versions or of_cluster

    def _command_line(self) -> list[ValuesLayer]:
        layers = [
            ValuesLayer(LayerKind.COMMAND_LINE, f"--values {name}", values)
            for name, values in self._options.values
        ]
        for argument in self._options.arguments:
            layers += [
                ValuesLayer(
                    LayerKind.COMMAND_LINE,
                    # Without the value: it may be a secret, and is in nobody's Git history.
                    f"--{argument.kind} {assignment.partition('=')[0]}",
                    argument=replace(argument, text=assignment),
                    route=route_of(assignment),
                )
                for assignment in split_arguments(argument.text)
            ]
        return layers

    def _merged(self, release: Release, part: ChartPart) -> dict[str, Any]:
        """The values over the chart's defaults. Helm reads all files before any `--set`."""
        values: dict[str, Any] = {}
        for layer in part.layers:
            if layer.argument is None and layer.kind is not LayerKind.DEFAULTS:
                values = merge(values, layer.values)
        for layer in part.layers:
            if layer.argument is not None:
                values = self._with_argument(values, release, layer, layer.argument)
        return values

    def _with_argument(
        self, values: dict[str, Any], release: Release, layer: ValuesLayer, argument: SetArgument
    ) -> dict[str, Any]:
        for assignment in split_arguments(argument.text):
            parsed = self._engine.parse_set(replace(argument, text=assignment))
            route = route_of(assignment)
            if isinstance(parsed, RenderFailure):
                _report_argument(release, layer, parsed.message)
            elif said := conflict(values, route):
                _report_argument(release, layer, said)
            else:
                values = put_parsed(values, route, parsed)
        return values

    def _plain_manifests(self, release: Release) -> Iterator[Manifest]:
        for part in release.manifests:
            for path in part.files:
                file = self._tree.read(path)
                for document in file.documents:
                    for node in objects_of(document.root):
                        yield Manifest(release, file, node)


def _ended_helm(failure: RenderFailure | None) -> bool:
    """Whether linting the chart, which renders it once more, would end the same way as late."""
    return failure is not None and failure.kind in (FailureKind.TIMEOUT, FailureKind.CRASH)


def _report_argument(release: Release, layer: ValuesLayer, said: str) -> None:
    message = f"{layer.label} cannot be set: {said}"
    if layer.file is None or layer.node is None:  # of the command line
        raise UsageError(f"{release.name}: {message}")
    release.problems.append(
        ReleaseProblem(ProblemKind.INVALID_PARAMETER, message, "", layer.file, layer.node.span)
    )
