"""One schema model for three kinds of document: Kubernetes' own, CRDs, plain JSON Schema.

Documents are compiled node by node when a check first comes by, and kept: the schema of a whole
API costs nothing until a field of it is used.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, Any

from plate_llm_cli.schemas.keywords import Check, value_checks

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_MAX_HOPS = 20
_LOGIC = ("allOf", "anyOf", "oneOf", "not")
_ROOT_FIELDS = {"apiVersion": {"type": "string"}, "kind": {"type": "string"}}


class Dialect(Enum):
    """Whose rules hold for unknown fields and nulls.

    KUBERNETES: the closed schemas of kubernetes-validate; a null is Go's zero value.
    CRD: structural schemas; what is not declared is unknown, a null counts if `nullable`.
    JSON: plain JSON Schema; what is not forbidden is allowed.
    """

    KUBERNETES = "kubernetes"
    CRD = "crd"
    JSON = "json"


@dataclass(frozen=True, slots=True)
class ListKey:
    """The fields that tell the items of a list apart.

    `refused`: two equal items are an error of the API server, else the later one wins.
    """

    fields: tuple[str, ...]
    refused: bool


@dataclass(slots=True, eq=False)
class Schema:
    """What may stand at one place of an object. `types` empty means anything."""

    document: SchemaDocument
    raw: dict[str, Any]
    types: frozenset[str] = frozenset()
    nullable: bool = False
    closed: bool = False
    required: tuple[str, ...] = ()
    checks: tuple[Check, ...] = ()
    logic: tuple[str, ...] = ()
    list_keys: tuple[ListKey, ...] = ()
    properties: dict[str, Any] = field(default_factory=dict)
    _children: dict[str, Schema | None] = field(default_factory=dict)
    _parts: dict[str, Any] = field(default_factory=dict)

    @property
    def has_default(self) -> bool:
        """Whether the API server fills the field in when it is missing."""
        return self.raw.get("default") is not None

    @property
    def zero_nulls(self) -> bool:
        """Whether a null in a list stands for an empty value."""
        return self.document.dialect is Dialect.KUBERNETES

    def child(self, name: str) -> Schema | None:
        """The schema of field `name`; None where the field is unknown or may hold anything."""
        if name in self._children:
            return self._children[name]
        raw = self.properties.get(name)
        found = self.document.compile(raw) if raw is not None else self.entries
        self._children[name] = found
        return found

    @property
    def entries(self) -> Schema | None:
        """The schema of a map's values (`additionalProperties`), if it has one."""
        return self._part("additionalProperties")

    @property
    def items(self) -> Schema | None:
        """The schema of a list's items, if it has one."""
        return self._part("items")

    @property
    def key_names(self) -> Schema | None:
        """The schema of a map's keys (`propertyNames`), if it has one."""
        return self._part("propertyNames")

    def branches(self, keyword: str) -> tuple[Schema, ...]:
        """The alternatives under `allOf`, `anyOf` or `oneOf`; for `not` the one schema."""
        if keyword not in self._parts:
            raw = self.raw.get(keyword)
            listed = raw if isinstance(raw, list) else [raw] if isinstance(raw, dict) else []
            branches = tuple(self.document.compile_branch(branch) for branch in listed)
            self._parts[keyword] = branches
        found: tuple[Schema, ...] = self._parts[keyword]
        return found

    def _part(self, keyword: str) -> Schema | None:
        if keyword not in self._parts:
            raw = self.raw.get(keyword)
            good = isinstance(raw, (dict, Schema))
            self._parts[keyword] = self.document.compile(raw) if good else None
        found: Schema | None = self._parts[keyword]
        return found


