"""Which object of a cluster something is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from plate_llm_cli.graph.differences.changes import ObjectIdentity
from plate_llm_cli.graph.manifests import Manifest
from plate_llm_cli.graph.scopes import of_cluster

if TYPE_CHECKING:
    from collections.abc import Mapping

KubernetesObject: TypeAlias = "Manifest | Mapping[str, Any]"
"""A manifest of a release, or an object as the API server has it."""


def identity_of(obj: KubernetesObject) -> ObjectIdentity:
    """Group, kind, namespace and name. A manifest is in its release's namespace by default."""
    plain = plain_object(obj)
    meta = plain.get("metadata")
    meta = meta if isinstance(meta, dict) else {}
    group = str(plain.get("apiVersion") or "").rpartition("/")[0]
    kind = str(plain.get("kind") or "")
    namespace = obj.namespace if isinstance(obj, Manifest) else meta.get("namespace")
    name = meta.get("name") or (f"{meta['generateName']}*" if meta.get("generateName") else "")
    place = "" if of_cluster(group, kind) else str(namespace or "")
    return ObjectIdentity(place, kind, str(name), group)


def plain_object(obj: KubernetesObject) -> dict[str, Any]:
    """The object as data."""
    return obj.plain if isinstance(obj, Manifest) else dict(obj)
