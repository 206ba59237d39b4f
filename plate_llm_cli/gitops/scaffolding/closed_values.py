"""Values that name an environment and take no other name: the chart lists what they may be."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from plate_llm_cli.source.nodes import Mapping, Scalar
from plate_llm_cli.source.reader import parse_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plate_llm_cli.gitops.scaffolding.sibling import Scaffold
    from plate_llm_cli.source.nodes import Node, Route


def closed_values(scaffold: Scaffold, chart: str, text: str) -> dict[Route, str]:
    """By route the values of a value file that `values.schema.json` would refuse once renamed."""
    path = f"{chart}/values.schema.json" if chart else "values.schema.json"
    try:
        schema = json.loads(scaffold.tree.text(path) or "{}")
    except (ValueError, RecursionError):
        return {}  # validate says what is wrong with it
    return {
        route: value
        for route, value, allowed in _listed(parse_text(text, "").root, schema, ())
        if value in allowed and scaffold.renaming.value(value) not in allowed
    }


def _listed(node: Node | None, schema: Any, route: Route) -> Iterator[tuple[Route, str, list[Any]]]:
    """The texts of mappings that the schema has an `enum` for; its references are not followed."""
    if not isinstance(schema, dict):
        return
    allowed, below = schema.get("enum"), schema.get("properties")
    if isinstance(node, Scalar) and isinstance(node.value, str) and isinstance(allowed, list):
        yield route, node.value, allowed
    elif isinstance(node, Mapping) and isinstance(below, dict):
        for entry in node.entries:
            yield from _listed(entry.value, below.get(entry.name), (*route, entry.name))
