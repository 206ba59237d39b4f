"""The resources that a cluster serves now: the built-in ones and those of its definitions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.cluster.double.errors import no_such_path
from tests.cluster.double.kinds import Resource, builtin_resources
from tests.cluster.double.schemas import Shape

if TYPE_CHECKING:
    from tests.cluster.double.kinds import ResourceId
    from tests.cluster.double.store import Object


class Registry:
    """Resources by group and plural."""

    def __init__(self) -> None:
        self.resources: dict[ResourceId, Resource] = builtin_resources()

    def named(self, group: str, plural: str, version: str) -> Resource:
        """A served resource. Raises ApiError 404."""
        found = self.resources.get((group, plural))
        if found is None or version not in found.schemas:
            raise no_such_path()
        return found

    def of(self, api_version: str, kind: str) -> tuple[Resource, str]:
        """The resource of an object, and the version of it that was named."""
        group, _, version = api_version.rpartition("/")
        for resource in self.resources.values():
            if (resource.group, resource.kind) == (group, kind) and version in resource.schemas:
                return resource, version
        raise no_such_path()

    def groups(self) -> dict[str, list[str]]:
        """Served versions by group."""
        found: dict[str, list[str]] = {}
        for resource in self.resources.values():
            served = found.setdefault(resource.group, [])
            served += [version for version in resource.schemas if version not in served]
        for group in ("authorization.k8s.io", "authentication.k8s.io"):
            found[group] = ["v1"]
        return found

    def define(self, definition: Object) -> None:
        """Serve what a CustomResourceDefinition defines."""
        resource = _defined(definition)
        self.resources[resource.id] = resource

    def undefine(self, definition: Object) -> ResourceId:
        """Serve it no more."""
        spec = definition["spec"]
        gone = (spec["group"], spec["names"]["plural"])
        self.resources.pop(gone, None)
        return gone


def _defined(definition: Object) -> Resource:
    spec = definition["spec"]
    names, served = spec["names"], [one for one in spec["versions"] if one.get("served")]
    subresources = {name for one in served for name in one.get("subresources") or {}}
    return Resource(
        spec["group"],
        names["plural"],
        names["kind"],
        spec.get("scope") == "Namespaced",
        {one["name"]: _schema(one) for one in served},
        frozenset(subresources),
        tuple(names.get("shortNames") or ()),
        built_in=False,
        categories=tuple(names.get("categories") or ()),
    )


def _schema(version: dict[str, Any]) -> Shape:
    raw = (version.get("schema") or {}).get("openAPIV3Schema") or {}
    return Shape(raw, is_root=True)