@dataclass(slots=True, eq=False)
class SchemaDocument:
    """A document's definitions. `overlays` adds keywords: definition -> field -> keywords.

    An overlay's field "" stands for the definition itself.
    """

    dialect: Dialect
    definitions: Mapping[str, Any] = field(default_factory=dict)
    overlays: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    _compiled: dict[str, Schema] = field(default_factory=dict)

    def definition(self, name: str) -> Schema:
        """The definition `name`; a schema that allows anything if there is none."""
        if name not in self._compiled:
            raw = self.definitions.get(name)
            self._compiled[name] = self._compile(self._overlaid(name, raw), self.dialect)
        return self._compiled[name]

    def compile(self, raw: object) -> Schema:
        """The schema that `raw` describes, or refers to by `$ref`."""
        if isinstance(raw, Schema):
            return raw
        name = _reference(raw)
        return self.definition(name) if name else self._compile(raw, self.dialect)

    def compile_branch(self, raw: object) -> Schema:
        """A branch of `anyOf` and the like: in a CRD it judges values, never unknown fields."""
        if self.dialect is Dialect.CRD:
            return SchemaDocument(Dialect.JSON, self.definitions).compile(raw)
        return self.compile(raw)

    def _overlaid(self, name: str, raw: object) -> object:
        hops = 0
        while (target := _reference(raw)) and hops < _MAX_HOPS:
            raw, hops = self.definitions.get(target), hops + 1
        overlay = self.overlays.get(name)
        if not isinstance(raw, dict) or overlay is None or hops:
            return raw
        fields = {
            key: self._with(raw["properties"][key], more)
            for key, more in overlay.items()
            if key and key in raw.get("properties", {})
        }
        merged = {**raw, **overlay.get("", {})}
        if "required" in overlay.get("", {}):
            merged["required"] = [*raw.get("required", []), *overlay[""]["required"]]
        return {**merged, "properties": {**raw["properties"], **fields}} if fields else merged

    def _with(self, raw: dict[str, Any], more: dict[str, Any]) -> dict[str, Any]:
        name = _reference(raw)
        base = self.definitions.get(name, {}) if name else raw
        merged = {**base, **more}
        for part in ("items", "additionalProperties"):
            if part in more and isinstance(base.get(part), dict):
                merged[part] = self._with(base[part], more[part])
        return merged

    def _compile(self, raw: object, dialect: Dialect) -> Schema:
        if not isinstance(raw, dict) or "$ref" in raw:
            return Schema(self, {}, closed=raw is False)
        types, nullable = _types(raw, dialect)
        properties = raw.get("properties")
        properties = dict(properties) if isinstance(properties, dict) else {}
        required = raw.get("required")
        schema = Schema(self, raw, types, nullable, _closed(raw, dialect))
        if raw.get("x-kubernetes-embedded-resource") is True:
            properties = {**_ROOT_FIELDS, "metadata": {}, **properties}
            required = [*_strings(required), "apiVersion", "kind"]
        schema.properties = properties
        schema.required = _strings(required)
        schema.checks = value_checks(_with_set(raw, dialect))
        schema.logic = tuple(word for word in _LOGIC if word in raw) if not _union(raw) else ()
        schema.list_keys = tuple(_list_keys(raw, dialect))
        return schema


def _reference(raw: object) -> str:
    target = raw.get("$ref") if isinstance(raw, dict) else None
    if not isinstance(target, str):
        return ""
    before, _, name = target.rpartition("/")
    local = before.endswith(("#/$defs", "#/definitions"))
    return name if local else ""


def _types(raw: dict[str, Any], dialect: Dialect) -> tuple[frozenset[str], bool]:
    types = _declared(raw)
    if raw.get("x-kubernetes-int-or-string") is True or raw.get("format") == "int-or-string":
        types = types or frozenset({"integer", "string"})
    nullable = raw.get("nullable") is True or "null" in types
    types -= {"null"}
    return types, nullable and dialect is not Dialect.KUBERNETES


def _declared(raw: dict[str, Any]) -> frozenset[str]:
    declared = raw.get("type")
    if declared is None:
        return _union(raw)
    return frozenset([declared] if isinstance(declared, str) else _strings(declared))


def _union(raw: dict[str, Any]) -> frozenset[str]:
    """`oneOf: [{type: string}, {type: integer}]` is one type: said so it gives one sentence."""
    for keyword in ("oneOf", "anyOf"):
        branches = raw.get(keyword)
        if isinstance(branches, list) and branches and all(_bare(branch) for branch in branches):
            return frozenset().union(*(_declared(branch) for branch in branches))
    return frozenset()


def _bare(branch: object) -> bool:
    return isinstance(branch, dict) and branch.keys() <= {"type", "format"} and "type" in branch


def _closed(raw: dict[str, Any], dialect: Dialect) -> bool:
    """Whether a field that is not among the properties is unknown."""
    extra = raw.get("additionalProperties")
    if raw.get("x-kubernetes-preserve-unknown-fields") is True:
        return False
    if dialect is Dialect.CRD and extra is None:
        return "properties" in raw or raw.get("type") == "object"
    return extra is False


def _list_keys(raw: dict[str, Any], dialect: Dialect) -> Iterable[ListKey]:
    refused = [tuple(_strings(keys)) for keys in _lists(raw.get("x-unique"))]
    yield from (ListKey(keys, refused=True) for keys in refused)
    merged = "merge" in str(raw.get("x-kubernetes-patch-strategy", ""))
    keys = _strings(raw.get("x-kubernetes-list-map-keys")) if _is_map(raw) else ()
    if not keys and merged:
        keys = _strings([raw.get("x-kubernetes-patch-merge-key")])
    if keys and keys not in refused:
        yield ListKey(keys, refused=dialect is Dialect.CRD)


def _with_set(raw: dict[str, Any], dialect: Dialect) -> dict[str, Any]:
    """The API server refuses equal items of a set in custom resources, and only there."""
    is_set = dialect is Dialect.CRD and raw.get("x-kubernetes-list-type") == "set"
    return {**raw, "uniqueItems": True} if is_set else raw


def _is_map(raw: dict[str, Any]) -> bool:
    return raw.get("x-kubernetes-list-type") == "map"


def _lists(raw: object) -> list[object]:
    return raw if isinstance(raw, list) else []


def _strings(raw: object) -> tuple[str, ...]:
    return tuple(item for item in raw if isinstance(item, str)) if isinstance(raw, list) else ()
