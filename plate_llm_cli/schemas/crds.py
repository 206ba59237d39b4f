"""Schemas of custom resources, from CustomResourceDefinition objects (apiextensions.k8s.io/v1)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from plate_llm_cli.schemas.schema import Dialect, Schema, SchemaDocument
from plate_llm_cli.schemas.violations import SchemaSource

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_IDENTITY = {"apiVersion": {"type": "string"}, "kind": {"type": "string"}}


@dataclass(frozen=True, slots=True)
class CustomKind:
    """One version of a custom resource. `raw` is its schema, None if the CRD gives none."""

    group: str
    version: str
    kind: str
    raw: dict[str, Any] | None
    source: SchemaSource = SchemaSource.CRD
    dialect: Dialect = Dialect.CRD
    served: bool = True
    deprecated: bool = False
    warning: str = ""
    definitions: dict[str, Any] = field(default_factory=dict)

    @property
    def api(self) -> str:
        """The apiVersion of its objects."""
        return f"{self.group}/{self.version}"


def read_crd(crd: object) -> Iterator[CustomKind]:
    """The versions that a CRD object defines; nothing for any other or malformed object."""
    if not isinstance(crd, dict) or crd.get("kind") != "CustomResourceDefinition":
        return
    spec = crd.get("spec")
    if not isinstance(spec, dict) or not isinstance(spec.get("versions"), list):
        return
    names = spec.get("names")
    group, kind = spec.get("group"), names.get("kind") if isinstance(names, dict) else None
    if not isinstance(group, str) or not isinstance(kind, str):
        return
    for version in spec["versions"]:
        if isinstance(version, dict) and isinstance(version.get("name"), str):
            yield _custom_kind(group, kind, version, spec)


def _custom_kind(
    group: str, kind: str, version: dict[str, Any], spec: dict[str, Any]
) -> CustomKind:
    schema = version.get("schema")
    raw = schema.get("openAPIV3Schema") if isinstance(schema, dict) else None
    warning = version.get("deprecationWarning")
    return CustomKind(
        group=group,
        version=version["name"],
        kind=kind,
        raw=raw if isinstance(raw, dict) and not _keeps_everything(spec) else None,
        served=version.get("served") is not False,
        deprecated=version.get("deprecated") is True,
        warning=warning if isinstance(warning, str) else "",
    )


def _keeps_everything(spec: dict[str, Any]) -> bool:
    return spec.get("preserveUnknownFields") is True


def compile_kind(custom: CustomKind, object_meta: Schema) -> Schema:
    """The schema of whole objects: identity and metadata are Kubernetes', whatever the CRD says."""
    document = SchemaDocument(custom.dialect, custom.definitions)
    raw = custom.raw or {}
    properties = raw.get("properties")
    properties = properties if isinstance(properties, dict) else {}
    types = {"type": "object"} if custom.dialect is Dialect.CRD else {}
    whole = {**types, **raw, "properties": {**properties, **_IDENTITY, "metadata": object_meta}}
    if not properties and custom.dialect is Dialect.CRD:
        whole["x-kubernetes-preserve-unknown-fields"] = True
    return document.compile(whole)


class CustomKinds:
    """All custom kinds that are known. Those of the tree come before our own models."""

    def __init__(self, crds: Iterable[object]) -> None:
        self._kinds: dict[tuple[str, str], list[CustomKind]] = {}
        for crd in crds:
            for custom in read_crd(crd):
                self.add(custom)

    def add(self, custom: CustomKind) -> None:
        """Know one more kind; an equal one is known already."""
        known = self._kinds.setdefault((custom.group, custom.kind), [])
        if custom not in known:
            known.append(custom)

    def versions(self, group: str, kind: str) -> list[CustomKind]:
        """What is known of a kind: all versions, and each schema where CRDs differ."""
        return self._kinds.get((group, kind), [])
