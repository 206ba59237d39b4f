"""What each request does: from path and verb to the object."""

from __future__ import annotations

import base64
import json
import re
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tests.cluster.double.authorization import Access, Authorization, self_review
from tests.cluster.double.discovery import described
from tests.cluster.double.errors import ApiError, no_such_path
from tests.cluster.double.exchange import Answer
from tests.cluster.double.objects import Objects, Write
from tests.cluster.double.registry import Registry
from tests.cluster.double.store import Clock, Store
from tests.cluster.double.watches import Selection

if TYPE_CHECKING:
    from tests.cluster.double.exchange import Request
    from tests.cluster.double.kinds import Resource
    from tests.cluster.double.store import Key, Object

STREAMED = ("log", "proxy", "portforward")
_PATH = re.compile(
    r"(?:/api/(?P<core>v1)|/apis/(?P<group>[^/]+)/(?P<version>[^/]+))"
    r"(?:/namespaces/(?P<namespace>[^/]+)(?=/(?!status$|finalize$)))?"
    r"/(?P<plural>[^/]+)(?:/(?P<name>[^/]+))?(?:/(?P<subresource>[^/]+))?(?P<rest>/.*)?"
)
_PATCHES = (
    "application/json-patch+json",
    "application/merge-patch+json",
    "application/strategic-merge-patch+json",
)
_APPLY = "application/apply-patch+yaml"
_VERBS = {
    "GET": "get",
    "POST": "create",
    "PUT": "update",
    "PATCH": "patch",
    "DELETE": "delete",
    "HEAD": "get",
}


@dataclass(frozen=True)
class Target:
    """What a path names. `namespace` is None for all of them."""

    resource: Resource
    version: str
    namespace: str | None
    name: str
    subresource: str
    rest: str

    @property
    def key(self) -> Key:
        """Where the object is kept. A port is no part of its name."""
        name = self.name
        if self.subresource == "proxy":
            name = name.removeprefix("http:").partition(":")[0]
        return self.namespace or "", name


