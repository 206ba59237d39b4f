"""Pairs the objects of two sides and compares each pair."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from plate_llm_cli.graph.differences.alignment import paired
from plate_llm_cli.graph.differences.changes import (
    ABSENT,
    FieldChange,
    ObjectChange,
    ObjectIdentity,
)
from plate_llm_cli.graph.differences.fields import FieldWalk
from plate_llm_cli.graph.differences.identity import identity_of, plain_object
from plate_llm_cli.graph.differences.shapes import root_schema
from plate_llm_cli.graph.differences.veil import unveil, veil

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from plate_llm_cli.graph.differences.identity import KubernetesObject

_KEPT_BY_CLUSTER: Final = frozenset(
    {"uid", "resourceVersion", "generation", "creationTimestamp", "managedFields", "selfLink"}
)
"""What the API server writes into `metadata`; beside it, `status` is the cluster's."""
_LAST_APPLIED: Final = "kubectl.kubernetes.io/last-applied-configuration"
_NAMING: Final = frozenset({"name", "namespace", "generateName"})


def unchanged(name: str) -> str:
    """What is called the same on both sides."""
    return name


def compare(
    before: Iterable[KubernetesObject],
    after: Iterable[KubernetesObject],
    rename: Callable[[str], str] = unchanged,
) -> list[ObjectChange]:
    """What differs between two sets of objects: manifests, or plain data as the API has it.

    Objects are paired by group, kind, namespace and name; of two with the same the last counts,
    as it does when they are applied. `rename` turns a text of `before` into what it would be in
    `after`: what is the same then is paired, and its fields are `carried`. A null is no field, 1 is
    1.0 and no "1", and quantities are equal when their values are. `status`, what the API server
    keeps in `metadata`, and kubectl's last-applied annotation are left out. Secrets are compared
    and never part of the result.

    Returns:
        A change for each object that differs, by namespace, kind and name; its fields by name.
    """
    old, new = _by_identity(before), _by_identity(after)
    found = []
    for was, now in _pairs(old, new, rename):
        fields = _fields(old[was] if was else None, new[now] if now else None, rename)
        if fields and (identity := now or was):
            found.append(ObjectChange(identity, tuple(fields), was if was != identity else None))
    return sorted(found, key=lambda change: change.identity)


def _pairs(
    old: Iterable[ObjectIdentity], new: Iterable[ObjectIdentity], rename: Callable[[str], str]
) -> Iterator[tuple[ObjectIdentity | None, ObjectIdentity | None]]:
    """What belongs together; where one side names no namespace, the rest of the name decides."""

    def renamed(identity: ObjectIdentity) -> ObjectIdentity:
        name, namespace = rename(identity.name), rename(identity.namespace)
        return ObjectIdentity(namespace, identity.kind, name, identity.group)

    pairs = paired(old, new, renamed)
    come = {now: now for was, now in pairs if was is None and now is not None}
    placeless = {replace(now, namespace=""): now for now in come}
    for was, now in pairs:
        if was is not None and now is None:
            bare = replace(was, namespace="")
            near = bare if was.namespace else placeless.get(bare, bare)
            yield was, come.pop(near, None)
        elif was is not None:
            yield was, now
    yield from ((None, now) for now in come)


def _by_identity(objects: Iterable[KubernetesObject]) -> dict[ObjectIdentity, dict[str, Any]]:
    return {identity_of(obj): _of_tree(plain_object(obj)) for obj in objects}


def _of_tree(obj: dict[str, Any]) -> dict[str, Any]:
    """The object without what the cluster and its clients keep in it."""
    rest = {key: value for key, value in obj.items() if key != "status"}
    meta = obj.get("metadata")
    if isinstance(meta, dict):
        rest["metadata"] = {key: meta[key] for key in meta if key not in _KEPT_BY_CLUSTER}
        notes = meta.get("annotations")
        if isinstance(notes, dict) and _LAST_APPLIED in notes:
            kept = {key: notes[key] for key in notes if key != _LAST_APPLIED}
            rest["metadata"]["annotations"] = kept or None
    return rest


def _nameless(obj: dict[str, Any]) -> dict[str, Any]:
    """The object without what its identity says already."""
    meta = obj.get("metadata")
    if not isinstance(meta, dict):
        return obj
    return {**obj, "metadata": {key: meta[key] for key in meta if key not in _NAMING}}


def _fields(
    before: dict[str, Any] | None, after: dict[str, Any] | None, rename: Callable[[str], str]
) -> list[FieldChange]:
    """What differs; one change at the empty route where one side has no such object."""
    if before is None or after is None:
        return [FieldChange((), _whole(before), _whole(after))]
    walk = FieldWalk(rename)
    walk.visit((), veil(_nameless(before)), veil(_nameless(after)), root_schema(after, before))
    return walk.changes


def _whole(obj: dict[str, Any] | None) -> Any:
    return ABSENT if obj is None else unveil(veil(obj))
