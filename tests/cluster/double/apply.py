"""Server-side apply: who owns which field, what clashes, and what goes when it is applied no more.

The algorithm is that of sigs.k8s.io/structured-merge-diff (merge/update.go); the words of a
conflict are those of apimachinery's managedfields/internal/conflict.go.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.cluster.double.errors import ApiError
from tests.cluster.double.fieldpaths import (
    Path,
    Paths,
    applied,
    changed,
    fields_v1,
    owned_part,
    printed,
    step_of,
)

if TYPE_CHECKING:
    from tests.cluster.double.fieldpaths import Step
    from tests.cluster.double.schemas import Shape

Object = dict[str, Any]


@dataclass(frozen=True, order=True)
class Manager:
    """Who wrote, as an entry of `managedFields` tells it apart from others."""

    operation: str
    name: str
    api_version: str
    subresource: str = ""

    def described(self) -> str:
        """As a conflict names it."""
        text = f'"{self.name}"'
        if self.subresource:
            text += f' with subresource "{self.subresource}"'
        return f"{text} using {self.api_version}" if self.operation == "Update" else text


@dataclass(frozen=True)
class Owned:
    """What a manager owns, and when it last changed that."""

    paths: Paths
    time: str


Ownership = dict[Manager, Owned]


@dataclass(frozen=True)
class Writing:
    """One write: by whom, at what time, over which schema."""

    manager: Manager
    time: str
    shape: Shape


def updated(owners: Ownership, old: Object, new: Object, writing: Writing) -> Ownership:
    """Owners after a write that is no apply: the writer takes what it changed."""
    written, removed = changed(writing.shape, owned_part(old), owned_part(new))
    result = _without(owners, written | removed)
    if written:
        before = result.get(writing.manager)
        paths = written | (before.paths if before else frozenset())
        result[writing.manager] = Owned(paths, writing.time)
    return result


@dataclass
class Applied:
    """The outcome of an apply."""

    object: Object
    owners: Ownership = field(default_factory=dict)


def apply(
    owners: Ownership, live: Object, config: Object, writing: Writing, *, force: bool
) -> Applied:
    """Merge `config` into `live`. Raises ApiError 409 for a conflict unless `force`."""
    shape = writing.shape
    said = applied(shape, owned_part(config))
    before = owners.get(writing.manager)
    others = {manager: owned for manager, owned in owners.items() if manager != writing.manager}
    merged = merge(shape, live, config)
    if before:
        kept = frozenset[Path]().union(*(owned.paths for owned in others.values()))
        gone = before.paths - said
        merged = _pruned(shape, merged, gone - kept, said | kept)
    written, removed = changed(shape, owned_part(live), owned_part(merged))
    clashes = {m: owned.paths & written for m, owned in others.items() if owned.paths & written}
    if clashes and not force:
        raise _conflict(clashes)
    result = _without(others, written | removed)
    if said:
        same = before is not None and before.paths == said and not written and not removed
        result[writing.manager] = before if same and before else Owned(said, writing.time)
    return Applied(merged, result)


def _without(owners: Ownership, paths: Paths) -> Ownership:
    left = {manager: Owned(owned.paths - paths, owned.time) for manager, owned in owners.items()}
    return {manager: owned for manager, owned in left.items() if owned.paths}


def _conflict(clashes: dict[Manager, Paths]) -> ApiError:
    listed = [(m, printed(path)) for m in sorted(clashes) for path in sorted(clashes[m], key=repr)]
    causes = [
        {"reason": "FieldManagerConflict", "message": f"conflict with {m.described()}", "field": at}
        for m, at in listed
    ]
    if len(listed) == 1:
        ((manager, place),) = listed
        words = f"1 conflict: conflict with {manager.described()}: {place}"
    else:
        lines: list[str] = []
        for manager in sorted(clashes):
            lines.append(f"conflicts with {manager.described()}:")
            lines += [f"- {place}" for owner, place in listed if owner == manager]
        words = f"{len(listed)} conflicts: " + "\n".join(lines)
    return ApiError(409, f"Apply failed with {words}", causes=causes)


def merge(shape: Shape | None, live: Any, config: Any) -> Any:
    """`config` laid over `live`, lists by their keys."""
    if isinstance(config, dict) and isinstance(live, dict):
        if shape is not None and shape.is_atomic_map:
            return config
        result = dict(live)
        for name, value in config.items():
            below = shape and shape.field(name)
            result[name] = merge(below, live.get(name), value)
        return {name: value for name, value in result.items() if value is not None}
    if isinstance(config, list) and isinstance(live, list):
        return _merged_lists(shape, live, config)
    return config


def _merged_lists(shape: Shape | None, live: list[Any], config: list[Any]) -> list[Any]:
    if shape is None or not (shape.list_keys or shape.is_set):
        return config
    result = {_step(shape, item): item for item in live}
    for item in config:
        step = _step(shape, item)
        result[step] = merge(shape.items, result.get(step), item)
    return list(result.values())


def _step(shape: Shape, item: Any) -> Step:
    return step_of(shape, item) or ("v", repr(item))


def _pruned(shape: Shape, value: Any, gone: Paths, kept: Paths) -> Any:
    """`value` without the places in `gone`, unless something in `kept` is below them."""
    for path in sorted(gone, key=len):  # an item before its key, by which it is found
        if not any(other[: len(path)] == path for other in kept):
            value = _removed(shape, value, path, kept)
    return value


def _removed(shape: Shape | None, value: Any, path: Path, kept: Paths) -> Any:
    step, rest = path[0], path[1:]
    below = frozenset(other[1:] for other in kept if other[:1] == (step,))
    if isinstance(value, dict) and step[1] in value:
        inner = shape and shape.field(step[1])
        left = _removed(inner, value[step[1]], rest, below) if rest else None
        emptied = left in ({}, []) and left != value[step[1]] and () not in below
        others = {name: kept_value for name, kept_value in value.items() if name != step[1]}
        return others if left is None or emptied else value | {step[1]: left}
    if isinstance(value, list) and shape is not None:
        return [
            item if _step(shape, item) != step else _removed(shape.items, item, rest, below)
            for item in value
            if rest or _step(shape, item) != step
        ]
    return value


def entries(owners: Ownership) -> list[Object]:
    """`metadata.managedFields`, in the order of a real server."""
    ordered = sorted(owners, key=lambda m: (m.operation, owners[m].time, m))
    return [_entry(manager, owners[manager]) for manager in ordered]


def _entry(manager: Manager, owned: Owned) -> Object:
    entry = {
        "manager": manager.name,
        "operation": manager.operation,
        "apiVersion": manager.api_version,
        "time": owned.time,
        "fieldsType": "FieldsV1",
        "fieldsV1": fields_v1(owned.paths),
    }
    return entry | ({"subresource": manager.subresource} if manager.subresource else {})
