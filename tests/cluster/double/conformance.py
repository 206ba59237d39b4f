"""Holds an object against its schema: defaults it, prunes it, and says what is wrong with it."""

from __future__ import annotations

import copy
import json
import operator
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.cluster.double.schemas import Shape

_PYTHON_TYPES: dict[str, type | tuple[type, ...]] = {
    "object": dict,
    "array": list,
    "string": str,
    "boolean": bool,
    "integer": int,
    "number": (int, float),
    "null": type(None),
}
_LIMITS = (
    ("minimum", "should be greater than or equal to", operator.lt),
    ("maximum", "should be less than or equal to", operator.gt),
)


@dataclass
class Verdict:
    """What is wrong, in the order of the object.

    `mistyped` is a server's "cannot unmarshal"; `untyped` is what server-side apply refuses;
    `faults` are `path: message`.
    """

    unknown: list[str] = field(default_factory=list)
    mistyped: list[str] = field(default_factory=list)
    untyped: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)


def conform(shape: Shape, obj: dict[str, Any]) -> tuple[dict[str, Any], Verdict]:
    """The object as the server would store it, and the verdict on what was sent."""
    verdict = Verdict()
    result = _Walk(verdict).value(shape, copy.deepcopy(obj), "")
    assert isinstance(result, dict)
    return result, verdict


class _Walk:
    def __init__(self, verdict: Verdict) -> None:
        self.verdict = verdict

    def value(self, shape: Shape, value: Any, path: str) -> Any:
        """`value` with defaults and without unknown fields."""
        if shape.types and not _is_of(shape.types, value):
            if value is not None or not shape.built_in:
                self._mistyped(shape, value, path)
            return value
        self._limits(shape, value, path)
        if isinstance(value, dict):
            return self._object(shape, value, path)
        if isinstance(value, list):
            self._duplicates(shape, value, path)
            inner = shape.items
            return [self.value(inner, item, f"{path}[{n}]") for n, item in enumerate(value)]
        return value

    def _object(self, shape: Shape, value: dict[str, Any], path: str) -> dict[str, Any]:
        for name, raw in shape.properties.items():
            if name not in value and "default" in raw and not shape.built_in:
                value[name] = copy.deepcopy(raw["default"])
        for name in shape.raw.get("required") or ():
            if value.get(name) is None:
                self.verdict.faults.append(f"{_join(path, name)}: Required value")
        result = {}
        for name, inner in value.items():
            place = _join(path, name)
            below = shape.field(name)
            if below is None:
                self.verdict.unknown.append(place)
                self.verdict.untyped.append(f".{place}: field not declared in schema")
            else:
                result[name] = self.value(below, inner, place)
        return result

    def _mistyped(self, shape: Shape, value: Any, path: str) -> None:
        wanted, got = shape.types[0], _type_of(value)
        words = {
            "object": "map",
            "array": "list",
            "integer": "numeric (int or float)",
            "number": "numeric (int or float)",
        }
        self.verdict.untyped.append(f".{path}: expected {words.get(wanted, wanted)}, got {value!r}")
        if shape.built_in:
            go_type = {"integer": "int32", "boolean": "bool"}.get(wanted, wanted)
            field_name = f"Go struct field .{path} of type {go_type}"
            self.verdict.mistyped.append(f"json: cannot unmarshal {got} into {field_name}")
        else:
            message = f'"{got}": {path} in body must be of type {wanted}: "{got}"'
            self.verdict.faults.append(f"{path}: Invalid value: {message}")

    def _duplicates(self, shape: Shape, value: list[Any], path: str) -> None:
        seen = set()
        for item in value if shape.list_keys else ():
            key = shape.key_of(item)
            if key in seen and key is not None:
                named = ",".join(f"{name}={json.dumps(part)}" for name, part in key)
                self.verdict.untyped.append(f".{path}: duplicate entries for key [{named}]")
            seen.add(key)

    def _limits(self, shape: Shape, value: Any, path: str) -> None:
        raw, shown = shape.raw, json.dumps(value)
        if shape.built_in or value is None:
            return
        if "enum" in raw and value not in raw["enum"]:
            allowed = ", ".join(json.dumps(one) for one in raw["enum"])
            self._fault(path, f"Unsupported value: {shown}: supported values: {allowed}")
        if "pattern" in raw and isinstance(value, str) and not re.search(raw["pattern"], value):
            self._fault(
                path, f"Invalid value: {shown}: {path} in body should match '{raw['pattern']}'"
            )
        for name, words, is_beyond in _LIMITS:
            if name in raw and isinstance(value, int | float) and is_beyond(value, raw[name]):
                message = f"{path} in body {words} {raw[name]}"
                self._fault(path, f"Invalid value: {shown}: {message}")
        if isinstance(value, str) and len(value) < raw.get("minLength", 0):
            least = raw["minLength"]
            message = f"{path} in body should be at least {least} chars long"
            self._fault(path, f"Invalid value: {shown}: {message}")

    def _fault(self, path: str, message: str) -> None:
        self.verdict.faults.append(f"{path}: {message}")


def _join(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _is_of(types: tuple[str, ...], value: Any) -> bool:
    if isinstance(value, bool):
        return "boolean" in types
    if isinstance(value, float) and value.is_integer() and "integer" in types:
        return True
    return any(isinstance(value, _PYTHON_TYPES[one]) for one in types)


def _type_of(value: Any) -> str:
    for name in ("boolean", "integer", "number", "string", "array", "object"):
        if isinstance(value, _PYTHON_TYPES[name]):
            return name
    return "null"
