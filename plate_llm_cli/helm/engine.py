"""The seam to Helm: what a render needs, what it gives, and who can do it."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from plate_llm_cli.source.nodes import Route


class SetKind(StrEnum):
    """How Helm reads one `key=value` argument: the flag it belongs to."""

    SET = "set"
    STRING = "set-string"
    FILE = "set-file"


@dataclass(frozen=True, slots=True)
class SetArgument:
    """`--set a.b=1` and its relatives, in Helm's own syntax."""

    kind: SetKind
    text: str


class SetInteger(int):
    """An integer that came by `--set`: to Helm an int64, where one from a file is a float64.

    `{{ .Values.uid }}` prints 1000650000 for the one and 1.00065e+09 for the other. Engines keep
    the difference as long as the value in `RenderRequest.values` is of this class.
    """

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What `.Capabilities` says: a version such as `1.37.0`, and API versions beside the core's."""

    kube_version: str
    api_versions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RenderRequest:
    """One `helm template`. `values` are the merged overrides, without the chart's defaults.

    With `root`, the chart's folder is looked over before Helm reads it: a link that leaves the
    root, an endless one, or a chart beyond all size is a failure of kind CHART.

    `strict` makes a failure of every key that a template reads and no map has, which Helm prints as
    nothing. The library can do that; to the binary it is a failure of kind TEMPLATE.
    """

    chart: Path
    release_name: str
    namespace: str
    values: dict[str, Any]
    capabilities: Capabilities
    include_crds: bool = True
    skip_tests: bool = False
    skip_schema: bool = False
    root: Path | None = None
    strict: bool = False


@dataclass(frozen=True, slots=True)
class RenderedDocument:
    """One object as `helm template` prints it.

    `template` is the name in its `# Source:` comment (`chart/templates/x.yaml`), `text` the
    YAML between that line and the next `---`, newlines at its end included, `hook` True for hooks
    and tests. A file in crds/ with several documents gives one of these for each.
    """

    template: str
    text: str
    hook: bool = False
    crd: bool = False


@dataclass(frozen=True, slots=True)
class Rendering:
    """What a chart came to, in the order in which `helm template` prints it.

    `notes` are things to know that did not stop Helm. `missing` names the dependencies that are
    switched on but not in `charts/`: their objects are not among the documents.
    """

    documents: tuple[RenderedDocument, ...]
    notes: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()


class FailureKind(StrEnum):
    """Why a render gave nothing."""

    RELEASE = "release"
    CHART = "chart"
    DEPENDENCY = "dependency"
    VALUES = "values"
    SCHEMA = "schema"
    TEMPLATE = "template"
    OUTPUT = "output"
    TIMEOUT = "timeout"
    CRASH = "crash"


@dataclass(frozen=True, slots=True)
class TemplateFrame:
    """One step of the way to a template error; `name` is what was executing, as Helm calls it."""

    template: str
    line: int
    column: int | None = None
    name: str = ""
    expression: str = ""


@dataclass(frozen=True, slots=True)
class Violation:
    """One value that a chart's values.schema.json does not allow.

    `route` leads to it in the values of `chart`, which for a subchart are the ones below its name;
    digits count as an index, as Helm does not tell them from a key.
    """

    chart: str
    route: Route
    message: str


@dataclass(frozen=True, slots=True)
class RenderFailure:
    """Helm refused. `template`, `line` and `column` (from 1) say where, as far as Helm told.

    `template` is a template's name as in `RenderedDocument`, or None. `frames` lead from the
    template that Helm ran, first, to the place that failed, last. With kind OUTPUT the position
    has no line in the template: `output` is the document that Helm could not read, `output_line`
    the line of it that Helm complains of. `notes` are as in `Rendering`.
    """

    kind: FailureKind
    message: str
    template: str | None = None
    line: int | None = None
    column: int | None = None
    frames: tuple[TemplateFrame, ...] = ()
    violations: tuple[Violation, ...] = ()
    output: str = ""
    output_line: int | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LintMessage:
    """One line of `helm lint`: severity is 'info', 'warning' or 'error'; path is in the chart."""

    severity: str
    path: str
    message: str
    line: int | None = None
    column: int | None = None


@dataclass(frozen=True, slots=True)
class LintReport:
    """What `helm lint` says of one chart with one set of values."""

    messages: tuple[LintMessage, ...] = field(default_factory=tuple)


class HelmEngine(Protocol):
    """Renders charts. Made for many requests; closed once.

    Implementations never raise for what is wrong with a chart: that is a `RenderFailure`.
    They raise `EngineError` when Helm itself cannot be had.
    """

    def render_many(self, requests: Iterable[RenderRequest]) -> Iterator[Rendering | RenderFailure]:
        """One answer a request, in the order of the requests."""
        ...

    def render_variants(
        self, request: RenderRequest, variants: Iterable[dict[str, Any]]
    ) -> Iterator[dict[str, str] | RenderFailure]:
        """For each set of values: the templates whose text differs from the request's own render.

        `variants` are whole value maps that take the place of `request.values`. Texts are raw
        (as rendered, before documents are split) by template name; a template that is not
        rendered any more has the text ''. When the request itself fails, every difference
        counts from nothing: the answer then holds all templates.
        """
        ...

    def texts(self, request: RenderRequest) -> dict[str, str] | RenderFailure:
        """What each template renders to, by name: raw, as in `render_variants`."""
        ...

    def lint(self, request: RenderRequest) -> LintReport:
        """`helm lint` with the request's values and Kubernetes version."""
        ...

    def parse_set(self, argument: SetArgument) -> dict[str, Any] | RenderFailure:
        """The values that one `--set`-like argument stands for, typed as Helm types them.

        Integers are `SetInteger`: merged as they are, they render as `--set` makes them.
        """
        ...

    def close(self) -> None:
        """Release what the engine holds. Safe to call twice."""
        ...
