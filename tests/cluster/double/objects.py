"""The life of an object: created, replaced, patched, applied, deleted, as admission allows."""

from __future__ import annotations

import copy
import re
import secrets
import uuid
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.cluster.double import patching
from tests.cluster.double.apply import Manager, Writing, apply, entries, updated
from tests.cluster.double.conformance import conform
from tests.cluster.double.defaulting import defaulted
from tests.cluster.double.errors import (
    ApiError,
    already_exists,
    invalid,
    modified_meanwhile,
    not_found,
    undecodable,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.cluster.double.apply import Ownership
    from tests.cluster.double.kinds import Resource
    from tests.cluster.double.store import Clock, Key, Object, Store

_NAME = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*\Z")
_NAME_RULE = (
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or "
    "'.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used "
    "for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"
)
_KEPT_BY_SERVER = ("uid", "creationTimestamp", "name", "namespace", "generation")
_STATUS_KINDS_OF_CREATE = {"namespaces", "pods", "services", "persistentvolumeclaims"}


@dataclass
class Write:
    """How something is written. `warnings` are filled for the answer's Warning headers."""

    manager: str
    version: str = ""
    subresource: str = ""
    dry_run: bool = False
    validation: str = "Warn"
    warnings: list[str] = field(default_factory=list)
    is_patch: bool = False


class Objects:
    """Writes objects into a store. Every method is called with the store's lock held."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self.store, self.clock = store, clock
        self.kept: Callable[[Resource, Object], None] | None = None

    def read(self, resource: Resource, key: Key) -> Object:
        """An object. Raises ApiError 404."""
        found = self.store.find(resource.id, key)
        if found is None:
            raise not_found(resource, key[1])
        return found

    def create(self, resource: Resource, namespace: str, body: Object, write: Write) -> Object:
        """Store a new object. Raises ApiError."""
        return self._create(resource, namespace, body, write, "Update")

    def _create(
        self, resource: Resource, namespace: str, body: Object, write: Write, operation: str
    ) -> Object:
        obj = copy.deepcopy(body)
        key = self._named(resource, namespace, obj)
        if self.store.find(resource.id, key) is not None:
            raise already_exists(resource, key[1])
        if obj["metadata"].get("resourceVersion"):
            message = "resourceVersion should not be set on objects to be created"
            raise ApiError(500, message, "")
        obj |= {"apiVersion": resource.api_version(write.version), "kind": resource.kind}
        if resource.has_status and resource.plural not in _STATUS_KINDS_OF_CREATE:
            obj.pop("status", None)
        obj["metadata"] |= {"uid": str(uuid.uuid4()), "creationTimestamp": self.clock.text()}
        if resource.counts_generations:
            obj["metadata"]["generation"] = 1
        obj = self._admitted(resource, obj, write)
        writing = self._writing(resource, write, operation)
        if operation == "Apply":
            owners = apply({}, {}, self._decoded(resource, body), writing, force=True).owners
        else:
            owners = updated({}, {}, obj, writing)
        return self._keep(resource, key, obj, owners, write)

    def _named(self, resource: Resource, namespace: str, obj: Object) -> Key:
        metadata = obj["metadata"] = dict(obj.get("metadata") or {})
        metadata.pop("managedFields", None)
        if metadata.get("namespace") not in {None, "", namespace}:
            message = (
                "the namespace of the provided object does not match the namespace sent on the "
                "request"
            )
            raise ApiError(400, message)
        if resource.namespaced:
            metadata["namespace"] = namespace
            if self.store.find(("", "namespaces"), ("", namespace)) is None:
                message = f'namespaces "{namespace}" not found'
                raise ApiError(404, message, name=namespace, kind="namespaces")
        if not metadata.get("name") and metadata.get("generateName"):
            metadata["name"] = metadata["generateName"] + secrets.token_hex(3)[:5]
        name = str(metadata.get("name") or "")
        if not name:
            wrong = "metadata.name: Required value: name or generateName is required"
            raise invalid(resource, name, [wrong])
        if not _NAME.match(name) and resource.group != "rbac.authorization.k8s.io":
            raise invalid(resource, name, [f'metadata.name: Invalid value: "{name}": {_NAME_RULE}'])
        return namespace if resource.namespaced else "", name

    def replace(self, resource: Resource, key: Key, body: Object, write: Write) -> Object:
        """Store a new state of an object. Raises ApiError."""
        old = self.read(resource, key)
        new = self._next(resource, old, copy.deepcopy(body), write)
        owners = self.store.owners.get((resource.id, key), {})
        owners = updated(owners, old, new, self._writing(resource, write, "Update"))
        return self._keep(resource, key, new, owners, write)

    def patch(self, resource: Resource, key: Key, patch: Any, kind: str, write: Write) -> Object:
        """Patch an object; `kind` is the media type. Raises ApiError."""
        old, write.is_patch = self.read(resource, key), True
        if kind == "application/json-patch+json":
            new = patching.json_patch(old, patch)
        elif kind == "application/merge-patch+json":
            new = patching.merge_patch(old, patch)
        else:
            new = patching.strategic_merge_patch(resource.schemas[resource.version], old, patch)
        return self.replace(resource, key, new, write)

    def apply(
        self, resource: Resource, key: Key, body: Object, write: Write, *, force: bool
    ) -> tuple[Object, bool]:
        """Apply a configuration; the object, and whether it is new. Raises ApiError."""
        if (body.get("metadata") or {}).get("managedFields"):
            raise ApiError(400, "metadata.managedFields must be nil")
        wanted = resource.api_version(write.version)
        if body.get("apiVersion") != wanted:
            message = "Incorrect version specified in apply patch. Specified patch version: "
            raise ApiError(400, f"{message}{body.get('apiVersion', '')}, expected: {wanted}")
        body = _without_nulls(body) | {"kind": resource.kind}
        body["metadata"] = (body.get("metadata") or {}) | {"name": key[1]}
        self._check_typed(resource, key, body, write)
        old = self.store.find(resource.id, key)
        if old is None:
            return self._create(resource, key[0], body, write, "Apply"), True
        config = self._decoded(resource, body)
        config = {"status": config.get("status")} if write.subresource == "status" else config
        if not write.subresource and resource.has_status:
            config.pop("status", None)
        writing = self._writing(resource, write, "Apply")
        owners = self.store.owners.get((resource.id, key), {})
        applied = apply(owners, old, config, writing, force=force)
        new = self._next(resource, old, applied.object, write)
        return self._keep(resource, key, new, applied.owners, write), False

    def delete(
        self, resource: Resource, key: Key, write: Write, preconditions: Object | None = None
    ) -> Object:
        """Delete an object, or mark it where finalizers hold it; what is left or was."""
        obj = self.read(resource, key)
        metadata = obj["metadata"]
        for name in ("uid", "resourceVersion"):
            wanted = (preconditions or {}).get(name)
            if wanted and wanted != metadata[name]:
                label = "UID" if name == "uid" else "ResourceVersion"
                message = f"Precondition failed: {label} in precondition: {wanted}, {label} in "
                raise ApiError(409, f"{message}object meta: {metadata[name]}", name=key[1])
        if write.dry_run:
            return obj
        if not metadata.get("finalizers"):
            return self._remove(resource, key, obj)
        if "deletionTimestamp" in metadata:
            return obj
        marked = obj | {"metadata": metadata | {"deletionTimestamp": self.clock.text()}}
        return self.store.put(resource, key, marked, self.store.owners[resource.id, key])

    def _remove(self, resource: Resource, key: Key, obj: Object) -> Object:
        gone = self.store.remove(resource, key, obj)
        self._tell(resource, gone)
        return gone

    def _next(self, resource: Resource, old: Object, new: Object, write: Write) -> Object:
        key, metadata = old["metadata"]["name"], dict(new.get("metadata") or {})
        if metadata.get("resourceVersion") not in {None, "", old["metadata"]["resourceVersion"]}:
            raise modified_meanwhile(resource, key)
        if metadata.get("uid") not in {None, "", old["metadata"]["uid"]}:
            message = f"Precondition failed: UID in precondition: {metadata['uid']}, UID in object"
            raise ApiError(409, f"{message} meta: {old['metadata']['uid']}", name=key)
        for name in (*_KEPT_BY_SERVER, "deletionTimestamp", "resourceVersion"):
            metadata.pop(name, None)
            if name in old["metadata"]:
                metadata[name] = old["metadata"][name]
        metadata.pop("managedFields", None)
        new["metadata"] = metadata
        new |= {"apiVersion": old["apiVersion"], "kind": old["kind"]}
        if write.subresource == "status":
            new = old | {"status": new.get("status", {})}
            new["metadata"] = {n: v for n, v in old["metadata"].items() if n != "managedFields"}
        elif resource.has_status:
            new.pop("status", None)
            new |= {"status": old["status"]} if "status" in old else {}
        new = self._admitted(resource, new, write)
        _check_immutable(resource, old, new)
        if resource.counts_generations and _content(resource, old) != _content(resource, new):
            new["metadata"]["generation"] = old["metadata"].get("generation", 1) + 1
        return new

    def _admitted(self, resource: Resource, obj: Object, write: Write) -> Object:
        """The object with defaults, pruned and valid. Raises ApiError."""
        version = write.version or resource.version
        result, verdict = conform(resource.schemas[version], obj)
        if verdict.mistyped:
            raise undecodable(resource, version, verdict.mistyped[0])
        if verdict.unknown and write.validation == "Strict":
            raise _strict(resource, version, verdict.unknown, write)
        if verdict.unknown and write.validation == "Warn":
            write.warnings += [f'unknown field "{place}"' for place in verdict.unknown]
        if verdict.faults:
            raise invalid(resource, obj["metadata"].get("name", ""), verdict.faults)
        metadata = result["metadata"]
        result["metadata"] = {name: v for name, v in metadata.items() if v not in ({}, [], None)}
        return defaulted(resource, result)

    def _decoded(self, resource: Resource, body: Object) -> Object:
        """What was sent, in the terms in which it is stored: `stringData` is `data`."""
        decoded = copy.deepcopy(body)
        if resource.id == ("", "secrets") and "stringData" in decoded:
            filled = defaulted(resource, copy.deepcopy(body))
            decoded["data"] = filled["data"]
            del decoded["stringData"]
        return decoded

    def _check_typed(self, resource: Resource, key: Key, body: Object, write: Write) -> None:
        version = write.version or resource.version
        _, verdict = conform(resource.schemas[version], body)
        if not verdict.untyped:
            return
        group_version = resource.api_version(version)
        about = f"{key[0]}/{key[1]}; {group_version}, Kind={resource.kind}"
        listed = verdict.untyped[0]
        if len(verdict.untyped) > 1:
            listed = "errors:\n  " + "\n  ".join(verdict.untyped)
        raise ApiError(500, f"failed to create typed patch object ({about}): {listed}", "")

    def _writing(self, resource: Resource, write: Write, operation: str) -> Writing:
        version = resource.api_version(write.version)
        manager = Manager(operation, write.manager, version, write.subresource)
        shape = resource.schemas[write.version or resource.version]
        return Writing(manager, self.clock.text(), shape)

    def _keep(
        self, resource: Resource, key: Key, obj: Object, owners: Ownership, write: Write
    ) -> Object:
        old = self.store.find(resource.id, key)
        obj["metadata"] = obj["metadata"] | {"managedFields": entries(owners)}
        if not owners:
            del obj["metadata"]["managedFields"]
        if old is not None and _same(old, obj):
            return old
        if write.dry_run:
            return obj
        ends = "deletionTimestamp" in obj["metadata"] and not obj["metadata"].get("finalizers")
        if old is not None and ends:
            return self._remove(resource, key, obj)
        stored = self.store.put(resource, key, obj, owners)
        self._tell(resource, stored)
        return stored

    def _tell(self, resource: Resource, obj: Object) -> None:
        if self.kept is not None:
            self.kept(resource, obj)


def _same(old: Object, new: Object) -> bool:
    """Whether a write changes nothing; it then gets no resourceVersion."""
    return _timeless(old) == _timeless(new)


def _timeless(obj: Object) -> Object:
    fields = obj["metadata"].get("managedFields", ())
    managed = [{name: v for name, v in entry.items() if name != "time"} for entry in fields]
    return obj | {"metadata": obj["metadata"] | {"managedFields": managed}}


def _content(resource: Resource, obj: Object) -> Object:
    """What a generation counts. Without a status subresource, status is content like any other."""
    ignored = {"metadata", "status"} if resource.has_status else {"metadata"}
    return {name: value for name, value in obj.items() if name not in ignored}


def _without_nulls(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _without_nulls(v) for name, v in value.items() if v is not None}
    if isinstance(value, list):
        return [_without_nulls(item) for item in value]
    return value


def _strict(resource: Resource, version: str, unknown: list[str], write: Write) -> ApiError:
    listed = ", ".join(f'unknown field "{place}"' for place in unknown)
    why = f"strict decoding error: {listed}"
    if write.is_patch:
        return ApiError(422, f' "" is invalid: patch: Invalid value: {why}')
    return undecodable(resource, version, why)


def _check_immutable(resource: Resource, old: Object, new: Object) -> None:
    if resource.group != "apps":
        return
    before, after = old["spec"].get("selector"), new["spec"].get("selector")
    if before != after:
        message = f"spec.selector: Invalid value: {after}: field is immutable"
        raise invalid(resource, new["metadata"]["name"], [message])
