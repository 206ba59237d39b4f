"""Releases: what an Application deploys, and the values that ArgoCD would give to Helm."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from plate_llm_cli.findings import Location
from plate_llm_cli.source.nodes import Node, Route, Span, nearest

if TYPE_CHECKING:
    from plate_llm_cli.gitops.applications import Application, ApplicationSource
    from plate_llm_cli.helm.engine import SetArgument
    from plate_llm_cli.source.nodes import SourceFile


class LayerKind(StrEnum):
    """Where a layer of values comes from; listed from the weakest to the strongest."""

    DEFAULTS = "chart defaults"
    FILE = "value file"
    VALUES = "helm.values"
    OBJECT = "helm.valuesObject"
    PARAMETER = "parameter"
    FILE_PARAMETER = "file parameter"
    COMMAND_LINE = "command line"


@dataclass(slots=True, eq=False)
class ValuesLayer:
    """One source of values of a release.

    `node` is the mapping that holds the values in `file`; a parameter has `argument` and the
    `route` that it sets instead. `label` names the layer to people.
    """

    kind: LayerKind
    label: str
    values: dict[str, Any] = field(default_factory=dict)
    file: SourceFile | None = None
    node: Node | None = None
    argument: SetArgument | None = None
    route: Route = ()

    @property
    def is_default(self) -> bool:
        """True for the chart's own values.yaml."""
        return self.kind is LayerKind.DEFAULTS

    def route_inside(self, route: Route) -> Route:
        """A route from the root of `file` as one from the root of the values."""
        key = "valuesObject"
        if self.kind is LayerKind.OBJECT and key in route:
            return route[route.index(key) + 1 :]
        return route

    def sets(self, route: Route) -> bool:
        """Whether this layer sets `route` or something that contains it, wherever it stands."""
        if self.argument is not None:
            return bool(self.route) and route[: len(self.route)] == self.route
        value: Any = self.values
        for step in route:
            if not isinstance(value, dict):
                return True
            if step not in value:
                return False
            value = value[step]
        return True

    def locate(self, route: Route) -> Location | None:
        """Where this layer sets `route`, or a list or scalar that contains it; None if not."""
        if self.file is None or self.node is None:
            return None
        if self.argument is not None:
            return self._at(self.node.span) if route[: len(self.route)] == self.route else None
        span, found = nearest(self.node, route)
        if found != route and not (found and self._replaces(found)):
            return None
        return self._at(span)

    def _replaces(self, route: Route) -> bool:
        value: Any = self.values
        for step in route:
            value = value[step]
        return not isinstance(value, dict)

    def _at(self, span: Span) -> Location:
        path = self.file.path if self.file else ""
        return Location(path, span.line, span.column, span.end_line, span.end_column)


class ProblemKind(StrEnum):
    """What can keep a release from being what its Application says."""

    MISSING_PATH = "missing-path"
    OUTSIDE_ROOT = "outside-root"
    MISSING_VALUE_FILE = "missing-value-file"
    REMOTE_SOURCE = "remote-source"
    REMOTE_VALUE_FILE = "remote-value-file"
    UNKNOWN_REF = "unknown-ref"
    IGNORED_CHART = "ignored-chart"
    IGNORED_VALUES = "ignored-values"
    INVALID_VALUES = "invalid-values"
    SEVERAL_DOCUMENTS = "several-documents"
    INVALID_PARAMETER = "invalid-parameter"
    UNSUPPORTED_SOURCE = "unsupported-source"
    DUPLICATE_NAME = "duplicate-name"
    NAMESAKE = "namesake"
    UNEXPANDED_SET = "unexpanded-set"
    INVALID_SET = "invalid-set"
    EMPTY_GENERATOR = "empty-generator"


@dataclass(frozen=True, slots=True)
class ReleaseProblem:
    """A defect of an Application or of what it points at, with its place."""

    kind: ProblemKind
    message: str
    help: str
    file: SourceFile
    span: Span
    related: tuple[tuple[SourceFile, Span, str], ...] = ()


@dataclass(slots=True, eq=False)
class ChartPart:
    """A Helm chart that a release renders: its folder in the tree, and the name it gives itself."""

    source: ApplicationSource
    chart: str
    chart_name: str
    release_name: str
    namespace: str
    layers: list[ValuesLayer]
    values_model: str = ""
    """The model that its values follow, from an annotation of Chart.yaml; '' where none does."""
    kube_version: str = ""
    api_versions: tuple[str, ...] = ()
    include_crds: bool = True
    skip_tests: bool = False
    skip_schema: bool = False
    value_files: list[SourceFile] = field(default_factory=list)
    """The value files that the Application names, those that cannot be read included."""
    complete: bool = True
    """False when a value file could not be had: what is rendered is not what would be deployed."""


@dataclass(slots=True, eq=False)
class ManifestsPart:
    """A folder of plain manifests that a release applies as they are; `files` are its paths."""

    source: ApplicationSource
    path: str
    files: list[str]


@dataclass(slots=True, eq=False)
class Release:
    """One Application and what it deploys. Releases of one cluster and namespace meet there."""

    application: Application
    charts: list[ChartPart] = field(default_factory=list)
    manifests: list[ManifestsPart] = field(default_factory=list)
    problems: list[ReleaseProblem] = field(default_factory=list)
    files: list[SourceFile] = field(default_factory=list)
    """Value files for charts that are not in this tree."""

    @property
    def name(self) -> str:
        """The Application's name."""
        return self.application.name

    @property
    def namespace(self) -> str:
        """The namespace deployed to."""
        return self.application.namespace

    @property
    def place(self) -> tuple[str, str]:
        """Cluster and namespace: releases that share it form an environment."""
        return (self.application.cluster, self.application.namespace)
