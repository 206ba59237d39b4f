"""The linked deployment as JSON, version 1."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from plate_llm_cli.report.json import finding_as_json
from plate_llm_cli.report.untrusted import json_text

if TYPE_CHECKING:
    from plate_llm_cli.graph.drawing.model import Drawing, Edge, EdgeKey, Node, NodeKey

VERSION = 1
"""Goes up when a key is renamed, removed or changes its meaning; a new key does not raise it."""


def graph_json(drawing: Drawing) -> str:
    """Nodes, edges, the findings about them, and where what is not in the tree is asked for."""
    name = drawing.numbers

    def ends(key: EdgeKey) -> dict[str, str]:
        return {"from": _id(name, key[0]), "to": _id(name, key[1])}

    data = {
        "version": VERSION,
        "release": drawing.title,
        "nodes": [{"id": _id(name, node.key), **_node(node)} for node in drawing.nodes],
        "edges": [{**ends(edge.key), **_edge(edge)} for edge in drawing.edges],
        "findings": [
            {
                **finding_as_json(trouble.finding),
                "nodes": [_id(name, key) for key in trouble.nodes],
                "edges": [ends(key) for key in trouble.edges],
            }
            for trouble in drawing.troubles
        ],
        "elsewhere": [
            {
                "node": _id(name, item.node),
                "asked_by": _id(name, item.asked_by),
                "path": item.location.path,
                "line": item.location.line,
            }
            for item in drawing.elsewhere
        ],
        "other_findings": drawing.others,
    }
    return json_text(data)


def _id(numbers: dict[NodeKey, int], key: NodeKey) -> str:
    return f"n{numbers[key]}"


def _node(node: Node) -> dict[str, Any]:
    return {
        "kind": node.kind,
        "name": node.name,
        "namespace": node.namespace,
        "release": node.release,
        "column": node.column.value,
        "notes": list(node.notes),
        "missing": node.missing,
        "state": node.state.value,
    }


def _edge(edge: Edge) -> dict[str, Any]:
    return {"labels": list(edge.labels), "state": edge.state.value}
