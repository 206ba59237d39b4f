"""What the double says of itself: versions, groups and resources."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from tests.cluster.double.errors import no_such_path
from tests.cluster.double.exchange import Answer

if TYPE_CHECKING:
    from tests.cluster.double.exchange import Request
    from tests.cluster.double.kinds import Resource
    from tests.cluster.double.registry import Registry

VERSION = {
    "major": "1",
    "minor": "37",
    "gitVersion": "v1.37.0",
    "gitCommit": "0" * 40,
    "gitTreeState": "clean",
    "buildDate": "2026-08-26T00:00:00Z",
    "goVersion": "go1.25.0",
    "compiler": "gc",
    "platform": "linux/amd64",
}
_VERBS = ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"]
_CORE = {"kind": "APIVersions", "versions": ["v1"], "serverAddressByClientCIDRs": []}
_REVIEWS = {
    "authorization.k8s.io": ("SelfSubjectAccessReview", "SelfSubjectRulesReview"),
    "authentication.k8s.io": ("SelfSubjectReview",),
}
_GROUP = re.compile(r"/apis/([^/]+)")
_RESOURCES = re.compile(r"/api/(v1)|/apis/([^/]+)/([^/]+)")


def described(registry: Registry, request: Request) -> Answer | None:
    """The answer to a request for the double's own description; None for any other request.

    Aggregated discovery is not served: clients fall back to what every server has.
    """
    path = request.path
    if path in {"/healthz", "/livez", "/readyz"}:
        return Answer(200, b"ok", "text/plain; charset=utf-8")
    if path.startswith("/openapi/"):
        return _openapi(path, request.headers.get("accept", ""))
    fixed = {"/version": VERSION, "/api": _CORE}
    if path in fixed:
        return Answer(200, fixed[path])
    return _groups(registry, path)


def _groups(registry: Registry, path: str) -> Answer | None:
    groups = registry.groups()
    if path == "/apis":
        listed = [_group(name, groups[name]) for name in sorted(groups) if name]
        return Answer(200, {"kind": "APIGroupList", "apiVersion": "v1", "groups": listed})
    if match := _GROUP.fullmatch(path):
        if match[1] not in groups:
            raise no_such_path()
        about = {"kind": "APIGroup", "apiVersion": "v1"}
        return Answer(200, about | _group(match[1], groups[match[1]]))
    if match := _RESOURCES.fullmatch(path):
        return Answer(200, _resources(registry, match[2] or "", match[1] or match[3]))
    return None


def _openapi(path: str, accept: str) -> Answer:
    if path == "/openapi/v3":
        return Answer(200, {"paths": {}})
    if path != "/openapi/v2":
        raise no_such_path()
    if "protobuf" in accept:
        return Answer(200, b"", "application/com.github.proto-openapi.spec.v2.v1.0+protobuf")
    info = {"title": "Kubernetes", "version": VERSION["gitVersion"]}
    return Answer(200, {"swagger": "2.0", "info": info, "paths": {}, "definitions": {}})


def _group(name: str, versions: list[str]) -> dict[str, Any]:
    listed = [{"groupVersion": f"{name}/{version}", "version": version} for version in versions]
    return {"name": name, "versions": listed, "preferredVersion": listed[0]}


def _resources(registry: Registry, group: str, version: str) -> dict[str, Any]:
    if version not in registry.groups().get(group, ()):
        raise no_such_path()
    listed: list[dict[str, Any]] = []
    for resource in registry.resources.values():
        if resource.group == group and version in resource.schemas:
            listed += _entries(resource)
    for kind in _REVIEWS.get(group, ()):
        names = {"name": f"{kind.lower()}s", "singularName": kind.lower(), "kind": kind}
        listed.append({"namespaced": False, "verbs": ["create"], **names})
    about = {"kind": "APIResourceList", "apiVersion": "v1"}
    return about | {
        "groupVersion": f"{group}/{version}" if group else version,
        "resources": listed,
    }


def _entries(resource: Resource) -> list[dict[str, Any]]:
    place: dict[str, Any] = {"namespaced": resource.namespaced}
    main: dict[str, Any] = {"name": resource.plural, "singularName": resource.kind.lower()} | place
    main |= {"kind": resource.kind, "verbs": _VERBS}
    if resource.short_names:
        main["shortNames"] = list(resource.short_names)
    if resource.categories:
        main["categories"] = list(resource.categories)
    entries = [main]
    for name in sorted(resource.subresources):
        entry = {"name": f"{resource.plural}/{name}", "singularName": ""} | place
        entry |= {"kind": resource.kind, "verbs": ["get", "patch", "update"]}
        if name == "scale":
            entry |= {"kind": "Scale", "group": "autoscaling", "version": "v1"}
        entries.append(entry)
    return entries
