"""Where to change what, when Helm gives nothing: its own position, or what it speaks of."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from plate_llm_cli.graph.places import FilePlace, Place, RenderedPlace, TemplatePlace
from plate_llm_cli.graph.template_lines import unclosed_line
from plate_llm_cli.helm.engine import FailureKind
from plate_llm_cli.source.nodes import ProblemKind, Span, find
from plate_llm_cli.source.reader import parse_text

if TYPE_CHECKING:
    from plate_llm_cli.graph.deployment import Deployment
    from plate_llm_cli.graph.manifests import RenderedChart
    from plate_llm_cli.helm.engine import RenderFailure
    from plate_llm_cli.source.nodes import SourceFile

_CANNOT_LOAD = re.compile(r"cannot load (?P<file>Chart\.yaml|values\.yaml|requirements\.yaml): ")
_SPEAKS_OF = {
    "charts are not installable": "type",
    "chart requires kubeVersion": "kubeVersion",
    "chart.metadata.version": "version",
    "chart.metadata.name": "name",
    "invalid chart apiVersion": "apiVersion",
}
"""What Helm says of a chart, with the field of Chart.yaml that it is about."""


def failure_place(
    deployment: Deployment, chart: RenderedChart, failure: RenderFailure
) -> Place | None:
    """Where the failure is to be mended; None where a file's own defect says it already."""
    if failure.kind is FailureKind.RELEASE:
        return _release_name(chart)
    if failure.output and failure.template is not None:
        return _output(chart, failure)
    if failure.template is None:
        return _chart_file(deployment, chart, failure.message)
    if "unexpected EOF" in failure.message:
        path = chart.template_path(failure.template)
        opened = unclosed_line(deployment.tree.text(path))
        if opened is not None:
            return TemplatePlace(chart, failure.template, opened)
    return TemplatePlace(chart, failure.template, failure.line, failure.column)


def _release_name(chart: RenderedChart) -> Place:
    application = chart.release.application
    node = chart.part.source.helm_field("releaseName") or application.name_node
    return FilePlace.of(application.file, node)


def _output(chart: RenderedChart, failure: RenderFailure) -> Place:
    """The template line behind the line that cannot be read; Helm's own count is often off."""
    file = parse_text(failure.output, chart.template_path(failure.template or ""))
    broken = [problem.span for problem in file.problems if problem.kind is ProblemKind.SYNTAX]
    line = failure.output_line or 1
    return RenderedPlace(chart, file, broken[0] if broken else Span(line, 1, line, 1))


def _chart_file(deployment: Deployment, chart: RenderedChart, message: str) -> Place | None:
    match = _CANNOT_LOAD.search(message)
    path = _inside(chart, match["file"] if match else "Chart.yaml")
    known = path in deployment.tree.files
    if not known and not deployment.tree.is_file(path):
        return TemplatePlace(chart)
    file = deployment.tree.read(path)
    if match and file.broken:
        return None if known else FilePlace(file, file.problems[0].span)
    return _field(file, message) or TemplatePlace(chart)


def _field(file: SourceFile, message: str) -> Place | None:
    for said, name in _SPEAKS_OF.items():
        node = find(file.root, (name,)) if said in message else None
        if node is not None:
            return FilePlace.of(file, node)
    return None


def _inside(chart: RenderedChart, name: str) -> str:
    return f"{chart.part.chart}/{name}" if chart.part.chart else name
