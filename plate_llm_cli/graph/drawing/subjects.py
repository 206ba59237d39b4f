"""Which nodes of a drawing a finding is about."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from plate_llm_cli.graph.drawing.model import Column

if TYPE_CHECKING:
    from plate_llm_cli.findings import Finding
    from plate_llm_cli.graph.deployment import Deployment
    from plate_llm_cli.graph.drawing.model import Drawing, NodeKey
    from plate_llm_cli.graph.manifests import Manifest


class Subjects:
    """The objects and files of a drawing, by what findings say of them."""

    def __init__(self, deployment: Deployment, drawing: Drawing) -> None:
        self._deployment = deployment
        self._drawing = drawing

    @cached_property
    def releases(self) -> frozenset[str]:
        """The releases of which something is drawn."""
        return frozenset(node.release for node in self._drawing.nodes) - {""}

    @cached_property
    def _nodes(self) -> dict[NodeKey, NodeKey]:
        """By object: the node that is it, or that it is a note of."""
        held = {key: node.key for node in self._drawing.nodes for key in node.holds}
        return held | {node.key: node.key for node in self._drawing.nodes}

    @cached_property
    def _objects(self) -> dict[NodeKey, Manifest]:
        return {key_of(item): item for item in reversed(self._deployment.manifests)}

    def of(self, finding: Finding) -> list[NodeKey]:
        """The node of the object that a finding names, or those of the file."""
        resource = finding.resource
        if resource is None:
            return self._of_file(finding.location.path)
        key = (resource.kind, resource.namespace or "", resource.name)
        itself = self._nodes.get(key)
        return [itself] if itself else list(dict.fromkeys(self._counterparts(key, finding)))

    def _of_file(self, path: str) -> list[NodeKey]:
        """The file itself, else the chart or the folder that it is in."""
        files = [node for node in self._drawing.nodes if node.path]
        itself = [node.key for node in files if node.path == path]
        folders = [node for node in files if node.column is Column.CHART]
        return itself or [node.key for node in folders if path.startswith(f"{node.path}/")]

    def _counterparts(self, key: NodeKey, finding: Finding) -> list[NodeKey]:
        """What stands for an object of a release that is not drawn.

        A finding in several releases names the object of one of them; the others have one like it.
        """
        named = self._objects.get(key)
        if named is None or named.release.name in self.releases:
            return []
        return [
            self._nodes[key_of(item)]
            for item in self._deployment.manifests
            if key_of(item) in self._nodes
            and item.release.name in self.releases & set(finding.environments)
            and (item.kind, item.file.path) == (named.kind, named.file.path)
            and _own_name(item) == _own_name(named)
        ]


def key_of(manifest: Manifest) -> NodeKey:
    """What the node of an object is called."""
    return (manifest.kind, manifest.namespace, manifest.name)


def _own_name(manifest: Manifest) -> str:
    """The name without that of its release."""
    release = manifest.chart.part.release_name if manifest.chart else manifest.release.name
    return manifest.name.replace(release, "")