class Api:
    """The API of one cluster."""

    def __init__(self) -> None:
        self.store, self.clock = Store(), Clock()
        self.registry, self.authorization = Registry(), Authorization()
        self.objects = Objects(self.store, self.clock)
        self.objects.kept = self._kept

    def target(self, request: Request) -> Target:
        """What the request is about. Raises ApiError 404."""
        match = _PATH.fullmatch(request.path)
        if match is None:
            raise no_such_path()
        version = match["core"] or match["version"]
        resource = self.registry.named(match["group"] or "", match["plural"], version)
        subresource = match["subresource"] or ""
        if subresource and subresource not in resource.subresources | {"finalize"}:
            raise no_such_path()
        rest, name = match["rest"] or "", match["name"] or ""
        return Target(resource, version, match["namespace"], name, subresource, rest)

    def before_target(self, request: Request, user: str) -> Answer | None:
        """The answer to a request that is about no object: discovery and reviews."""
        if request.method in {"GET", "HEAD"}:
            return described(self.registry, request)
        last, group = request.path.rpartition("/")[2], request.path.split("/")[2:3]
        if request.method != "POST" or group not in (
            ["authorization.k8s.io"],
            ["authentication.k8s.io"],
        ):
            return None
        if last == "selfsubjectaccessreviews":
            return Answer(201, self.authorization.access_review(user, request.json()))
        if last == "selfsubjectrulesreviews":
            return Answer(201, self.authorization.rules_review(user, request.json()))
        return Answer(201, self_review(user)) if last == "selfsubjectreviews" else None

    def authorize(self, request: Request, target: Target, user: str) -> None:
        """Raises ApiError 403."""
        verb = _VERBS.get(request.method, "")
        if request.is_watch:
            verb = "watch"
        elif not target.name:
            verb = {"get": "list", "delete": "deletecollection"}.get(verb, verb)
        self._check(target, user, verb)
        is_new = self.store.find(target.resource.id, target.key) is None
        if request.content_type == _APPLY and is_new and not target.subresource:
            self._check(target, user, "create")

    def _check(self, target: Target, user: str, verb: str) -> None:
        resource = target.resource
        full = "/".join(filter(None, (resource.plural, target.subresource)))
        access = Access(verb, resource.group, full, target.namespace or "", target.key[1])
        self.authorization.check(user, resource, access)

    def answer(self, request: Request, target: Target) -> Answer:
        """Do what is asked. Raises ApiError."""
        with self.store.changed:
            if request.method in {"GET", "HEAD"}:
                return self._read(request, target)
            return self._write(request, target)

    def selection(self, request: Request, target: Target) -> Selection:
        """The objects that a list or a watch is about."""
        query = request.query
        selectors = query.get("labelSelector", ""), query.get("fieldSelector", "")
        namespace = target.namespace if target.resource.namespaced else None
        return Selection(target.resource, namespace, target.name, *selectors)

    def _read(self, request: Request, target: Target) -> Answer:
        if not target.name:
            return self._list(request, target)
        obj = self.objects.read(target.resource, target.key)
        return Answer(200, _shown(obj, target))

    def _list(self, request: Request, target: Target) -> Answer:
        resource, selection = target.resource, self.selection(request, target)
        selection.check()
        found = [obj for obj in self.store.objects(resource.id) if selection.has(obj)]
        metadata: Object = {"resourceVersion": str(self.store.revision)}
        start = self._position(request.query.get("continue", ""))
        limit = int(request.query.get("limit") or 0) or len(found)
        end = start + limit
        if end < len(found):
            token = json.dumps({"v": "meta.k8s.io/v1", "rv": self.store.revision, "start": end})
            metadata["continue"] = base64.urlsafe_b64encode(token.encode()).decode()
            metadata["remainingItemCount"] = len(found) - end
        body: Object = {"kind": f"{resource.kind}List"}
        body |= {"apiVersion": resource.api_version(target.version), "metadata": metadata}
        return Answer(200, body | {"items": [_shown(obj, target) for obj in found[start:end]]})

    def _position(self, token: str) -> int:
        if not token:
            return 0
        read: dict[str, int] = json.loads(base64.urlsafe_b64decode(token))
        if read["rv"] < self.store.compacted:
            message = (
                "The provided continue parameter is too old to display a consistent list result. "
                "You must start a new list without the continue parameter."
            )
            raise ApiError(410, message)
        return read["start"]

    def _write(self, request: Request, target: Target) -> Answer:
        write, body = _writing(request, target), request.json()
        if request.method == "DELETE":
            return self._delete(target, write, body)
        if target.subresource == "token":
            return self._token(target, body)
        if request.method == "PATCH":
            return self._patch(request, target, body, write)
        _check_kind(target, body)
        if request.method == "POST":
            obj = self.objects.create(target.resource, target.namespace or "", body, write)
            return Answer(201, _shown(obj, target), warnings=write.warnings)
        if target.subresource == "scale":
            body = self._scaled(target, body)
        obj = self.objects.replace(target.resource, target.key, body, write)
        return Answer(200, _shown(obj, target), warnings=write.warnings)

    def _scaled(self, target: Target, scale: Object) -> Object:
        obj = self.objects.read(target.resource, target.key)
        version = (scale.get("metadata") or {}).get("resourceVersion")
        metadata = obj["metadata"] | {"resourceVersion": version}
        spec = obj["spec"] | {"replicas": scale["spec"]["replicas"]}
        return obj | {"metadata": metadata, "spec": spec}

    def _patch(self, request: Request, target: Target, body: Any, write: Write) -> Answer:
        kind, resource = request.content_type, target.resource
        if not isinstance(body, dict | list):
            raise ApiError(400, "the object provided is unrecognized")
        if kind == _APPLY:
            return self._apply(request, target, body, write)
        kinds = _PATCHES if resource.built_in else _PATCHES[:2]
        if kind not in kinds:
            accepted = ", ".join((*kinds, _APPLY))
            message = "the body of the request was in an unknown format - accepted media types "
            raise ApiError(415, f"{message}include: {accepted}")
        obj = self.objects.patch(resource, target.key, body, kind, write)
        return Answer(200, _shown(obj, target), warnings=write.warnings)

    def _apply(self, request: Request, target: Target, body: Any, write: Write) -> Answer:
        if not request.query.get("fieldManager"):
            message = 'PatchOptions.meta.k8s.io "" is invalid: fieldManager: Required value'
            raise ApiError(422, f"{message}: is required for apply patch")
        force = request.query.get("force", "").lower() == "true"
        obj, is_new = self.objects.apply(target.resource, target.key, body, write, force=force)
        return Answer(201 if is_new else 200, _shown(obj, target), warnings=write.warnings)

    def _delete(self, target: Target, write: Write, body: Object | None) -> Answer:
        resource, options = target.resource, body or {}
        if not target.name:
            for obj in self.store.objects(resource.id, target.namespace):
                metadata = obj["metadata"]
                key = metadata.get("namespace", ""), metadata["name"]
                self.objects.delete(resource, key, write)
            return Answer(200, _success({}))
        write.dry_run = write.dry_run or "All" in (options.get("dryRun") or ())
        obj = self.objects.delete(resource, target.key, write, options.get("preconditions"))
        if obj["metadata"].get("finalizers"):
            return Answer(200, _shown(obj, target))
        about = {"name": target.name, "group": resource.group, "kind": resource.plural}
        return Answer(200, _success(about | {"uid": obj["metadata"]["uid"]}))

    def _token(self, target: Target, body: Object) -> Answer:
        self.objects.read(target.resource, target.key)
        status = {"token": f"double.{secrets.token_urlsafe(16)}.signature"}
        status["expirationTimestamp"] = self.clock.text()
        about = {"kind": "TokenRequest", "apiVersion": "authentication.k8s.io/v1", "metadata": {}}
        return Answer(201, about | {"spec": body.get("spec") or {}, "status": status})

    def _kept(self, resource: Resource, obj: Object) -> None:
        """What the cluster does by itself once something was stored or is gone."""
        is_gone = self.store.find(resource.id, ("", obj["metadata"]["name"])) is None
        if resource.id == ("", "namespaces"):
            if is_gone:
                self._empty(obj["metadata"]["name"])
            else:
                self._furnish(obj["metadata"]["name"])
        if resource.plural == "customresourcedefinitions":
            if is_gone:
                self._drop(*self.registry.undefine(obj))
            else:
                self.registry.define(obj)

    def _furnish(self, namespace: str) -> None:
        accounts = self.registry.resources["", "serviceaccounts"]
        if self.store.find(accounts.id, (namespace, "default")) is None:
            account: Object = {"metadata": {"name": "default"}}
            self.objects.create(accounts, namespace, account, Write("kube-controller-manager"))

    def _empty(self, namespace: str) -> None:
        for resource in list(self.registry.resources.values()):
            if resource.namespaced:
                self._drop(*resource.id, namespace)

    def _drop(self, group: str, plural: str, namespace: str | None = None) -> None:
        resource = self.registry.resources.get((group, plural))
        for obj in self.store.objects((group, plural), namespace) if resource else ():
            assert resource is not None
            metadata = obj["metadata"]
            self.store.remove(resource, (metadata.get("namespace", ""), metadata["name"]), obj)


