"""Nodes without their positions: the data that Helm sees."""

from __future__ import annotations

from plate_llm_cli.source.nodes import Mapping, Node, Plain, Scalar, Sequence


def to_plain(node: Node | None) -> Plain:
    """The data of `node`: merge keys resolved, the last of duplicate keys, string keys."""
    if node is None:
        return None
    if isinstance(node, Scalar):
        return node.value
    if isinstance(node, Sequence):
        return [to_plain(item) for item in node.items]
    return _mapping(node)


def _mapping(node: Mapping) -> dict[str, Plain]:
    plain: dict[str, Plain] = {}
    merged = list(node.merged())
    for source in reversed(merged):
        plain.update(_mapping(source))
    for entry in node.entries:
        if entry.key.text != "<<" or entry.key.style:
            plain[entry.key.text] = to_plain(entry.value)
    return plain
