"""What an API server can be asked for: reads, server-side apply, patches, watches; plain data."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from plate_llm_cli.cluster.answers import error_of, missing_kind
from plate_llm_cli.cluster.connection import Connection, Request
from plate_llm_cli.cluster.objects import (
    Object,
    Ref,
    Selection,
    items,
    mapping,
    number,
    text,
    value,
)
from plate_llm_cli.errors import ClusterError, ExpiredError

if TYPE_CHECKING:
    from collections.abc import Iterator

FIELD_MANAGER: Final = "plate-llm"
"""The name under which the API server notes what we apply."""

_PAGE: Final = "500"
"""Objects that are asked for at a time."""

_PAGES: Final = 200
"""Pages after which a list counts as one that does not end."""

_LONGEST_EVENT: Final = 16 << 20
"""Bytes of one event of a watch; an object has some three million at most."""

_GRACE: Final = 2.0
"""Seconds that a watch may be silent past its end before its connection counts as lost."""

_ABSENT: Final = 404
_APPLY: Final = "application/apply-patch+yaml"
_MERGE: Final = "application/merge-patch+json"


@dataclass(frozen=True, slots=True)
class Kind:
    """How the API server calls the objects of a kind."""

    api_version: str
    kind: str
    plural: str
    namespaced: bool

    def path(self, namespace: str = "", name: str = "") -> str:
        """The path of one object, or of all in `namespace`, or of all there are."""
        parts = [_group_path(self.api_version)]
        if self.namespaced and namespace:
            parts.append(f"namespaces/{_segment(namespace)}")
        return "/".join([*parts, self.plural, *([_segment(name)] if name else [])])


@dataclass(slots=True, eq=False)
class Api:
    """The API server of one context. Closing it closes its connections."""

    connection: Connection
    _kinds: dict[str, dict[str, Kind]] = field(default_factory=dict)

    def __enter__(self) -> Api:
        return self

    def __exit__(self, *_: object) -> None:
        self.connection.close()

    def version(self) -> str:
        """The version of Kubernetes, such as `v1.37.1`."""
        request = Request("GET", "/version", "read the version")
        return text(self.connection.json(request), "gitVersion")

    def kind(self, api_version: str, kind: str) -> Kind:
        """How `kind` is called here.

        Raises:
            MissingKindError: the cluster has no such kind.
            ClusterError: the API server refuses, or is gone.
        """
        found = self._kinds_of(api_version).get(kind)
        if found is None:
            raise missing_kind(api_version, kind)
        return found

    def has(self, api_version: str, kind: str) -> bool:
        """Whether the cluster knows `kind`."""
        return kind in self._kinds_of(api_version)

    def get(self, ref: Ref) -> Object | None:
        """The object, or None where there is none.

        Raises:
            MissingKindError: the cluster has no such kind.
            ClusterError: the API server refuses, or is gone.
        """
        return self._get(self._path(ref), f"read {ref}")

    def find(self, api_version: str, kind: str, selection: Selection) -> list[Object]:
        """All objects of a kind that are selected.

        Raises:
            MissingKindError, ClusterError: as for `get`.
        """
        known = self.kind(api_version, kind)
        where = f" in {selection.namespace}" if selection.namespace else ""
        found: list[Object] = []
        more = ""
        for _ in range(_PAGES):
            query = [*selection.query, ("limit", _PAGE), *([("continue", more)] if more else [])]
            path = known.path(selection.namespace)
            answer = self.connection.json(
                Request("GET", path, f"list {known.plural}{where}", tuple(query))
            )
            # The items of a list leave out what the list says of itself.
            found += [
                {"apiVersion": api_version, "kind": kind} | it for it in items(answer, "items")
            ]
            more = text(answer, "metadata", "continue")
            if not more:
                return found
        message = f"cannot list {known.plural}{where}: the list does not end"
        raise ClusterError(message, "is the context's address right?")

    def apply(
        self, obj: Object, *, force: bool = False, dry_run: bool = False, once: bool = False
    ) -> Object:
        """Server-side apply as `plate-llm`; unknown fields are refused. The object that results.

        With `once` it is not sent a second time: to an object that does not fit its schema the
        API server answers 500.

        Raises:
            ConflictError: others manage a field that differs, and `force` is not given.
            RefusedError: the object is not what the API server accepts.
            MissingKindError, ForbiddenError, ClusterError: as for `get`.
        """
        ref = Ref.of(obj)
        query = (
            ("fieldManager", FIELD_MANAGER),
            ("force", "true" if force else "false"),
            ("fieldValidation", "Strict"),
            *_dry(dry_run),
        )
        return self.connection.json(
            Request("PATCH", self._path(ref), f"apply {ref}", query, obj, _APPLY, once)
        )

    def patch(self, ref: Ref, body: Object, *, dry_run: bool = False) -> Object:
        """Merge `body` into the object; a `resourceVersion` in it makes the patch check-and-set.

        It is not sent a second time: an operation must not be asked for twice.

        Raises:
            ClusterError: as for `get`; its status is 404 where there is no such object.
        """
        query = (("fieldManager", FIELD_MANAGER), *_dry(dry_run))
        return self.connection.json(
            Request("PATCH", self._path(ref), f"change {ref}", query, body, _MERGE, once=True)
        )

    def may(self, verb: str, ref: Ref, subresource: str = "") -> bool:
        """Whether we may do `verb` (get, list, watch, create, patch, delete) to what `ref` names.

        An empty name means any of them; `subresource` is a part of it, such as `portforward`.

        Raises:
            MissingKindError, ClusterError: as for `get`.
        """
        attributes = {
            "verb": verb,
            "group": ref.group,
            "resource": self.kind(ref.api_version, ref.kind).plural,
            "subresource": subresource,
            "namespace": ref.namespace,
            "name": ref.name,
        }
        body = {
            "apiVersion": "authorization.k8s.io/v1",
            "kind": "SelfSubjectAccessReview",
            "spec": {"resourceAttributes": {key: said for key, said in attributes.items() if said}},
        }
        path = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews"
        request = Request("POST", path, "ask what is allowed", (), body, "application/json")
        return value(self.connection.json(request), "status", "allowed") is True

    def watch(self, ref: Ref, version: str, seconds: float) -> Iterator[tuple[str, Object]]:
        """Changes of one object after the resource version `version`, as type and object.

        Types are ADDED, MODIFIED and DELETED. Ends after `seconds`, earlier when the connection
        does; one on which nothing comes any more is given up shortly after.

        Raises:
            ExpiredError: `version` is too old: read the object again.
            ClusterError: the API server refuses, or is gone.
        """
        query = (
            *Selection(fields=f"metadata.name={ref.name}").query,
            ("watch", "true"),
            ("resourceVersion", version),
            ("timeoutSeconds", str(max(1, int(seconds)))),
        )
        path = self.kind(ref.api_version, ref.kind).path(ref.namespace)
        request = Request("GET", path, f"watch {ref}", query)
        with self.connection.stream(request, seconds + _GRACE) as chunks:
            yield from _events(chunks, request.doing)

    def _path(self, ref: Ref) -> str:
        return self.kind(ref.api_version, ref.kind).path(ref.namespace, ref.name)

    def _kinds_of(self, api_version: str) -> dict[str, Kind]:
        if api_version not in self._kinds:
            doing = f"ask for the kinds of {api_version}"
            answer = self._get(_group_path(api_version), doing) or {}
            self._kinds[api_version] = {
                text(item, "kind"): Kind(
                    api_version,
                    text(item, "kind"),
                    text(item, "name"),
                    bool(item.get("namespaced")),
                )
                for item in items(answer, "resources")
                if "/" not in text(item, "name")
            }
        return self._kinds[api_version]

    def _get(self, path: str, doing: str) -> Object | None:
        try:
            return self.connection.json(Request("GET", path, doing))
        except ClusterError as error:
            if error.status == _ABSENT:
                return None
            raise


def _group_path(api_version: str) -> str:
    path = "/".join(map(_segment, api_version.split("/")))
    return f"/apis/{path}" if "/" in path else f"/api/{path}"


def _segment(name: str) -> str:
    """A name from the tree as one part of a path: none leads elsewhere, or cuts off a query."""
    return quote(name, safe=":") if name.strip(".") else name.replace(".", "%2E")


def _dry(dry_run: bool) -> tuple[tuple[str, str], ...]:
    return (("dryRun", "All"),) if dry_run else ()


def _events(chunks: Iterator[bytes], doing: str) -> Iterator[tuple[str, Object]]:
    """The lines of a watch; one that is cut off in the middle of a line ends before it."""
    rest = b""
    for chunk in chunks:
        *lines, rest = (rest + chunk).split(b"\n")
        if len(rest) > _LONGEST_EVENT:
            raise _no_watch(doing)
        for line in filter(bytes.strip, lines):
            kind, obj = _event(line, doing)
            if kind == "ERROR":
                code = number(obj, "code")
                raise error_of(code, json.dumps(obj), doing) if code else ExpiredError(doing)
            if kind in ("ADDED", "MODIFIED", "DELETED"):
                yield kind, obj


def _event(line: bytes, doing: str) -> tuple[str, Object]:
    try:
        event = json.loads(line)
    except (ValueError, RecursionError):
        raise _no_watch(doing) from None
    return text(event, "type"), mapping(event, "object")


def _no_watch(doing: str) -> ClusterError:
    return ClusterError(f"cannot {doing}: what comes is no event", "try again in a while")
