"""Where objects come from: Applications, their charts and manifests, and the files of values."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plate_llm_cli.gitops.applications import API_GROUP
from plate_llm_cli.gitops.releases import LayerKind, ProblemKind
from plate_llm_cli.graph.drawing.draft import field
from plate_llm_cli.graph.drawing.model import Column, Node
from plate_llm_cli.graph.places import FilePlace

if TYPE_CHECKING:
    from plate_llm_cli.gitops.releases import ChartPart, Release
    from plate_llm_cli.graph.drawing.draft import Draft
    from plate_llm_cli.graph.drawing.model import NodeKey

_MISSING = {
    ProblemKind.MISSING_VALUE_FILE: ("Value file", Column.VALUES),
    ProblemKind.MISSING_PATH: ("Chart", Column.CHART),
}


def add_sources(draft: Draft) -> None:
    """Every Application of the cluster, and what it is made from."""
    there = [item for item in draft.deployment.releases if draft.covers(item.place)]
    for release in there:
        _add_release(draft, release)
    names = {release.name: application_key(release) for release in there}
    for manifest in draft.manifests:
        applied = manifest.kind == "Application" and manifest.api_version.startswith(API_GROUP)
        parent = names.get(manifest.release.name)
        if applied and parent and manifest.name in names:
            place = field(manifest, "metadata", "name")
            draft.link(parent, names[manifest.name], "applies", place)


def application_key(release: Release) -> NodeKey:
    """The node of a release's Application."""
    return ("Application", *release.application.identity)


def _add_release(draft: Draft, release: Release) -> None:
    application = release.application
    path = application.file.path
    key = draft.add(Node(application_key(release), Column.APPLICATION, release.name, path=path))
    for part in release.charts:
        _add_chart(draft, key, part, release)
    for folder in release.manifests:
        target = draft.add(
            Node(("Manifests", "", folder.path or "."), Column.CHART, path=folder.path)
        )
        draft.link(key, target, "applies", FilePlace.of(application.file, folder.source.node))
    for source in application.sources:
        if source.chart:
            name = f"{source.repo_url.rstrip('/')}/{source.chart}"
            notes = ("not in this tree", source.revision) if source.revision else ()
            target = draft.add(Node(("Chart", "", name), Column.CHART, "", notes))
            draft.link(key, target, "renders", FilePlace.of(application.file, source.node))
    for problem in release.problems:
        if problem.kind in _MISSING:
            kind, column = _MISSING[problem.kind]
            written = problem.file.line(problem.span.line)
            name = written[problem.span.column - 1 : problem.span.end_column - 1].strip("'\"")
            target = draft.asked((kind, "", name), column)
            draft.link(key, target, "", FilePlace(problem.file, problem.span))


def _add_chart(draft: Draft, application: NodeKey, part: ChartPart, release: Release) -> None:
    file = release.application.file
    name = ("Chart", "", part.chart or part.chart_name or ".")
    chart = draft.add(Node(name, Column.CHART, path=part.chart))
    draft.link(application, chart, "renders", FilePlace.of(file, part.source.node))
    given = [layer.kind.value for layer in part.layers]
    inline = [kind.value for kind in (LayerKind.VALUES, LayerKind.OBJECT) if kind.value in given]
    count = given.count(LayerKind.PARAMETER) + given.count(LayerKind.FILE_PARAMETER)
    if count:
        inline.append(f"{count} {'parameter' if count == 1 else 'parameters'}")
    draft.add(Node(application, Column.APPLICATION, release.name, tuple(inline)))
    for layer in part.layers:
        if layer.kind is LayerKind.FILE and layer.file is not None:
            path = layer.file.path
            values = draft.add(Node(("Value file", "", path), Column.VALUES, path=path))
            draft.link(application, values, "")
            draft.link(values, chart, "")
