"""`render --show-only`: what some templates render, and nothing else."""

from __future__ import annotations

from dataclasses import replace
from difflib import get_close_matches
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from plate_llm_cli.errors import UsageError
from plate_llm_cli.helm.engine import Rendering

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from plate_llm_cli.graph.deployment import Deployment
    from plate_llm_cli.graph.manifests import Manifest, RenderedChart


def only(deployment: Deployment, patterns: Iterable[str]) -> tuple[Deployment, list[str]]:
    """What `patterns` name: a template's path in its chart, as it follows `# Source:`, or in the
    tree; `*` stands for any letters.

    Returns:
        The rest of `deployment`, and the patterns whose templates exist but render to nothing.

    Raises:
        UsageError: a pattern names no template.
    """
    wanted = [pattern.removeprefix("./") for pattern in patterns]
    sources = list(dict.fromkeys(_sources(deployment)))
    idle = [pattern for pattern in wanted if not any(_named(item, pattern) for item in sources)]
    for pattern in idle:
        if not _exists(deployment, pattern):
            raise UsageError(f"no template {pattern!r}", _hint(pattern, sources))
    charts = [_narrowed(chart, wanted) for chart in deployment.charts]
    plain = [item for item in deployment.plain if _matches(_names(item), wanted)]
    return replace(deployment, charts=charts, plain=plain), idle


def _sources(deployment: Deployment) -> Iterator[tuple[str, ...]]:
    """For each template that rendered something: the names it goes by."""
    for chart in deployment.charts:
        if isinstance(chart.outcome, Rendering):
            yield from (_names_in(chart, item.template) for item in chart.outcome.documents)
    for release in deployment.releases:
        yield from ((path,) for part in release.manifests for path in part.files)


def _names_in(chart: RenderedChart, template: str) -> tuple[str, ...]:
    return (template.partition("/")[2], template, chart.template_path(template))


def _names(manifest: Manifest) -> tuple[str, ...]:
    path = manifest.file.path
    return (manifest.template.partition("/")[2], manifest.template, path)


def _named(names: Iterable[str], pattern: str) -> bool:
    return any(fnmatchcase(name, pattern) for name in names)


def _matches(names: tuple[str, ...], patterns: list[str]) -> bool:
    return any(_named(names, pattern) for pattern in patterns)


def _narrowed(chart: RenderedChart, wanted: list[str]) -> RenderedChart:
    if not isinstance(chart.outcome, Rendering):
        return chart
    documents = chart.outcome.documents
    kept = tuple(item for item in documents if _matches(_names_in(chart, item.template), wanted))
    return replace(chart, outcome=replace(chart.outcome, documents=kept))


def _exists(deployment: Deployment, pattern: str) -> bool:
    """Whether some chart has the template, though nothing came of it."""
    for chart in deployment.charts:
        folder = deployment.tree.root / chart.part.chart / "templates"
        files = [item.name for item in folder.iterdir()] if folder.is_dir() else []
        if _matches(tuple(f"templates/{name}" for name in files), [pattern]):
            return True
    return False


def _hint(pattern: str, sources: list[tuple[str, ...]]) -> str:
    known = list(dict.fromkeys(names[0] for names in sources))
    near = get_close_matches(pattern, known, 1)
    return f"did you mean {near[0]}?" if near else f"rendered are: {', '.join(known) or 'none'}"
