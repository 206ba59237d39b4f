"""The files that a deployment is made of, as text: what stands there is in Git for everybody."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from plate_llm_cli.source.nodes import Mapping, Scalar, Sequence, SourceFile, Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plate_llm_cli.gitops.releases import Release
    from plate_llm_cli.graph.deployment import Deployment
    from plate_llm_cli.source.nodes import Node, Route


@dataclass(frozen=True, slots=True)
class SetText:
    """A text that a value file, or an Application, sets for a chart."""

    file: SourceFile
    span: Span
    name: str
    """The key that it stands under."""
    text: str


def written_files(deployment: Deployment) -> list[tuple[SourceFile, tuple[str, ...]]]:
    """Value files, manifests, Applications and templates, each once with the releases it is for."""
    found: dict[str, tuple[SourceFile, list[str]]] = {}
    for release in deployment.releases:
        for file in _files(release, deployment):
            found.setdefault(file.path, (file, []))[1].append(release.name)
    for manifest in deployment.manifests:
        path = manifest.file.path
        if manifest.chart is not None and (path not in found or found[path][1]):
            template = SourceFile(path, deployment.tree.text(path))
            found.setdefault(path, (template, []))[1].append(manifest.release.name)
    return [(file, tuple(sorted(set(names)))) for file, names in found.values()]


def _files(release: Release, deployment: Deployment) -> Iterator[SourceFile]:
    yield release.application.file
    yield from release.files
    for part in release.charts:
        yield from part.value_files
        yield from (layer.file for layer in part.layers if layer.file is not None)
    for folder in release.manifests:
        yield from (deployment.tree.read(path) for path in folder.files)


def set_texts(deployment: Deployment) -> Iterator[SetText]:
    """Every text that a release sets, chart defaults aside; each place once."""
    seen: set[tuple[str, Span]] = set()
    for item in _all(deployment):
        if (item.file.path, item.span) not in seen:
            seen.add((item.file.path, item.span))
            yield item


def _all(deployment: Deployment) -> Iterator[SetText]:
    for release in deployment.releases:
        for file in release.files:
            if file.root is not None:
                yield from _leaves(file, file.root)
        for part in release.charts:
            for layer in part.layers:
                if layer.is_default or layer.file is None or layer.node is None:
                    continue
                if layer.argument is None:
                    yield from _leaves(layer.file, layer.node)
                elif layer.route:
                    text = layer.argument.text.partition("=")[2]
                    yield SetText(layer.file, layer.node.span, str(layer.route[-1]), text)


def _leaves(file: SourceFile, root: Node) -> Iterator[SetText]:
    pending: list[tuple[Route, Span, Node]] = [((), root.span, root)]
    while pending:
        route, span, node = pending.pop()
        if isinstance(node, Mapping):
            pending += [
                ((*route, entry.name), entry.key.span, entry.value) for entry in node.entries
            ]
        elif isinstance(node, Sequence):
            pending += [((*route, index), item.span, item) for index, item in enumerate(node.items)]
        elif isinstance(node, Scalar) and isinstance(node.value, str) and route:
            yield SetText(file, span, str(route[-1]), node.value)
