"""What keeps a release from being printed: it would not be what ArgoCD applies."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from plate_llm_cli.gitops.releases import ProblemKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plate_llm_cli.gitops.releases import Release
    from plate_llm_cli.graph.deployment import Deployment
    from plate_llm_cli.graph.manifests import RenderedChart
    from plate_llm_cli.source.nodes import SourceFile

_NOTICES = frozenset(
    {
        ProblemKind.REMOTE_SOURCE,
        ProblemKind.REMOTE_VALUE_FILE,
        ProblemKind.UNSUPPORTED_SOURCE,
        ProblemKind.IGNORED_VALUES,
        ProblemKind.DUPLICATE_NAME,
    }
)
"""ArgoCD applies the release all the same, or what is missing is not in this tree to be had."""


@dataclass(frozen=True, slots=True)
class Remark:
    """Something to say about a release; with `refuses` it is not printed."""

    release: Release
    place: str
    message: str
    refuses: bool = True

    def __str__(self) -> str:
        return f"{self.place}: {self.message}"


def remarks(deployment: Deployment) -> list[Remark]:
    """Everything there is to say, in the order of the releases, the same thing only once."""
    found = [remark for release in deployment.releases for remark in _of(deployment, release)]
    return list({(id(item.release), str(item)): item for item in found}.values())


def without_refused(deployment: Deployment, said: list[Remark]) -> Deployment:
    """`deployment` with the releases only that can be printed whole."""
    refused = {id(remark.release) for remark in said if remark.refuses}
    return replace(
        deployment,
        releases=[item for item in deployment.releases if id(item) not in refused],
        charts=[item for item in deployment.charts if id(item.release) not in refused],
        plain=[item for item in deployment.plain if id(item.release) not in refused],
    )


def _of(deployment: Deployment, release: Release) -> Iterator[Remark]:
    for problem in release.problems:
        place = f"{problem.file.path}:{problem.span.line}:{problem.span.column}"
        refuses = problem.kind not in _NOTICES
        yield Remark(release, place, problem.message, refuses=refuses)
    for part in release.charts:
        yield from _broken(release, part.value_files)
    for folder in release.manifests:
        yield from _broken(release, [deployment.tree.read(path) for path in folder.files])
    for chart in deployment.charts:
        if chart.release is release and chart.failure is not None and chart.part.complete:
            yield _failed(chart)


def _broken(release: Release, files: list[SourceFile]) -> Iterator[Remark]:
    for file in files:
        if file.broken:
            problem = file.problems[0]
            place = f"{file.path}:{problem.span.line}:{problem.span.column}"
            yield Remark(release, place, problem.message)


def _failed(chart: RenderedChart) -> Remark:
    failure = chart.failure
    template = failure.template if failure else None
    place = chart.template_path(template) if template else chart.part.chart or "Chart.yaml"
    if failure and failure.line:
        place += f":{failure.line}:{failure.column or 1}"
    message = failure.message if failure else ""
    return Remark(chart.release, place, f"{chart.release.name}: {message}")
