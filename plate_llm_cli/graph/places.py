"""Places: how a rule says where something is, without counting lines."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from plate_llm_cli.graph.manifests import Manifest, RenderedChart
    from plate_llm_cli.source.nodes import Node, Route, SourceFile, Span


@dataclass(frozen=True, slots=True)
class FilePlace:
    """A range of a file of the tree."""

    file: SourceFile
    span: Span

    @classmethod
    def of(cls, file: SourceFile, node: Node) -> FilePlace:
        """Where `node` of `file` stands."""
        return cls(file, node.span)


@dataclass(frozen=True, slots=True)
class ManifestPlace:
    """A field of an object: found behind it are a value, a template line, or a file's line.

    `absent` says that something is missing at `route`: no value that is there can be the cause.
    `key` says that the last key of `route` is at fault, whatever stands under it.
    """

    manifest: Manifest
    route: Route = ()
    absent: bool = False
    key: bool = False


@dataclass(frozen=True, slots=True)
class ValuePlace:
    """A value of a release: found at the layer that wins, or at the nearest one that is set."""

    chart: RenderedChart
    route: Route = ()


@dataclass(frozen=True, slots=True)
class TemplatePlace:
    """A line of a template, by the name Helm gives it; of the chart where none is known."""

    chart: RenderedChart
    template: str | None = None
    line: int | None = None
    column: int | None = None


@dataclass(frozen=True, slots=True)
class RenderedPlace:
    """A range of the text that a template rendered to."""

    chart: RenderedChart
    file: SourceFile
    span: Span


Place = FilePlace | ManifestPlace | ValuePlace | TemplatePlace | RenderedPlace
