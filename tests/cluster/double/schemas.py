"""One place in an OpenAPI schema, of a built-in kind or of a CustomResourceDefinition.

Built-in schemas come from the data files of the package kubernetes-validate, which keep the marks
of list and map types that server-side apply and strategic merge patches go by.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_VERSION = "v1.37.0-local"
_OBJECT_META = "io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta"
_OPEN = {"x-kubernetes-preserve-unknown-fields": True}


@cache
def definitions() -> dict[str, Any]:
    """All built-in definitions by name; read once a process, in some 15 ms."""
    spec = find_spec("kubernetes_validate")
    assert spec is not None
    assert spec.origin is not None
    folder = Path(spec.origin).parent / "kubernetes-json-schema" / _VERSION
    found: dict[str, Any] = json.loads((folder / "_definitions.json").read_bytes())["$defs"]
    return found


@cache
def _definition_names() -> dict[tuple[str, str, str], str]:
    names = {}
    for name, raw in definitions().items():
        for entry in raw.get("x-kubernetes-group-version-kind", ()):
            names[entry["group"], entry["version"], entry["kind"]] = name
    return names


@cache
def builtin(group: str, version: str, kind: str) -> Shape:
    """The schema of a built-in kind."""
    return Shape(definitions()[_definition_names()[group, version, kind]], built_in=True)


def object_meta() -> Shape:
    """The schema of `metadata`."""
    return Shape(definitions()[_OBJECT_META], built_in=True)


@dataclass(frozen=True, eq=False)
class Shape:
    """What a value at one place may be."""

    raw: Mapping[str, Any]
    built_in: bool = False
    is_root: bool = False

    @cached_property
    def properties(self) -> Mapping[str, Any]:
        """Declared fields."""
        found: Mapping[str, Any] = self.raw.get("properties") or {}
        return found

    @cached_property
    def types(self) -> tuple[str, ...]:
        """The JSON types that are allowed; () allows any."""
        if self.raw.get("x-kubernetes-int-or-string"):
            return ("string", "integer")
        named = self.raw.get("type")
        if named is None and (choices := self.raw.get("oneOf")) and self.built_in:
            return tuple(one for choice in choices for one in _listed(choice.get("type")))
        allowed = _listed(named)
        return (*allowed, "null") if self.raw.get("nullable") else allowed

    def declares(self, name: str) -> bool:
        """Whether `name` is a field of its own, not just a key of a map."""
        return name in self.properties or (self.is_root and name == "metadata")

    def field(self, name: str) -> Shape | None:
        """The place below `name`; None where nothing may be."""
        if self.is_root and not self.built_in:
            if name == "metadata":
                return object_meta()
            if name in {"apiVersion", "kind"}:
                return Shape({"type": "string"})
        if name in self.properties:
            return self._at(self.properties[name])
        if isinstance(beyond := self.raw.get("additionalProperties"), dict):
            return self._at(beyond)
        return Shape(_OPEN, self.built_in) if self.is_open else None

    @cached_property
    def is_open(self) -> bool:
        """Whether fields that are not declared are kept."""
        if self.raw.get("x-kubernetes-preserve-unknown-fields"):
            return True
        beyond = self.raw.get("additionalProperties")
        if beyond is not None:
            return beyond is not False
        return not self.properties and (self.built_in or not self.types)

    @cached_property
    def items(self) -> Shape:
        """The place of a list's items."""
        inner = self.raw.get("items")
        return self._at(inner) if isinstance(inner, dict) else Shape(_OPEN, self.built_in)

    @cached_property
    def list_keys(self) -> tuple[str, ...]:
        """The fields that tell the items of a list apart; () where it is no list of that type."""
        return tuple(self.raw.get("x-kubernetes-list-map-keys") or ())

    @property
    def is_set(self) -> bool:
        """Whether the list's items are told apart by their value."""
        return self.raw.get("x-kubernetes-list-type") == "set"

    @property
    def is_atomic_map(self) -> bool:
        """Whether the object is owned and replaced as one."""
        return self.raw.get("x-kubernetes-map-type") == "atomic"

    def key_of(self, item: Any) -> tuple[tuple[str, Any], ...] | None:
        """The key of a list's item, with its defaults (`protocol: TCP`); None where it has none."""
        if not isinstance(item, dict):
            return None
        pairs = []
        for name in sorted(self.list_keys):
            default = self.items.default_of(name)
            value = item.get(name, "TCP" if name == "protocol" and self.built_in else default)
            if value is not None:
                pairs.append((name, value))
        return tuple(pairs) or None

    def default_of(self, name: str) -> Any:
        """The declared default of a field."""
        return self.properties.get(name, {}).get("default")

    @cached_property
    def merge_key(self) -> str | None:
        """The key by which a strategic merge patch merges a list; None replaces it."""
        if "merge" not in str(self.raw.get("x-kubernetes-patch-strategy", "")):
            return None
        found: str | None = self.raw.get("x-kubernetes-patch-merge-key")
        return found

    def _at(self, raw: Mapping[str, Any]) -> Shape:
        reference = raw.get("$ref")
        if reference and self.built_in:
            marks = {name: value for name, value in raw.items() if name != "$ref"}
            return Shape(definitions()[reference.rpartition("/")[2]] | marks, built_in=True)
        return Shape(raw, self.built_in)


def _listed(named: str | Iterable[str] | None) -> tuple[str, ...]:
    if named is None:
        return ()
    return (named,) if isinstance(named, str) else tuple(named)
