"""Who wrote which fields of a live object, and what of it Git no longer has.

Source: sigs.k8s.io/structured-merge-diff, `fieldpath/serialize.go`: `f:` is a field, `k:` an item
by its keys, `v:` an item by its value, `i:` one by its place, `.` the item itself.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from plate_llm_cli.cluster.objects import Object, items, mapping, text
from plate_llm_cli.graph.differences.shapes import child, key_of, list_keys, root_schema

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from plate_llm_cli.cluster.jq_paths import Place
    from plate_llm_cli.schemas.schema import Schema

Fields = dict[str, Any]
"""Fields as `managedFields` has them."""

LAST_APPLIED: Final = "kubectl.kubernetes.io/last-applied-configuration"
_ABSENT: Final = object()
_GONE: Final[Any] = object()
_GITOPS: Final = frozenset(
    ("argocd-controller", "argocd-application-controller", "helm", "plate-llm")
)
_DEFAULTS: Final = {"protocol": "TCP"}


def is_gitops(manager: str) -> bool:
    """Whether `manager` brings what is in files to the cluster."""
    return manager in _GITOPS or manager.startswith("kubectl")


def owned(live: Object, who: Callable[[str, str], bool]) -> list[Fields]:
    """The fields that those managers own of whom `who(name, operation)` holds; no status."""
    return [
        mapping(entry, "fieldsV1")
        for entry in items(live, "metadata", "managedFields")
        if not text(entry, "subresource") and who(text(entry, "manager"), text(entry, "operation"))
    ]


def last_applied(live: Object) -> Fields:
    """The fields that client-side apply wrote last; none where it was not used."""
    try:
        applied = json.loads(text(live, "metadata", "annotations", LAST_APPLIED) or "null")
    except (ValueError, RecursionError):
        return {}
    return _as_fields(applied, root_schema(live)) if isinstance(applied, dict) else {}


def left_over(
    parts: Iterable[Fields], others: Iterable[Fields], obj: Object, wanted: Object
) -> list[Place]:
    """Where `obj` has what `parts` own and `wanted` has not; what `others` own too stays."""
    kept = {place for fields in others for place in places(fields, obj)}
    found = {place for fields in parts for place in _walk(fields, obj, wanted, ())}
    return [
        place
        for place in sorted(found, key=str)
        if place not in kept and not any(other[: len(place)] == place for other in kept)
    ]


def places(fields: Fields, obj: Object) -> list[Place]:
    """Where `obj` has the leaves among `fields`."""
    return list(_walk(fields, obj, {}, ()))


def without(obj: Any, gone: Iterable[Place]) -> Any:
    """A copy of `obj` without what is at the places, and without what becomes empty by that."""
    tree: dict[Any, Any] = {}
    for place in sorted(filter(None, gone), key=len):  # what contains others comes before them
        node = tree
        for step in place[:-1]:
            node = node.setdefault(step, {})
            if node is _GONE:
                break
        else:
            node[place[-1]] = _GONE
    return _without(obj, tree)


def _without(obj: Any, tree: dict[Any, Any]) -> Any:
    """`tree` leads to what goes."""
    if not isinstance(obj, list | dict):
        return obj
    kept = []
    for step, value in enumerate(obj) if isinstance(obj, list) else obj.items():
        below = tree.get(step)
        if below is None:
            kept.append((step, value))
        elif below is not _GONE and (rest := _without(value, below)) not in ({}, []):
            kept.append((step, rest))
    return [value for _, value in kept] if isinstance(obj, list) else dict(kept)


def _walk(fields: Fields, obj: Any, wanted: Any, place: Place) -> Iterator[Place]:
    for label, below in fields.items():
        step = _step(label, obj)
        if step is None or not isinstance(below, dict):
            continue
        here = (*place, step)
        other = _step(label, wanted)
        inside = wanted[other] if other is not None else _ABSENT
        if inside is None or inside is _ABSENT:
            if not set(below) - {"."} or ("." in below and not label.startswith("f:")):
                yield here
            else:
                yield from _walk(below, obj[step], {}, here)
        elif below:
            yield from _walk(below, obj[step], inside, here)


def _step(label: str, obj: Any) -> str | int | None:
    """Where `obj` has what `label` names; None where it has not."""
    kind, _, rest = label.partition(":")
    if kind == "f":
        return rest if isinstance(obj, dict) and rest in obj else None
    if not isinstance(obj, list) or kind not in ("k", "v", "i"):
        return None
    try:
        said = json.loads(rest)
    except ValueError:
        return None
    if kind == "i":
        return said if isinstance(said, int) and said < len(obj) else None
    return next((n for n, item in enumerate(obj) if _is(item, said, by_key=kind == "k")), None)


def _is(item: Any, said: Any, *, by_key: bool) -> bool:
    if not by_key:
        return bool(item == said)
    if not isinstance(item, dict) or not isinstance(said, dict):
        return False
    return all(item.get(name, _DEFAULTS.get(name)) == value for name, value in said.items())


def _as_fields(value: Any, schema: Schema | None) -> Fields:
    """The fields that `value` sets, items of lists by what tells them apart."""
    if isinstance(value, dict):
        return {f"f:{key}": _as_fields(item, child(schema, key)) for key, item in value.items()}
    if not isinstance(value, list):
        return {}
    inner = schema.items if schema else None
    for names in list_keys(schema):
        keys = [key_of(item, names) for item in value]
        if value and None not in keys and len(set(keys)) == len(keys):
            return {
                f"k:{json.dumps(dict(zip(names, key or (), strict=True)))}": {".": {}}
                | _as_fields(item, inner)
                for key, item in zip(keys, value, strict=True)
            }
    return {}
