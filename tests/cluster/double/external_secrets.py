"""Plays External Secrets: stores become valid, ExternalSecrets become Secrets.

As in External Secrets v1, an ExternalSecret is synced anew when its generation, labels or
annotations differ from `status.syncedResourceVersion` (so the annotation `force-sync` works), and
never again once it was synced with `refreshInterval: 0`.
"""

from __future__ import annotations

import base64
import hashlib
import json
from typing import TYPE_CHECKING, Any

from tests.cluster.double.controllers import Controller
from tests.cluster.double.errors import ApiError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.cluster.double.cluster import Cluster
    from tests.cluster.double.store import Event, Object

_PACE = 0.01
_STORES = ("SecretStore", "ClusterSecretStore")
_ONCE = {"0", "0s", "0m", "0h", "0m0s", "0h0m0s"}


class ExternalSecrets(Controller):
    """The simulator; it starts at once.

    `values` is what the provider holds, by path and key. `failures` gives the message with which
    an ExternalSecret, or a store, of that name is not ready.
    """

    def __init__(self, cluster: Cluster, values: Mapping[str, Mapping[str, str]]) -> None:
        super().__init__(cluster, "ExternalSecret", *_STORES)
        self.values: dict[str, dict[str, str]] = {path: dict(v) for path, v in values.items()}
        self.failures: dict[str, str] = {}
        self._pending: set[tuple[str, str]] = set()
        self.start()

    def put(self, path: str, **values: str) -> None:
        """Change what the provider holds."""
        self.values[path] = self.values.get(path, {}) | values

    def fail(self, name: str, message: str = "could not get secret data from provider") -> None:
        """From the next sync on it fails."""
        self.failures[name] = message

    def heal(self, name: str) -> None:
        """From the next sync on it works again."""
        self.failures.pop(name, None)

    def saw(self, event: Event) -> None:
        """React as the controllers do."""
        if event.change == "DELETED":
            return
        kind, metadata = event.object["kind"], event.object["metadata"]
        namespace, name = metadata.get("namespace", ""), metadata["name"]
        if kind in _STORES:
            if not (event.object.get("status") or {}).get("conditions"):
                self.later(_PACE, lambda: self._validate(kind, namespace, name))
        elif _is_due(event.object) and (namespace, name) not in self._pending:
            self._pending.add((namespace, name))
            self.later(_PACE, lambda: self._sync(namespace, name))

    def _validate(self, kind: str, namespace: str, name: str) -> None:
        message = self.failures.get(name)
        reason = "InvalidProviderConfig" if message else "Valid"
        ready = self._ready(reason, message or "store validated", is_ready=not message)
        status = {"capabilities": "ReadWrite", "conditions": [ready]}
        self.cluster.set_status(kind, name, status, namespace, manager="external-secrets")

    def _sync(self, namespace: str, name: str) -> None:
        self._pending.discard((namespace, name))
        obj = self.cluster.read("ExternalSecret", name, namespace)
        try:
            data = self._data(obj)
        except LookupError as error:
            self._report(obj, "SecretSyncedError", str(error.args[0]))
            return
        self._write(obj, data)
        self._report(obj, "SecretSynced", "secret synced")

    def _data(self, obj: Object) -> dict[str, str]:
        """What the Secret gets. Raises LookupError with the message of the failure."""
        if message := self.failures.get(obj["metadata"]["name"]):
            raise LookupError(message)
        data: dict[str, str] = {}
        for number, entry in enumerate(obj["spec"].get("data") or ()):
            remote = entry["remoteRef"]
            held = self.values.get(remote["key"], {})
            wanted = remote.get("property", entry["secretKey"])
            if wanted not in held:
                about = f"error processing spec.data[{number}] (key: {remote['key']})"
                raise LookupError(f"{about}, err: Secret does not exist")
            data[entry["secretKey"]] = held[wanted]
        for number, entry in enumerate(obj["spec"].get("dataFrom") or ()):
            path = (entry.get("extract") or {}).get("key", "")
            if path not in self.values:
                about = f"error processing spec.dataFrom[{number}].extract"
                raise LookupError(f"{about}, err: Secret does not exist")
            data |= self.values[path]
        return data

    def _write(self, obj: Object, data: dict[str, str]) -> None:
        metadata, target = obj["metadata"], obj["spec"].get("target") or {}
        name, namespace = target.get("name") or metadata["name"], metadata["namespace"]
        encoded = {key: base64.b64encode(v.encode()).decode() for key, v in sorted(data.items())}
        digest = hashlib.sha256(json.dumps(encoded).encode()).hexdigest()[:32]
        marks: Object = {
            "labels": {"reconcile.external-secrets.io/managed": "true"},
            "annotations": {"reconcile.external-secrets.io/data-hash": digest},
        }
        if target.get("creationPolicy", "Owner") == "Owner":
            owner = {"apiVersion": obj["apiVersion"], "kind": obj["kind"], "controller": True}
            owner |= {"name": metadata["name"], "uid": metadata["uid"], "blockOwnerDeletion": True}
            marks["ownerReferences"] = [owner]
        manager = f"externalsecrets.external-secrets.io/{metadata['name']}"
        secret: Object = {"apiVersion": "v1", "kind": "Secret", "data": encoded}
        secret["metadata"] = {"name": name, "namespace": namespace, **marks}
        try:
            self.cluster.create(secret, manager=manager)
        except ApiError as error:
            if error.reason != "AlreadyExists":
                raise
            old = self.cluster.read("Secret", name, namespace).get("data") or {}
            gone: Object = dict.fromkeys(key for key in old if key not in encoded)
            patch = {"data": encoded | gone, "metadata": marks}
            self.cluster.patch("Secret", name, patch, namespace, manager=manager)

    def _report(self, obj: Object, reason: str, message: str) -> None:
        metadata, worked = obj["metadata"], reason == "SecretSynced"
        ready = self._ready(reason, message, is_ready=worked)
        status: Object = (obj.get("status") or {}) | {"conditions": [ready]}
        if worked:
            target = obj["spec"].get("target") or {}
            status["binding"] = {"name": target.get("name") or metadata["name"]}
            status["refreshTime"] = self.cluster.api.clock.text()
        status["syncedResourceVersion"] = _version(obj)
        namespace, name = metadata["namespace"], metadata["name"]
        manager = "external-secrets"
        self.cluster.set_status("ExternalSecret", name, status, namespace, manager=manager)
        if not worked:
            self.cluster.event(obj, "UpdateFailed", message)

    def _ready(self, reason: str, message: str, *, is_ready: bool) -> dict[str, Any]:
        condition = {"type": "Ready", "status": str(is_ready), "reason": reason}
        now = self.cluster.api.clock.text()
        return condition | {"message": message, "lastTransitionTime": now}


def _version(obj: Object) -> str:
    metadata = obj["metadata"]
    described = json.dumps([metadata.get("labels"), metadata.get("annotations")], sort_keys=True)
    digest = hashlib.sha224(described.encode()).hexdigest()
    return f"{metadata['generation']}-{digest}"


def _is_due(obj: Object) -> bool:
    status = obj.get("status") or {}
    if status.get("syncedResourceVersion") == _version(obj):
        return False
    once = obj["spec"].get("refreshInterval") in _ONCE
    return not (once and status.get("refreshTime"))
