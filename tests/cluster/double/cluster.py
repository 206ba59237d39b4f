"""A cluster for a test: a stateful Kubernetes API on the loopback, and what may befall it."""

from __future__ import annotations

import copy
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from tests.cluster.double import crds
from tests.cluster.double.api import Api
from tests.cluster.double.authorization import Rule
from tests.cluster.double.faults import Fault, Faults
from tests.cluster.double.kubeconfig import Kubeconfig
from tests.cluster.double.objects import Write
from tests.cluster.double.patching import merge_patch
from tests.cluster.double.server import Server
from tests.cluster.double.streams import Streams
from tests.secrets.bao import certificate_in

if TYPE_CHECKING:
    import datetime

    from tests.cluster.double.controllers import Controller
    from tests.cluster.double.exchange import Request
    from tests.cluster.double.kinds import Resource
    from tests.cluster.double.kubeconfig import Identity
    from tests.cluster.double.store import Key, Object

_SETUP = Write("setup")
_NAMESPACES = ("default", "kube-system")


class Cluster:
    """Use it as a context manager.

    `tls` serves HTTPS with a certificate of its own CA (`ca`). `skew` is how far the cluster's
    clock is ahead of ours. `systems` are names of `crds.of_system` that are installed.
    """

    def __init__(
        self,
        *systems: str,
        tls: bool = False,
        skew: datetime.timedelta | None = None,
    ) -> None:
        self.api, self.faults = Api(), Faults()
        self.streams = Streams(self.api.objects)
        self.server = Server(self.api, self.faults, self.streams)
        self.controllers: list[Controller] = []
        self.ca: Path | None = None
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        if skew is not None:
            self.api.clock.skew = skew
        if tls:
            self._folder = tempfile.TemporaryDirectory(prefix="double-")
            self.ca, private_key = certificate_in(Path(self._folder.name))
            self.server.secure(self.ca, private_key)
        self.namespace(*_NAMESPACES)
        self.crd(*systems)

    def __enter__(self) -> Self:
        self.server.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        """End it, its simulators, and every connection."""
        self.server.stop()
        for controller in self.controllers:
            controller.stop()
        if self._folder is not None:
            self._folder.cleanup()

    @property
    def url(self) -> str:
        """Where it listens."""
        scheme = "https" if self.ca else "http"
        return f"{scheme}://127.0.0.1:{self.server.server_port}"

    @property
    def requests(self) -> list[Request]:
        """Everything that was asked, in order."""
        return self.server.heard

    def asked(self, method: str = "", path: str = "") -> list[Request]:
        """The requests of a method whose path holds `path`."""
        heard = list(self.server.heard)
        return [one for one in heard if method in {"", one.method} and path in one.path]

    def kubeconfig(
        self,
        path: Path,
        *,
        context: str = "double",
        namespace: str = "default",
        token: str = "double-token",  # noqa: S107 - nothing is protected by it
        user: Identity = "token",
    ) -> Path:
        """Write a kubeconfig for the cluster to `path`; the path."""
        return Kubeconfig(self.url, context, namespace, token, user, self.ca).write(path)

    def namespace(self, *names: str) -> None:
        """Create namespaces."""
        for name in names:
            self.create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}})

    def crd(self, *names: str, **defined: Any) -> None:
        """Install definitions.

        A name is a system's (`argocd`) or a definition's (`applications.argoproj.io`); keywords
        are those of `crds.definition`.
        """
        for name in names:
            made = crds.ready_made()
            for one in [made[name]] if name in made else crds.of_system(name):
                self.create(one)
        if defined:
            self.create(crds.definition(**defined))

    def create(self, obj: Object, *, manager: str = "setup") -> Object:
        """Store an object, its status too, past HTTP, faults and rules; what was stored."""
        resource, version = self.api.registry.of(obj["apiVersion"], obj["kind"])
        namespace = (obj.get("metadata") or {}).get("namespace", "default")
        with self.api.store.changed:
            made = self.api.objects.create(resource, namespace, obj, Write(manager, version))
            if resource.has_status and "status" in obj and made.get("status") != obj["status"]:
                write = Write(manager, version, "status")
                made = self.api.objects.replace(resource, _key(made), obj, write)
        return copy.deepcopy(made)

    def read(self, kind: str, name: str, namespace: str = "default") -> Object:
        """An object by kind (or `Kind.group`), as it is stored. Raises ApiError 404."""
        resource = self.resource(kind)
        found = self.api.objects.read(resource, _place(resource, name, namespace))
        return copy.deepcopy(found)

    def exists(self, kind: str, name: str, namespace: str = "default") -> bool:
        """Whether there is such an object."""
        resource = self.resource(kind)
        return self.api.store.find(resource.id, _place(resource, name, namespace)) is not None

    def objects(self, kind: str, namespace: str | None = None) -> list[Object]:
        """All objects of a kind."""
        found = self.api.store.objects(self.resource(kind).id, namespace)
        return copy.deepcopy(found)

    def patch(
        self,
        kind: str,
        name: str,
        patch: Object,
        namespace: str = "default",
        *,
        manager: str = "somebody",
    ) -> Object:
        """Change an object by a merge patch (null removes), its status too."""
        resource = self.resource(kind)
        key = _place(resource, name, namespace)
        with self.api.store.changed:
            old = self.api.objects.read(resource, key)
            new = merge_patch(old, patch)
            if resource.has_status and "status" in patch:
                write = Write(manager, subresource="status")
                self.api.objects.replace(resource, key, new, write)
                new["metadata"] = new["metadata"] | {"resourceVersion": None}
            return copy.deepcopy(self.api.objects.replace(resource, key, new, Write(manager)))

    def set_status(
        self,
        kind: str,
        name: str,
        status: Object,
        namespace: str = "default",
        *,
        manager: str = "controller",
    ) -> Object:
        """Replace the status of an object."""
        resource = self.resource(kind)
        key = _place(resource, name, namespace)
        write = Write(manager, subresource="status")
        with self.api.store.changed:
            old = self.api.objects.read(resource, key)
            new = self.api.objects.replace(resource, key, old | {"status": status}, write)
        return copy.deepcopy(new)

    def delete(self, kind: str, name: str, namespace: str = "default") -> None:
        """Delete an object."""
        resource = self.resource(kind)
        with self.api.store.changed:
            self.api.objects.delete(resource, _place(resource, name, namespace), _SETUP)

    def resource(self, kind: str) -> Resource:
        """The resource of a kind; `Kind.group` where two groups have one."""
        name, _, group = kind.partition(".")
        for resource in self.api.registry.resources.values():
            if resource.kind == name and group in {"", resource.group}:
                return resource
        raise LookupError(kind)

    def fault(self, path: str = "", **how: Any) -> Fault:
        """Plan a fault; `how` are the fields of `faults.Fault`."""
        return self.faults.add(Fault(path, **how))

    def token(self, token: str, user: str) -> None:
        """Let `token` be `user`. From the first one on, every other token is answered 401."""
        self.api.authorization.tokens[token] = user
        self.api.authorization.closed = True

    def revoke(self, token: str) -> None:
        """Let a token expire."""
        self.api.authorization.tokens.pop(token, None)
        self.api.authorization.closed = True

    def deny(self, **rule: str) -> None:
        """Refuse what a rule covers; the fields are those of `authorization.Rule`."""
        self.api.authorization.denials.append(Rule(**rule))

    def permit(self, **rule: str) -> None:
        """Let a user do what a rule covers, and nothing that no such rule covers."""
        self.api.authorization.permits.append(Rule(**rule))

    def event(
        self, about: Object, reason: str, message: str, *, kind: str = "Warning", count: int = 1
    ) -> Object:
        """Record an Event about an object."""
        metadata, now = about["metadata"], self.api.clock.text()
        namespace = metadata.get("namespace", "default")
        involved = {"apiVersion": about["apiVersion"], "kind": about["kind"]}
        involved |= {"name": metadata["name"], "namespace": namespace}
        involved |= {"uid": metadata["uid"]} if "uid" in metadata else {}
        body: Object = {"apiVersion": "v1", "kind": "Event", "involvedObject": involved}
        body["metadata"] = {"generateName": f"{metadata['name']}.", "namespace": namespace}
        body |= {"reason": reason, "message": message, "type": kind, "count": count}
        body |= {"firstTimestamp": now, "lastTimestamp": now, "source": {"component": "double"}}
        return self.create(body)

    def log(
        self, pod: str, text: str, namespace: str = "default", *, previous: bool = False, **of: str
    ) -> None:
        """What a pod has logged; `container="web"` where it has several."""
        spec = self.read("Pod", pod, namespace)["spec"]
        container = of.get("container") or spec["containers"][0]["name"]
        self.streams.logs[namespace, pod, container, previous] = text

    def backend(self, name: str, port: int, address: tuple[str, int], **of: str) -> None:
        """What answers behind a pod's or a service's port; `namespace="default"`."""
        self.streams.backends[of.get("namespace", "default"), name, port] = address

    def compact(self) -> None:
        """Forget what changed: watches from before get 410."""
        self.api.store.compact()


def _key(obj: Object) -> Key:
    metadata = obj["metadata"]
    return metadata.get("namespace", ""), metadata["name"]


def _place(resource: Resource, name: str, namespace: str) -> Key:
    return (namespace if resource.namespaced else ""), name
