"""Nodes and edges while they are gathered."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from plate_llm_cli.graph.drawing.model import Column, Edge, Node
from plate_llm_cli.graph.places import ManifestPlace
from plate_llm_cli.graph.secret_uses import place_of

if TYPE_CHECKING:
    from plate_llm_cli.graph.deployment import Deployment
    from plate_llm_cli.graph.drawing.model import EdgeKey, NodeKey
    from plate_llm_cli.graph.manifests import Manifest
    from plate_llm_cli.graph.places import Place
    from plate_llm_cli.graph.secret_uses import ClusterNamespace
    from plate_llm_cli.source.nodes import Route


class Draft:
    """All that is known of one cluster. What is added twice is one node, or one edge."""

    def __init__(self, deployment: Deployment, cluster: str) -> None:
        self.deployment = deployment
        self.nodes: dict[NodeKey, Node] = {}
        self.edges: dict[EdgeKey, Edge] = {}
        self._cluster = cluster

    def covers(self, place: ClusterNamespace) -> bool:
        """Whether a place is in the cluster that is drawn."""
        return place[0] == self._cluster

    @property
    def manifests(self) -> list[Manifest]:
        """The objects of the cluster."""
        return [item for item in self.deployment.manifests if self.covers(place_of(item))]

    def add(self, node: Node) -> NodeKey:
        """Add what is there, or asked for: it is missing only if nobody says that it is there."""
        before = self.nodes.get(node.key)
        if before is None:
            self.nodes[node.key] = node
        else:
            self.nodes[node.key] = replace(
                before,
                release=before.release or node.release,
                notes=tuple(dict.fromkeys((*before.notes, *node.notes))),
                missing=before.missing and node.missing,
                holds=tuple(dict.fromkeys((*before.holds, *node.holds))),
            )
        return node.key

    def object(self, manifest: Manifest, column: Column, *notes: str) -> NodeKey:
        """Add an object of the tree."""
        name = manifest.name or manifest.text("metadata", "generateName")
        wide = manifest.kind.startswith("Cluster") or not self.deployment.is_namespaced(manifest)
        key = (manifest.kind, manifest.namespace, name)
        return self.add(Node(key, column, manifest.release.name, notes, wide=wide))

    def note(self, manifest: Manifest, about: Manifest, text: str) -> None:
        """Let `manifest` be a note of the workload that it is about."""
        key = self.object(about, Column.WORKLOAD, text)
        held = (manifest.kind, manifest.namespace, manifest.name)
        self.nodes[key] = replace(self.nodes[key], holds=(*self.nodes[key].holds, held))

    def asked(self, key: NodeKey, column: Column, *notes: str) -> NodeKey:
        """Add what something asks for."""
        return self.add(Node(key, column, notes=notes, missing=True))

    def link(self, source: NodeKey, target: NodeKey, label: str = "", *places: Place) -> None:
        """Add an edge; `places` are those that ask for `target`."""
        before = self.edges.get((source, target), Edge(source, target))
        labels = dict.fromkeys((*before.labels, label) if label else before.labels)
        places = tuple(dict.fromkeys((*before.places, *places)))
        self.edges[source, target] = replace(before, labels=tuple(labels), places=places)


def field(manifest: Manifest, *route: str | int) -> ManifestPlace:
    """A field of an object as a place."""
    way: Route = route
    return ManifestPlace(manifest, way)
