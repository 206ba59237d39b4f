"""The files that a deployment is made of, as text: what stands there is in Git for everybody."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from plate_llm_cli.gitops.applications import items_of, text_of
from plate_llm_cli.source.nodes import Mapping, Scalar, Sequence, SourceFile, Span
from plate_llm_cli.source.reader import parse_block

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plate_llm_cli.gitops.releases import Release
    from plate_llm_cli.graph.deployment import Deployment
    from plate_llm_cli.source.nodes import Node


@dataclass(frozen=True, slots=True, eq=False)
class SetText:
    """A text that a value file, or an Application, sets for a chart."""

    release: Release
    file: SourceFile
    span: Span
    name: str
    """The key that it stands under."""
    text: str

    @property
    def is_rendered(self) -> bool:
        """Whether the chart is in the tree, so that what becomes of it is seen."""
        return bool(self.release.charts)


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
    """Every text that a release sets, chart defaults aside; once for each release."""
    for release in deployment.releases:
        for file, root in _roots(release):
            for name, span, text in _leaves(root):
                yield SetText(release, file, span, name, text)
        for source in release.application.sources:
            for node in items_of(source.helm_field("parameters")):
                value = node.get("value") if isinstance(node, Mapping) else None
                if isinstance(node, Mapping) and value is not None:
                    name = text_of(node.get("name")).rpartition(".")[2]
                    file = release.application.file
                    yield SetText(release, file, value.span, name, text_of(value))


def _roots(release: Release) -> Iterator[tuple[SourceFile, Node]]:
    """Where values begin: in their files, and in the Application, wherever its chart may be."""
    read = [*release.files, *(file for part in release.charts for file in part.value_files)]
    yield from ((file, file.root) for file in read if file.root is not None)
    for source in release.application.sources:
        values, text = source.helm_field("valuesObject"), source.helm_field("values")
        if values is not None:
            yield release.application.file, values
        elif isinstance(text, Scalar) and text_of(text).strip():
            inner = parse_block(release.application.file, text)
            if inner.root is not None:
                yield inner, inner.root


def _leaves(root: Node) -> Iterator[tuple[str, Span, str]]:
    """The texts below `root`: the key that each stands under, its place, and the text."""
    pending: list[tuple[str, Span, Node]] = [("", root.span, root)]
    while pending:
        name, span, node = pending.pop()
        if isinstance(node, Mapping):
            pending += [(entry.name, entry.key.span, entry.value) for entry in node.entries]
        elif isinstance(node, Sequence):
            pending += [(name, item.span, item) for item in node.items]
        elif isinstance(node, Scalar) and isinstance(node.value, str) and name:
            yield name, span, node.value
