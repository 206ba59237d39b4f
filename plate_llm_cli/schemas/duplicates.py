"""Items of a list that Kubernetes takes for one and the same."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from plate_llm_cli.schemas.violations import ViolationKind
from plate_llm_cli.schemas.wording import show, type_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plate_llm_cli.schemas.schema import ListKey, Schema

_Found = tuple[int, ViolationKind, str, str]


def duplicates(schema: Schema, value: list[Any]) -> Iterator[_Found]:
    """Index of the later item, kind, message and help, for each item that repeats a key."""
    reported: set[int] = set()
    for key in schema.list_keys:
        seen: dict[object, int] = {}
        for index, item in enumerate(value):
            identity = _identity(key, schema, item)
            if identity is None:
                continue
            first = seen.setdefault(identity, index)
            if first != index and index not in reported:
                reported.add(index)
                yield _found(key, item, first, index)


def _found(key: ListKey, item: dict[str, Any], first: int, index: int) -> _Found:
    named = " and ".join(f"{field} {show(item[field])}" for field in key.fields if field in item)
    message = f"the list has {named} already, at [{first}]"
    if key.refused:
        return index, ViolationKind.DUPLICATE_ITEM, message, "Remove or rename one of the two."
    effect = "Kubernetes takes both for one item and later changes may lose one: remove one."
    return index, ViolationKind.SHADOWED_ITEM, message, effect


def _identity(key: ListKey, schema: Schema, item: Any) -> tuple[object, ...] | None:
    """The values of the key fields, defaults filled in; None if one is missing or no scalar."""
    if not isinstance(item, dict):
        return None
    values = []
    for name in key.fields:
        value = item.get(name)
        if value is None or value == "":
            child = schema.items.child(name) if schema.items else None
            value = child.raw.get("default") if child else None
        if value is None or isinstance(value, (dict, list)):
            return None
        values.append((type_of(value), value))
    return tuple(values)
