"""An environment that a new one shall resemble, and what the new one is called."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from plate_llm_cli.errors import UsageError
from plate_llm_cli.gitops.releases import LayerKind
from plate_llm_cli.source.nodes import Scalar, Sequence

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from plate_llm_cli.gitops.releases import Release, ValuesLayer
    from plate_llm_cli.gitops.scaffolding.renaming import Renaming
    from plate_llm_cli.source.changes import Changes
    from plate_llm_cli.source.nodes import Node, Route
    from plate_llm_cli.source.tree import Tree

_IMAGES = frozenset(("image", "images", "tag", "imageTag"))


@dataclass(frozen=True, slots=True)
class Target:
    """What the new environment is called and where it goes; '' where it is as the sibling's."""

    name: str
    namespace: str
    server: str = ""
    tag: str = ""


@dataclass(slots=True)
class Scaffold:
    """What is made of `releases`, which form the environment that the new one resembles.

    `reaching` are the other releases whose lists say which namespaces they serve.
    """

    changes: Changes
    releases: list[Release]
    reaching: list[Release]
    renaming: Renaming
    target: Target
    notes: list[str] = field(default_factory=list)
    """What was left to a person, in words."""
    applications: dict[str, str] = field(default_factory=dict)
    """By the name of each Application that of the new one."""
    spoken: str = ""
    """What the new environment is called on a command line."""
    secret_paths: list[str] = field(default_factory=list)
    """The new paths of OpenBao, with their mount."""

    @property
    def namespace(self) -> str:
        """The sibling's namespace."""
        return self.releases[0].namespace

    @property
    def cluster(self) -> str:
        """The sibling's cluster."""
        return self.releases[0].application.cluster

    @property
    def tree(self) -> Tree:
        """The tree as it is."""
        return self.changes.tree

    def put_new(self, path: str, text: str) -> None:
        """Plan a file that must not be there.

        Raises:
            UsageError: it is.
        """
        if self.changes.text(path) is not None:
            message = f"{path} is there already, and nothing is overwritten"
            raise UsageError(message, "remove it, or choose another name")
        self.changes.put(path, text)

    def note(self, text: str) -> None:
        """Leave something to a person, once."""
        if text not in self.notes:
            self.notes.append(text)


def is_image(route: Route) -> bool:
    """Whether the value names an image, which no environment has for itself."""
    return route[-1] in _IMAGES


def value_layers(releases: Iterable[Release]) -> Iterator[ValuesLayer]:
    """What the Applications themselves add to the charts' own values."""
    for release in releases:
        for part in release.charts:
            yield from (layer for layer in part.layers if not layer.is_default)


def common_values(others: Iterable[Release]) -> frozenset[str]:
    """The texts that the value files of other environments have, too: nobody's own."""
    found: set[str] = set()
    for layer in value_layers(others):
        if layer.kind in (LayerKind.FILE, LayerKind.OBJECT, LayerKind.VALUES):
            found.update(_texts(layer.node))
    return frozenset(found)


def image_tags(releases: Iterable[Release]) -> frozenset[str]:
    """The tags that parameters give to images."""
    layers = value_layers(releases)
    return frozenset(
        layer.argument.text.partition("=")[2]
        for layer in layers
        if layer.argument is not None and layer.route and is_image(layer.route)
    )


def _texts(node: Node | None) -> Iterator[str]:
    if isinstance(node, Scalar):
        yield node.text
    elif isinstance(node, Sequence):
        for item in node.items:
            yield from _texts(item)
    elif node is not None:
        for entry in node.entries:
            yield from _texts(entry.value)
