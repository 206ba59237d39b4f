"""Draws the part of a deployment that a release reaches."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plate_llm_cli.graph.drawing.draft import Draft
from plate_llm_cli.graph.drawing.model import Column, Drawing
from plate_llm_cli.graph.drawing.network import add_network
from plate_llm_cli.graph.drawing.pods import add_pods
from plate_llm_cli.graph.drawing.secrets import add_secrets
from plate_llm_cli.graph.drawing.sources import add_sources, application_key
from plate_llm_cli.graph.drawing.subjects import key_of
from plate_llm_cli.graph.places import ManifestPlace

if TYPE_CHECKING:
    from collections.abc import Iterable

    from plate_llm_cli.gitops.releases import Release
    from plate_llm_cli.graph.deployment import Deployment
    from plate_llm_cli.graph.drawing.model import EdgeKey, Node, NodeKey
    from plate_llm_cli.graph.drawing.secrets import Described

_WAY_IN = (Column.HOST, Column.INGRESS, Column.SERVICE)
_BEHIND = (*_WAY_IN, Column.WORKLOAD)


def draw(deployment: Deployment, release: Release, described: Described | None = None) -> Drawing:
    """What `release` applies, what that reaches in other releases, and what leads to it there."""
    draft = Draft(deployment, release.application.cluster)
    add_network(draft)
    add_pods(draft)
    add_secrets(draft, described)
    add_sources(draft)
    kept = _reached(draft, release)
    nodes = sorted((draft.nodes[key] for key in kept), key=_order)
    edges = [edge for edge in draft.edges.values() if edge.source in kept and edge.target in kept]
    edges.sort(key=lambda edge: edge.key)
    return Drawing(release.name, tuple(nodes), tuple(edges))


def _order(node: Node) -> tuple[int, NodeKey]:
    return list(Column).index(node.column), node.key


def _reached(draft: Draft, release: Release) -> set[NodeKey]:
    start = {node.key for node in draft.nodes.values() if node.release == release.name}
    kept = _closure(start, draft.edges)
    ways_in = _ways_in(draft, kept)
    kept |= ways_in | _closure(_names_of(draft, ways_in), draft.edges)
    kept -= _read_by_others(draft, kept)
    bringing = {draft.nodes[key].release for key in kept if not draft.nodes[key].column.in_git}
    others = [item for item in draft.deployment.releases if item.name in bringing]
    applications = {application_key(item) for item in others} & set(draft.nodes)
    return kept | _closure(applications, draft.edges)


def _closure(start: set[NodeKey], edges: Iterable[EdgeKey]) -> set[NodeKey]:
    """`start` and all that it leads to."""
    ways: dict[NodeKey, list[NodeKey]] = {}
    for source, target in edges:
        ways.setdefault(source, []).append(target)
    found, pending = set(start), list(start)
    while pending:
        fresh = [key for key in ways.get(pending.pop(), ()) if key not in found]
        found.update(fresh)
        pending += fresh
    return found


def _read_by_others(draft: Draft, kept: set[NodeKey]) -> set[NodeKey]:
    """The paths that nothing in `kept` reads: others read them through the same store."""
    paths = {key for key in kept if draft.nodes[key].column is Column.OPENBAO}
    read = {
        edge.target
        for edge in draft.edges.values()
        if edge.source in kept and edge.target in paths
        for place in edge.places
        if isinstance(place, ManifestPlace) and key_of(place.manifest) in kept
    }
    return paths - read


def _names_of(draft: Draft, ways_in: set[NodeKey]) -> set[NodeKey]:
    """The Secrets and issuers that Ingresses of other releases name."""
    named = (Column.USED, Column.STORE)
    return {
        target
        for source, target in draft.edges
        if source in ways_in and draft.nodes[target].column in named
    }


def _ways_in(draft: Draft, kept: set[NodeKey]) -> set[NodeKey]:
    """The hosts, Ingresses and Services of other releases that lead to `kept`."""
    ways = [
        (target, source)
        for source, target in draft.edges
        if draft.nodes[source].column in _WAY_IN and draft.nodes[target].column in _BEHIND
    ]
    ends = {key for key in kept if draft.nodes[key].column in _BEHIND}
    return _closure(ends, ways)
