"""Places in an object as server-side apply knows them, and sets of them in their `fieldsV1` form.

A set follows sigs.k8s.io/structured-merge-diff: leaves and the items of keyed lists are members;
`.` marks a member that has members below it.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tests.cluster.double.schemas import Shape

Step = tuple[str, Any]  # ("f", name), ("k", ((key, value), ...)) or ("v", value as JSON)
Path = tuple[Step, ...]
Paths = frozenset[Path]

_NOT_OWNED = (
    "name",
    "namespace",
    "uid",
    "resourceVersion",
    "creationTimestamp",
    "deletionTimestamp",
    "deletionGracePeriodSeconds",
    "generation",
    "selfLink",
    "managedFields",
    "generateName",
)


def owned_part(obj: dict[str, Any]) -> dict[str, Any]:
    """The object without what nobody can own."""
    not_here = {"apiVersion", "kind", "metadata"}
    kept = {name: value for name, value in obj.items() if name not in not_here}
    metadata = obj.get("metadata") or {}
    owned = {name: v for name, v in metadata.items() if name not in _NOT_OWNED}
    return kept | ({"metadata": owned} if owned else {})


def applied(shape: Shape, value: Any) -> Paths:
    """What somebody who applies `value` says."""
    return frozenset(path for path in _applied(shape, value, ()) if path)


def _applied(shape: Shape | None, value: Any, path: Path) -> Iterator[Path]:
    if isinstance(value, dict) and not _is_atomic(shape, value):
        for name, inner in value.items():
            below = (*path, ("f", name))
            yield from _applied(shape and shape.field(name), inner, below)
            if inner == {} or not (shape and shape.declares(name)):
                yield below
    elif isinstance(value, list) and not _is_atomic(shape, value):
        for step, inner in _items(shape, value):
            below = (*path, step)
            yield from _applied(shape and shape.items, inner, below)
            yield below
    else:
        yield path


def changed(shape: Shape | None, old: Any, new: Any, path: Path = ()) -> tuple[Paths, Paths]:
    """Two sets: what `new` adds or changes, and what it leaves out."""
    written: set[Path] = set()
    removed: set[Path] = set()
    _compare(shape, old, new, path, written, removed)
    return frozenset(written - {()}), frozenset(removed - {()})


def _compare(  # noqa: PLR0917 - a walk over two trees that fills two sets
    shape: Shape | None, old: Any, new: Any, path: Path, written: set[Path], removed: set[Path]
) -> None:
    if old == new:
        return
    before, after = _parts(shape, old), _parts(shape, new)
    if (before is None and old is not None) or (after is None and new is not None):
        (removed if new is None else written).add(path)
        return
    if old is None and path != (("f", "metadata"),):
        written.add(path)
    elif new is None:
        removed.add(path)
    before, after = before or {}, after or {}
    for step in before | after:
        inner = _below(shape, step)
        _compare(inner, before.get(step), after.get(step), (*path, step), written, removed)


def _parts(shape: Shape | None, value: Any) -> dict[Step, Any] | None:
    """The parts that have places of their own; None for what is owned as one."""
    if value is None or _is_atomic(shape, value):
        return None
    if isinstance(value, dict):
        return {("f", name): inner for name, inner in value.items() if inner is not None}
    if isinstance(value, list):
        return dict(_items(shape, value))
    return None


def _below(shape: Shape | None, step: Step) -> Shape | None:
    if shape is None:
        return None
    return shape.field(step[1]) if step[0] == "f" else shape.items


def _is_atomic(shape: Shape | None, value: Any) -> bool:
    if isinstance(value, dict):
        return shape is not None and shape.is_atomic_map
    if isinstance(value, list):
        if shape is None or not (shape.list_keys or shape.is_set):
            return True
        return any(step is None for step in (step_of(shape, item) for item in value))
    return True


def _items(shape: Shape | None, value: list[Any]) -> Iterator[tuple[Step, Any]]:
    for item in value:
        step = step_of(shape, item)
        if step is not None:
            yield step, item


def step_of(shape: Shape | None, item: Any) -> Step | None:
    """The step to a list's item; None where the list has no such steps."""
    if shape is None:
        return None
    if shape.is_set:
        return ("v", json.dumps(item))
    key = shape.key_of(item)
    return ("k", key) if key else None


def fields_v1(paths: Iterable[Path]) -> dict[str, Any]:
    """A set as `managedFields` has it."""
    tree: dict[str, Any] = {}
    members = set(paths)
    for path in sorted(members, key=repr):
        node = tree
        for depth, step in enumerate(path, start=1):
            node = node.setdefault(_label(step), {})
            if path[:depth] in members and depth < len(path):
                node.setdefault(".", {})
    return tree


def _label(step: Step) -> str:
    kind, value = step
    if kind == "k":
        return "k:" + json.dumps(dict(value), separators=(",", ":"))
    return f"{kind}:{value}"


def printed(path: Path) -> str:
    """`.spec.template.spec.containers[name="web"].image`."""
    return "".join(_printed(step) for step in path)


def _printed(step: Step) -> str:
    kind, value = step
    if kind == "f":
        return f".{value}"
    if kind == "v":
        return f"[={value}]"
    return "[" + ",".join(f"{name}={json.dumps(part)}" for name, part in value) + "]"
