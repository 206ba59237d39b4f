"""Watches: the changes since a resourceVersion, as lines of JSON."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tests.cluster.double.errors import ApiError
from tests.cluster.double.selectors import matches_fields, matches_labels

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from tests.cluster.double.kinds import Resource
    from tests.cluster.double.store import Event, Object, Store

_LONGEST_SECONDS = 3600.0
_LOOK_AT_CLIENT_SECONDS = 0.05
_INITIAL_END = {"k8s.io/initial-events-end": "true"}  # what kubectl waits for (a "watch list")


@dataclass(frozen=True)
class Selection:
    """Which objects of a resource are meant."""

    resource: Resource
    namespace: str | None = None
    name: str = ""
    labels: str = ""
    fields: str = ""

    def has(self, obj: Object) -> bool:
        """Whether an object is one of them. Raises ApiError 400 for a bad selector."""
        metadata = obj["metadata"]
        return (
            self.namespace in {None, metadata.get("namespace", "")}
            and self.name in {"", metadata["name"]}
            and matches_labels(self.labels, metadata.get("labels") or {})
            and matches_fields(self.fields, self.resource.plural, obj)
        )

    def check(self) -> None:
        """Raises ApiError 400 for a selector that no object could be held against."""
        matches_labels(self.labels, {})
        matches_fields(self.fields, self.resource.plural, {})


class Watch:
    """One watch. `gone` tells whether the client, or the server, has left."""

    def __init__(
        self,
        store: Store,
        selection: Selection,
        query: Mapping[str, str],
        gone: Callable[[], bool],
    ) -> None:
        self.store, self.selection, self.gone = store, selection, gone
        self.bookmarks = query.get("allowWatchBookmarks") in {"1", "true", "True"}
        asked = float(query.get("timeoutSeconds") or _LONGEST_SECONDS)
        self.deadline = time.monotonic() + asked
        self.initial = query.get("sendInitialEvents") in {"1", "true", "True"}
        self.start = "0" if self.initial else query.get("resourceVersion") or "0"

    def events(self) -> Iterator[dict[str, Any]]:
        """What is sent, until the time is up."""
        resource = self.selection.resource
        with self.store.changed:
            seen, present = self.store.revision, self.store.objects(resource.id)
        if self.start != "0":
            seen, present = int(self.start), []
            if seen < self.store.compacted:
                message = f"too old resource version: {seen} ({self.store.compacted})"
                yield {"type": "ERROR", "object": ApiError(410, message).status()}
                return
        for obj in filter(self.selection.has, present):
            yield {"type": "ADDED", "object": obj}
        if self.initial:
            yield {"type": "BOOKMARK", "object": self._bookmark(seen, _INITIAL_END)}
        while time.monotonic() < self.deadline and not self.gone():
            for event in self._next(seen):
                seen = event.revision
                change = self._change(event)
                if change:
                    yield {"type": change, "object": event.object}
        if self.bookmarks and not self.gone():
            yield {"type": "BOOKMARK", "object": self._bookmark(seen)}

    def _next(self, seen: int) -> list[Event]:
        left = self.deadline - time.monotonic()
        with self.store.changed:
            found = list(self.store.since(seen, self.selection.resource.id))
            if not found:
                self.store.changed.wait(min(max(left, 0), _LOOK_AT_CLIENT_SECONDS))
                found = list(self.store.since(seen, self.selection.resource.id))
        return found

    def _change(self, event: Event) -> str:
        """How the change looks through the selectors: an object may enter or leave them."""
        now = event.change != "DELETED" and self.selection.has(event.object)
        before = event.before is not None and self.selection.has(event.before)
        if now:
            return "MODIFIED" if before else "ADDED"
        return "DELETED" if before else ""

    def _bookmark(self, seen: int, annotations: Mapping[str, str] | None = None) -> Object:
        resource = self.selection.resource
        body: Object = {"kind": resource.kind, "apiVersion": resource.api_version()}
        metadata: Object = {"resourceVersion": str(max(seen, self.store.compacted))}
        metadata |= {"annotations": annotations} if annotations else {}
        return body | {"metadata": metadata}