def _writing(request: Request, target: Target) -> Write:
    agent = request.headers.get("user-agent", "unknown").partition("/")[0]
    return Write(
        request.query.get("fieldManager") or agent,
        target.version,
        target.subresource,
        request.query.get("dryRun") == "All",
        request.query.get("fieldValidation") or "Warn",
    )


def _check_kind(target: Target, body: Any) -> None:
    resource, version = target.resource, target.version
    wanted = resource.api_version(version), resource.kind
    if not isinstance(body, dict):
        raise ApiError(400, "the object provided is unrecognized")
    given = body.get("apiVersion", wanted[0]), body.get("kind", wanted[1])
    if given[1] != wanted[1] or given[0] != wanted[0]:
        message = f'{given[1]} in version "{given[0]}" cannot be handled as a {resource.kind}'
        raise ApiError(400, f'{message}: no kind "{given[1]}" is registered for "{given[0]}"')
    name = (body.get("metadata") or {}).get("name")
    if target.name and name not in {None, target.name}:
        message = "the name of the object"
        raise ApiError(
            400, f"{message} ({name}) does not match the name on the URL ({target.name})"
        )


def _shown(obj: Object, target: Target) -> Object:
    if target.subresource != "scale":
        return obj | {"apiVersion": target.resource.api_version(target.version)}
    metadata = obj["metadata"]
    names = ("name", "namespace", "uid", "resourceVersion", "creationTimestamp")
    status: Object = {"replicas": (obj.get("status") or {}).get("replicas", 0)}
    labels = (obj["spec"].get("selector") or {}).get("matchLabels") or {}
    status["selector"] = ",".join(f"{name}={value}" for name, value in labels.items())
    body: Object = {"kind": "Scale", "apiVersion": "autoscaling/v1"}
    body["metadata"] = {name: metadata[name] for name in names if name in metadata}
    return body | {"spec": {"replicas": obj["spec"]["replicas"]}, "status": status}


def _success(details: Object) -> Object:
    body: Object = {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success"}
    return body | ({"details": details} if details else {})
