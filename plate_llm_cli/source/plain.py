"""Nodes without their positions: the data that Helm sees."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from plate_llm_cli.source.nodes import Mapping, Scalar, Sequence

if TYPE_CHECKING:
    from plate_llm_cli.source.nodes import Node, Plain


def to_plain(node: Node | None) -> Plain:
    """The data of `node`: merge keys resolved, the last of duplicate keys, string keys.

    What an alias shares comes out as copies. The work is bounded by the reader's limits on depth
    and on aliases.
    """
    if isinstance(node, Scalar):
        return node.value
    if isinstance(node, Mapping):
        return _mapping(node)
    if isinstance(node, Sequence):
        return [item.value if item.__class__ is Scalar else to_plain(item) for item in node.items]
    return None


def _mapping(node: Mapping) -> dict[str, Plain]:
    plain: dict[str, Plain] = {}
    for entry in node.entries:
        key, value = entry.key, entry.value
        if key.text == "<<" and key.merges:
            for source in reversed(entry.sources):
                plain.update(_mapping(source))
        else:
            plain[cast("str", key.value)] = (
                value.value if value.__class__ is Scalar else to_plain(value)
            )
    return plain
