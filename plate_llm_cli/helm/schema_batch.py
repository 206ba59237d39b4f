"""Checks the values of many renders against a chart's schema at once, by Helm's own validator.

Helm compiles a values.schema.json for each render, which for a large one takes longer than the
render: 10 ms against 3. So charts that render often do so without their schema, print the values
they got, and all of those are checked in one go. When that fails, or a schema is of a kind that
cannot be checked so, each is rendered as Helm does it: what is refused, Helm refuses.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from plate_llm_cli.helm import native

if TYPE_CHECKING:
    from collections.abc import Iterator

TEMPLATE = "templates/" + "0/" * 60 + "values.json"
"""Rendered before all others, so that none has changed the values yet."""

TEXT = "{{ toJson .Values }}"

_BOUND_TO_ITS_PLACE = frozenset(
    {"$id", "id", "$anchor", "$dynamicAnchor", "$dynamicRef", "$recursiveAnchor", "$recursiveRef"}
)
_WHERE = "#/properties/all/items"


def for_many(schema: str) -> str:
    """A schema for `{"all": [values, ...]}`, or '' when this one has to stand alone."""
    try:
        root = json.loads(schema)
    except ValueError:
        return ""
    if not isinstance(root, dict) or not all(map(_may_move, _tables(root))):
        return ""
    items = {key: _moved(value) for key, value in root.items() if key != "$schema"}
    whole = {"properties": {"all": {"type": "array", "items": items}}}
    return json.dumps({**{k: root[k] for k in ("$schema",) if k in root}, **whole})


def all_valid(schema: str, values: list[str]) -> bool:
    """Whether each of `values`, as JSON, meets the chart's `schema`; False also when in doubt."""
    from plate_llm_cli.helm.archive import pack  # noqa: PLC0415 - see there

    many = for_many(schema)
    if not many:
        return False
    metadata = "apiVersion: v2\nname: many\nversion: 0.1.0\n"
    chart = native.load(pack({"many/Chart.yaml": metadata, "many/values.schema.json": many}))
    try:
        native.status("helm_schema_validate", chart, f'{{"all":[{",".join(values)}]}}')
    except native.HelmRefusalError:
        return False
    finally:
        native.free(chart)
    return True


def _tables(node: Any) -> Iterator[dict[str, Any]]:
    if isinstance(node, dict):
        yield node
    for child in node.values() if isinstance(node, dict) else node:
        if isinstance(child, dict | list):
            yield from _tables(child)


def _may_move(table: dict[str, Any]) -> bool:
    """False for a schema that names itself or refers to another file. Cautious: looks at names."""
    if any(isinstance(table.get(key), str | bool) for key in _BOUND_TO_ITS_PLACE):
        return False
    reference = table.get("$ref")
    return not isinstance(reference, str) or reference == "#" or reference.startswith("#/")


def _moved(node: Any) -> Any:
    """`node` with its references as seen from the new root."""
    if isinstance(node, list):
        return [_moved(item) for item in node]
    if not isinstance(node, dict):
        return node
    result = {key: _moved(value) for key, value in node.items()}
    reference = node.get("$ref")
    if isinstance(reference, str):
        result["$ref"] = _WHERE + reference[1:]
    return result
