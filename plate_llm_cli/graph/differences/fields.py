"""Walks two objects side by side and notes every field that differs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from plate_llm_cli.graph.differences import shapes
from plate_llm_cli.graph.differences.alignment import align, paired
from plate_llm_cli.graph.differences.changes import (
    ABSENT,
    HIDDEN,
    FieldChange,
    FieldPath,
    Item,
    Position,
)
from plate_llm_cli.graph.differences.veil import Veiled, unveil

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

    from plate_llm_cli.graph.differences.changes import Step
    from plate_llm_cli.graph.differences.shapes import Key
    from plate_llm_cli.schemas.schema import Schema

    Items = dict[Key, Any]
    KeyPair = tuple[Key | None, Key | None]


class FieldWalk:
    """Collects the `changes` between two veiled objects.

    `rename` turns a text of before into what it would be called after.
    """

    def __init__(self, rename: Callable[[str], str]) -> None:
        self.changes: list[FieldChange] = []
        self._rename = rename

    def visit(self, route: FieldPath, before: Any, after: Any, schema: Schema | None) -> None:
        """Note what differs between the values at `route`."""
        if isinstance(before, dict) and isinstance(after, dict):
            self._mappings(route, before, after, schema)
        elif isinstance(before, list) and isinstance(after, list):
            self._lists(route, before, after, schema)
        elif self._comparable(before) == _comparable(after):
            if isinstance(before, str) and before != after:
                self._note(route, before, after, carried=True)
        elif not _same_amount(route, before, after, schema):
            self._note(route, before, after)

    def _note(self, route: FieldPath, before: Any, after: Any, *, carried: bool = False) -> None:
        shown, now = unveil(before), unveil(after)
        if _concealed(before, after) and shown == now:
            shown = now = HIDDEN  # what may be seen of the two is the same
        self.changes.append(FieldChange(route, shown, now, carried))

    def _mappings(
        self, route: FieldPath, before: dict[str, Any], after: dict[str, Any], schema: Schema | None
    ) -> None:
        """A null is no field: https://kubernetes.io/docs/reference/using-api/api-concepts."""
        old = {key: value for key, value in before.items() if value is not None}
        new = {key: value for key, value in after.items() if value is not None}
        pairs = paired(old, new, self._rename)
        for name, now in sorted(pairs, key=_by_name):
            if name is None or now is None:
                gone = ABSENT if name is None else old[name]
                here = ABSENT if now is None else new[now]
                self._note((*route, _by_name((name, now))), gone, here)
            else:
                if name != now:
                    self._note((*route, name), old[name], ABSENT, carried=True)
                    self._note((*route, now), ABSENT, new[now], carried=True)
                self.visit((*route, now), old[name], new[now], shapes.child(schema, now))

    def _lists(
        self, route: FieldPath, before: list[Any], after: list[Any], schema: Schema | None
    ) -> None:
        for fields in shapes.list_keys(schema) if before and after else ():
            old, new = _keyed(before, fields), _keyed(after, fields)
            if old is not None and new is not None:
                self._keyed_lists(route, (fields, old, new), schema)
                return
        self._plain_lists(route, before, after, schema.items if schema else None)

    def _keyed_lists(
        self, route: FieldPath, lists: tuple[tuple[str, ...], Items, Items], schema: Schema | None
    ) -> None:
        fields, old, new = lists
        items = schema.items if schema else None
        pairs = paired(old, new, self._renamed)
        if not (schema and schema.list_keys):
            pairs = _last_two_paired(pairs)
        for key, now in pairs:
            step = (*route, _item(fields, key if key is not None else now))
            if key is None or now is None:
                gone = ABSENT if key is None else old[key]
                self._note(step, gone, ABSENT if now is None else new[now])
            else:
                self.visit(step, old[key], new[now], items)
        if shapes.has_order(schema, _last_name(route)):
            self._order(route, fields, pairs, list(new))

    def _order(
        self,
        route: FieldPath,
        fields: tuple[str, ...],
        pairs: list[KeyPair],
        new: list[Key],
    ) -> None:
        """Note when the items that stayed come in another order."""
        stayed = [now for key, now in pairs if key is not None and now is not None]
        known = set(stayed)
        order = [key for key in new if key in known]
        if order != stayed:
            old, now = ([str(_item(fields, key)) for key in keys] for keys in (stayed, order))
            self.changes.append(FieldChange(route, old, now, reordered=True))

    def _plain_lists(
        self, route: FieldPath, before: list[Any], after: list[Any], items: Schema | None
    ) -> None:
        old = [self._comparable(item) for item in before]
        for index, now in align(old, [_comparable(item) for item in after]):
            step = (*route, Position(index, now))
            if index is None or now is None:
                gone = ABSENT if index is None else before[index]
                self._note(step, gone, ABSENT if now is None else after[now])
            else:
                self.visit(step, before[index], after[now], items)

    def _comparable(self, value: Any) -> Hashable:
        return _comparable(value, self._rename)

    def _renamed(self, key: Key) -> Key:
        return tuple(self._rename(value) if isinstance(value, str) else value for value in key)


def _last_two_paired(pairs: list[KeyPair]) -> list[KeyPair]:
    """`pairs`, in which one that went and one that came are the same under another name.

    Only where Kubernetes itself knows no key: a host that changes makes no other rule.
    """
    gone = [key for key, now in pairs if now is None]
    come = [now for key, now in pairs if key is None]
    if len(gone) != 1 or len(come) != 1:
        return pairs
    both = (gone[0], come[0])
    return [both if key == gone[0] else (key, now) for key, now in pairs if key is not None]


def _keyed(items: list[Any], fields: tuple[str, ...]) -> Items | None:
    """The items by key, or None where some have none or two have the same."""
    found: Items = {}
    for item in items:
        key = shapes.key_of(item, fields)
        if key is None or key in found:
            return None
        found[key] = item
    return found


def _item(fields: tuple[str, ...], key: Key | None) -> Item:
    return Item(tuple(zip(fields, (unveil(value) for value in key or ()), strict=True)))


def _comparable(value: Any, rename: Callable[[str], str] | None = None) -> Hashable:
    """`value` so that equal ones are equal: 1 and 1.0 are, 1 and true and "1" are not."""
    if isinstance(value, dict):
        return frozenset(
            (rename(key) if rename else key, _comparable(item, rename))
            for key, item in value.items()
            if item is not None
        )
    if isinstance(value, list):
        return tuple(_comparable(item, rename) for item in value)
    if isinstance(value, str):
        return rename(value) if rename else value
    return (bool, value) if isinstance(value, bool) else value


def _concealed(*values: Any) -> bool:
    return any(isinstance(value, Veiled) for value in values)


def _by_name(pair: tuple[str | None, str | None]) -> str:
    return next((name for name in pair[::-1] if name is not None), "")


def _last_name(route: FieldPath) -> str:
    return next((step for step in reversed(route) if isinstance(step, str)), "")


def _same_amount(route: FieldPath, before: Any, after: Any, schema: Schema | None) -> bool:
    scalars = (str, int, float)
    if not (isinstance(before, scalars) and isinstance(after, scalars)):
        return False
    if isinstance(before, bool) or isinstance(after, bool):
        return False
    names: tuple[Step, ...] = route[-3:]
    if not shapes.is_quantity(schema, tuple(str(step) for step in names)):
        return False
    return bool(shapes.amount(str(before)) == shapes.amount(str(after)))
