"""Which nodes and edges of a drawing the findings of the rules are about."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from plate_llm_cli.graph.drawing.model import Elsewhere, State, Trouble
from plate_llm_cli.graph.drawing.subjects import Subjects, key_of
from plate_llm_cli.graph.locate import Locator
from plate_llm_cli.graph.places import FilePlace, ManifestPlace
from plate_llm_cli.source.nodes import format_route

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from plate_llm_cli.findings import Finding
    from plate_llm_cli.graph.deployment import Deployment
    from plate_llm_cli.graph.drawing.model import Drawing, Edge, Node, NodeKey
    from plate_llm_cli.graph.places import Place

_MOST_STEPS = 2
"""A finding may name what holds a name: `secretKeyRef` for `secretKeyRef.name`."""


def marked(drawing: Drawing, deployment: Deployment, findings: Iterable[Finding]) -> Drawing:
    """`drawing` with the state of all that is in it, and where what is not in the tree is named.

    A finding about a link is about the link alone, not about the object that it begins at.
    """
    subjects = Subjects(deployment, drawing)
    troubles: list[Trouble] = []
    others = 0
    for finding in findings:
        if subjects.releases.isdisjoint(finding.environments):
            continue
        trouble = _trouble(drawing, finding, subjects.of(finding))
        if trouble is not None:
            troubles.append(trouble)
        elif drawing.title in finding.environments:
            others += 1
    troubles.sort(key=lambda it: (it.finding.severity.rank, it.finding.sort_key))
    edges = tuple(replace(edge, state=_edge_state(edge, troubles)) for edge in drawing.edges)
    nodes = tuple(replace(node, state=_node_state(node, troubles, edges)) for node in drawing.nodes)
    found = replace(drawing, nodes=nodes, edges=edges, troubles=tuple(troubles), others=others)
    return replace(found, elsewhere=tuple(_elsewhere(found, Locator(deployment))))


def _trouble(drawing: Drawing, finding: Finding, about: list[NodeKey]) -> Trouble | None:
    edges = tuple(edge.key for edge in drawing.edges if _is_about(finding, edge, about))
    if edges:
        return Trouble(finding, (), edges)
    return Trouble(finding, tuple(about), ()) if about else None


def _is_about(finding: Finding, edge: Edge, about: list[NodeKey]) -> bool:
    return any(_asks_there(finding, place, about) for place in edge.places)


def _asks_there(finding: Finding, place: Place, about: list[NodeKey]) -> bool:
    if isinstance(place, FilePlace):
        location = finding.location
        return (location.path, location.line) == (place.file.path, place.span.line)
    if not isinstance(place, ManifestPlace) or finding.resource is None:
        return False
    manifest = place.manifest
    return key_of(manifest) in about and _meets(
        finding.resource.field or "", format_route(place.route)
    )


def _meets(found: str, asked: str) -> bool:
    """Whether the field of a finding is the one that asks, is in it, or holds not much more."""
    if found == asked or found.startswith((f"{asked}.", f"{asked}[")):
        return True
    if "." not in found or found.endswith("]") or not asked.startswith((f"{found}.", f"{found}[")):
        return False
    rest = asked.removeprefix(found)
    return rest.count(".") + rest.count("[") <= _MOST_STEPS


def _worst(states: Iterable[State]) -> State:
    return max(states, key=lambda state: state.rank, default=State.SOUND)


def _edge_state(edge: Edge, troubles: list[Trouble]) -> State:
    return _worst(State.of(it.finding.severity) for it in troubles if edge.key in it.edges)


def _node_state(node: Node, troubles: list[Trouble], edges: tuple[Edge, ...]) -> State:
    own = _worst(State.of(it.finding.severity) for it in troubles if node.key in it.nodes)
    if not node.missing:
        return own
    return _worst([own, *(edge.state for edge in edges if edge.target == node.key)])


def _elsewhere(drawing: Drawing, locator: Locator) -> Iterator[Elsewhere]:
    missing = {node.key for node in drawing.nodes if node.missing and node.state is State.SOUND}
    for edge in drawing.edges:
        if edge.target in missing and edge.places:
            location = locator.locate(edge.places[0]).location
            yield Elsewhere(edge.target, edge.source, location)
