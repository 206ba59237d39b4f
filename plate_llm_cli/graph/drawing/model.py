"""What is drawn: nodes, the links between them, and what is wrong with both."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING

from plate_llm_cli.findings import Severity

if TYPE_CHECKING:
    from plate_llm_cli.findings import Finding, Location
    from plate_llm_cli.graph.places import Place

NodeKey = tuple[str, str, str]
"""Kind, namespace ('' where there is none) and name."""
EdgeKey = tuple[NodeKey, NodeKey]


class Column(StrEnum):
    """How far a node is from the user; listed in the order in which a request meets them."""

    HOST = "hosts"
    INGRESS = "ingress"
    SERVICE = "services"
    WORKLOAD = "workloads"
    USED = "used by pods"
    MAKER = "made by"
    STORE = "stores and issuers"
    OPENBAO = "OpenBao"
    SPEC = "secrets spec"
    APPLICATION = "Applications"
    VALUES = "value files"
    CHART = "charts and manifests"

    @property
    def in_git(self) -> bool:
        """Whether what stands there is where the others come from."""
        return self in (Column.APPLICATION, Column.VALUES, Column.CHART)


class State(StrEnum):
    """How a node or an edge is doing."""

    SOUND = "sound"
    NOTED = "noted"
    DOUBTFUL = "doubtful"
    BROKEN = "broken"

    @classmethod
    def of(cls, severity: Severity) -> State:
        """What a finding of that severity makes of what it is about."""
        return _BY_SEVERITY[severity]

    @property
    def rank(self) -> int:
        """0 for sound, 3 for broken."""
        return list(State).index(self)


_BY_SEVERITY = {
    Severity.ERROR: State.BROKEN,
    Severity.WARNING: State.DOUBTFUL,
    Severity.INFO: State.NOTED,
}


@dataclass(frozen=True, slots=True)
class Node:
    """An object, a file or a name. `missing`: something asks for it, nothing in the tree is it."""

    key: NodeKey
    column: Column
    release: str = ""
    """The release that brings it; '' for what none brings."""
    notes: tuple[str, ...] = ()
    missing: bool = False
    wide: bool = False
    """Whether it belongs to the cluster, whatever namespace `key` has."""
    path: str = ""
    """The file or the folder that it is, or ''."""
    holds: tuple[NodeKey, ...] = ()
    """Objects that are notes of this one."""
    state: State = State.SOUND

    @property
    def kind(self) -> str:
        """What it is."""
        return self.key[0]

    @property
    def namespace(self) -> str:
        """Its namespace; '' for what has none."""
        return "" if self.wide else self.key[1]

    @property
    def name(self) -> str:
        """Its name, as it is asked for."""
        return self.key[2]

    @property
    def label(self) -> str:
        """Kind and name."""
        return f"{self.kind} {self.name}"


@dataclass(frozen=True, slots=True)
class Edge:
    """A link from what asks to what is asked for, and all places that ask."""

    source: NodeKey
    target: NodeKey
    labels: tuple[str, ...] = ()
    places: tuple[Place, ...] = ()
    state: State = State.SOUND

    @property
    def key(self) -> EdgeKey:
        """Both ends."""
        return self.source, self.target


@dataclass(frozen=True, slots=True)
class Trouble:
    """A finding, and what of the drawing it is about."""

    finding: Finding
    nodes: tuple[NodeKey, ...]
    edges: tuple[EdgeKey, ...]


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """What is asked for at `location` and not in the tree, and which no finding calls wrong."""

    node: NodeKey
    asked_by: NodeKey
    location: Location


@dataclass(frozen=True)
class Drawing:
    """Nodes and edges in an order that depends on nothing but the tree."""

    title: str
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    troubles: tuple[Trouble, ...] = ()
    elsewhere: tuple[Elsewhere, ...] = ()
    others: int = 0
    """Findings of the same releases that are about nothing in the drawing."""

    @cached_property
    def numbers(self) -> dict[NodeKey, int]:
        """The nodes by number, from 1: reporters call them so."""
        return {node.key: number for number, node in enumerate(self.nodes, 1)}

    @cached_property
    def node(self) -> dict[NodeKey, Node]:
        """The nodes by their key."""
        return {node.key: node for node in self.nodes}
