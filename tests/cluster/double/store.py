"""The objects of a cluster and the log of their changes."""

from __future__ import annotations

import datetime
import threading
from dataclasses import dataclass
from itertools import takewhile
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.cluster.double.apply import Ownership
    from tests.cluster.double.kinds import Resource, ResourceId

Object = dict[str, Any]  # one that was stored is never changed, only replaced
Key = tuple[str, str]  # namespace ("" without), name
Change = Literal["ADDED", "MODIFIED", "DELETED"]


@dataclass(frozen=True)
class Event:
    """One change; `before` is the object that it replaced or removed."""

    revision: int
    change: Change
    resource: ResourceId
    object: Object
    before: Object | None = None


class Clock:
    """The cluster's time, which may be `skew` off ours."""

    def __init__(self) -> None:
        self.skew = datetime.timedelta()

    def now(self) -> datetime.datetime:
        """The time, in UTC."""
        return datetime.datetime.now(datetime.UTC) + self.skew

    def text(self) -> str:
        """The time as Kubernetes writes it: whole seconds."""
        return self.now().strftime("%Y-%m-%dT%H:%M:%SZ")


class Store:
    """Everything that would be in etcd. `changed` is held to write and waited on to watch."""

    def __init__(self) -> None:
        self.changed = threading.Condition(threading.RLock())
        self.revision = 100
        self.compacted = 0
        self.events: list[Event] = []
        self.owners: dict[tuple[ResourceId, Key], Ownership] = {}
        self._objects: dict[ResourceId, dict[Key, Object]] = {}

    def find(self, resource: ResourceId, key: Key) -> Object | None:
        """An object, or None."""
        return self._objects.get(resource, {}).get(key)

    def objects(self, resource: ResourceId, namespace: str | None = None) -> list[Object]:
        """All objects of a resource, by namespace and name; None for every namespace."""
        found = sorted(self._objects.get(resource, {}).items())
        return [obj for key, obj in found if namespace is None or key[0] == namespace]

    def put(self, resource: Resource, key: Key, obj: Object, owners: Ownership) -> Object:
        """Store an object under the next resourceVersion; the object with it."""
        with self.changed:
            kept = self._objects.setdefault(resource.id, {})
            before = kept.get(key)
            stored = self._numbered(obj)
            kept[key] = stored
            self.owners[resource.id, key] = owners
            self._log("MODIFIED" if before else "ADDED", resource, stored, before)
            return stored

    def remove(self, resource: Resource, key: Key, last: Object) -> Object:
        """Remove an object; `last` is how its watchers see it last."""
        with self.changed:
            before = self._objects[resource.id].pop(key)
            self.owners.pop((resource.id, key), None)
            gone = self._numbered(last)
            self._log("DELETED", resource, gone, before)
            return gone

    def since(self, revision: int, resource: ResourceId) -> Iterator[Event]:
        """The changes of a resource after a revision."""
        newer = list(takewhile(lambda event: event.revision > revision, reversed(self.events)))
        return (event for event in reversed(newer) if event.resource == resource)

    def compact(self) -> None:
        """Forget the log: whoever watches from an older revision is told 410."""
        with self.changed:
            self.compacted = self.revision
            self.events.clear()

    def _numbered(self, obj: Object) -> Object:
        self.revision += 1
        return obj | {"metadata": obj["metadata"] | {"resourceVersion": str(self.revision)}}

    def _log(self, change: Change, resource: Resource, obj: Object, before: Object | None) -> None:
        self.events.append(Event(self.revision, change, resource.id, obj, before))
        self.changed.notify_all()
