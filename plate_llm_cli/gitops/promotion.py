"""Moves values from one environment to the next: what to change, and in which file."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from plate_llm_cli.errors import UsageError
from plate_llm_cli.gitops.application_sets.made import require_written
from plate_llm_cli.gitops.applications import text_of
from plate_llm_cli.gitops.releases import LayerKind
from plate_llm_cli.source.edit import set_value
from plate_llm_cli.source.nodes import Mapping, Sequence, find, format_route
from plate_llm_cli.source.reader import parse_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from plate_llm_cli.gitops.releases import ChartPart, Release, ValuesLayer
    from plate_llm_cli.source.changes import Changes
    from plate_llm_cli.source.nodes import Node, Plain, Route, SourceFile

TAG: Final[Route] = ("image", "tag")
DIGEST: Final[Route] = ("image", "digest")
PULL_POLICY: Final[Route] = ("image", "pullPolicy")
_MOVING: Final = frozenset(
    {"latest", "main", "master", "develop", "dev", "edge", "nightly", "canary", "stable"}
)
_VERSION: Final = re.compile(r"v?(\d{1,9}(?:\.\d{1,9}){0,3})(?:-([0-9A-Za-z.-]{1,64}))?(?:\+.*)?")


@dataclass(frozen=True, slots=True)
class Move:
    """A value that the target gets: where, from what to what, and the layer that sets it there."""

    route: Route
    before: Plain
    after: Plain
    path: str
    layer: str

    @property
    def backwards(self) -> bool:
        """True when one version follows another that is newer."""
        old, new = _version(self.before), _version(self.after)
        return old is not None and new is not None and new < old


def is_moving(tag: Plain, pull_policy: Plain) -> bool:
    """Whether a tag means another image tomorrow: by its name, or because it is always pulled."""
    return pull_policy == "Always" or (isinstance(tag, str) and tag.lower() in _MOVING)


def same_chart(source: Release, target: Release) -> tuple[int, int]:
    """Which charts of the two releases are the same one, by their place in each.

    Raises:
        UsageError: none is.
    """
    for first, part in enumerate(source.charts):
        for second, other in enumerate(target.charts):
            if part.chart == other.chart:
                return first, second
    charts = [", ".join(part.chart for part in item.charts) for item in (source, target)]
    message = f"{source.name} and {target.name} deploy different charts"
    hint = f"{charts[0] or 'none'} and {charts[1] or 'none'}: name two releases of one chart"
    raise UsageError(message, hint)


class TargetValues:
    """The values of a release's chart as they can be edited; `others` are all other releases."""

    def __init__(self, release: Release, part: ChartPart, others: Iterable[Release]) -> None:
        self._release = release
        self._part = part
        self._shared = {
            layer.label: other.name
            for other in others
            for each in other.charts
            for layer in each.layers
            if layer.kind is LayerKind.FILE and other is not release
        }

    def put(self, changes: Changes, route: Route, before: Plain, after: Plain) -> Move:
        """Plan that `route` holds `after`, in the layer that wins there; comments stay.

        Raises:
            EditError: what stands there cannot be edited.
            UsageError: nothing that is the release's own can hold it.
        """
        layer = self._layer(route)
        path = layer.label if layer.kind is LayerKind.FILE else self._release.application.file.path
        text = changes.text(path)
        if text is None:
            raise UsageError(f"{path} is no file of this tree")
        changes.put(path, self._edited(text, layer, route, after))
        return Move(route, before, after, path, layer.label)

    def _layer(self, route: Route) -> ValuesLayer:
        """The one that sets `route` now, else the last value file that is the release's own."""
        for layer in reversed(self._part.layers):
            if not layer.is_default and layer.sets(route):
                self._refuse_shared(layer, route)
                return layer
        for layer in reversed(self._part.layers):
            if layer.kind is LayerKind.FILE and layer.label not in self._shared:
                return layer
        message = f"{self._release.name} has no value file of its own for {format_route(route)}"
        raise UsageError(message, "add one to helm.valueFiles of its Application")

    def _refuse_shared(self, layer: ValuesLayer, route: Route) -> None:
        if layer.kind is LayerKind.FILE_PARAMETER:
            message = f"{format_route(route)} is read from a file ({layer.label})"
            raise UsageError(message, "change that file by hand")
        other = self._shared.get(layer.label) if layer.kind is LayerKind.FILE else None
        if other is not None:
            message = f"{format_route(route)} is set in {layer.label}, which {other} reads too"
            hint = f"set it in a value file that is {self._release.name}'s own"
            raise UsageError(message, hint)

    def _edited(self, text: str, layer: ValuesLayer, route: Route, value: Plain) -> str:
        if layer.kind is LayerKind.FILE:
            return set_value(text, route, value)
        require_written([self._release])
        file = self._release.application.file
        if layer.kind is LayerKind.VALUES:
            place, above = _place(file, self._part.source.helm_field("values"))
            inner = text_of(find(parse_text(text, "").documents[place].root, above))
            return set_value(text, above, set_value(inner, route, value), document=place)
        place, above = _place(file, layer.node)
        if layer.kind is LayerKind.OBJECT:
            return set_value(text, (*above, *route), value, document=place)
        if layer.route != route:
            name = format_route(layer.route)
            raise UsageError(f"{format_route(route)} is set within the parameter {name}")
        return set_value(text, above, str(value), document=place)


def _place(file: SourceFile, wanted: Node | None) -> tuple[int, Route]:
    """The document of `file`, from 0, that holds the node `wanted`, and the way to it."""
    for index, document in enumerate(file.documents):
        for route, node in _nodes(document.root, ()):
            if node is wanted:
                return index, route
    raise UsageError(f"{file.path}: the value cannot be found to be edited", "edit it by hand")


def _nodes(node: Node | None, route: Route) -> Iterator[tuple[Route, Node]]:
    if node is None:
        return
    yield route, node
    if isinstance(node, Mapping):
        for entry in node.entries:
            yield from _nodes(entry.value, (*route, entry.name))
    elif isinstance(node, Sequence):
        for index, item in enumerate(node.items):
            yield from _nodes(item, (*route, index))


def _version(value: Plain) -> tuple[tuple[int, ...], bool, str] | None:
    """Numbers, then whether it is a release, which comes behind its previews."""
    found = _VERSION.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        return None
    numbers = tuple(int(part) for part in found[1].split("."))
    return numbers, found[2] is None, found[2] or ""
