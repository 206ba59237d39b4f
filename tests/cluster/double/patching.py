"""Merge patches (RFC 7386), JSON patches (RFC 6902) and Kubernetes' strategic merge patches."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

from tests.cluster.double.errors import ApiError

if TYPE_CHECKING:
    from tests.cluster.double.schemas import Shape


def merge_patch(target: Any, patch: Any) -> Any:
    """`target` after a JSON merge patch: null removes."""
    if not isinstance(patch, dict):
        return copy.deepcopy(patch)
    result = dict(target) if isinstance(target, dict) else {}
    for name, value in patch.items():
        if value is None:
            result.pop(name, None)
        else:
            result[name] = merge_patch(result.get(name), value)
    return result


def json_patch(target: Any, operations: Any) -> Any:
    """`target` after JSON patch operations. Raises ApiError 422 where one cannot be done."""
    result = copy.deepcopy(target)
    try:
        for operation in operations:
            result = _operate(result, operation)
    except (KeyError, IndexError, ValueError, TypeError) as error:
        message = "the server rejected our request due to an error in our request"
        raise ApiError(422, message) from error
    return result


def _operate(document: Any, operation: dict[str, Any]) -> Any:
    kind, path = operation["op"], _pointer(operation["path"])
    if kind == "test":
        if _get(document, path) != operation["value"]:
            raise ValueError(path)
        return document
    if kind in {"move", "copy"}:
        source = _pointer(operation["from"])
        value = copy.deepcopy(_get(document, source))
        document = _remove(document, source) if kind == "move" else document
        return _add(document, path, value)
    if kind == "remove":
        return _remove(document, path)
    if kind == "replace":
        document = _remove(document, path)
    return _add(document, path, operation["value"])


def _pointer(text: str) -> list[str]:
    return [part.replace("~1", "/").replace("~0", "~") for part in text.split("/")[1:]]


def _get(document: Any, path: list[str]) -> Any:
    for part in path:
        document = document[int(part)] if isinstance(document, list) else document[part]
    return document


def _add(document: Any, path: list[str], value: Any) -> Any:
    parent, last = _get(document, path[:-1]), path[-1]
    if isinstance(parent, list):
        place = len(parent) if last == "-" else int(last)
        if place > len(parent):
            raise IndexError(place)
        parent.insert(place, value)
    else:
        parent[last] = value
    return document


def _remove(document: Any, path: list[str]) -> Any:
    parent, last = _get(document, path[:-1]), path[-1]
    del parent[int(last) if isinstance(parent, list) else last]
    return document


def strategic_merge_patch(shape: Shape | None, target: Any, patch: Any) -> Any:
    """`target` after a strategic merge patch, with its `$` directives."""
    if isinstance(patch, dict):
        return _merged_objects(shape, target, patch)
    return copy.deepcopy(patch)


def _merged_objects(shape: Shape | None, target: Any, patch: dict[str, Any]) -> Any:
    directive = patch.get("$patch")
    plain = {name: value for name, value in patch.items() if not name.startswith("$")}
    if directive == "delete":
        return None
    if directive == "replace":
        return copy.deepcopy(plain)
    result = dict(target) if isinstance(target, dict) else {}
    if "$retainKeys" in patch:
        result = {name: v for name, v in result.items() if name in patch["$retainKeys"]}
    for name, value in plain.items():
        merged = _merged_field(shape and shape.field(name), result.get(name), value)
        result.pop(name, None) if merged is None else result.update({name: merged})
    for name, gone in patch.items():
        if name.startswith("$deleteFromPrimitiveList/"):
            _, _, listed = name.partition("/")
            result[listed] = [item for item in result.get(listed, ()) if item not in gone]
    return result


def _merged_field(shape: Shape | None, target: Any, value: Any) -> Any:
    if isinstance(value, list) and isinstance(target, list) and shape is not None:
        strategy = str(shape.raw.get("x-kubernetes-patch-strategy", ""))
        if shape.merge_key:
            return _merged_lists(shape, target, value, shape.merge_key)
        if "merge" in strategy:
            return target + [item for item in value if item not in target]
    if isinstance(value, list):
        return [item for item in copy.deepcopy(value) if not _is_directive(item)]
    return strategic_merge_patch(shape, target, value)


def _merged_lists(shape: Shape, target: list[Any], patch: list[Any], key: str) -> list[Any]:
    if {"$patch": "replace"} in patch:
        return [item for item in copy.deepcopy(patch) if not _is_directive(item)]
    result = list(target)
    for item in patch:
        places = [n for n, old in enumerate(result) if old.get(key) == item.get(key)]
        merged = strategic_merge_patch(shape.items, result[places[0]] if places else {}, item)
        if places:
            result[places[0] : places[0] + 1] = [] if merged is None else [merged]
        elif merged is not None:
            result.append(merged)
    return result


def _is_directive(item: Any) -> bool:
    return isinstance(item, dict) and "$patch" in item
