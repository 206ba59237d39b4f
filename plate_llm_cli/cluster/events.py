"""Warning events of a namespace: what the cluster complained of, newest first, counted."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from plate_llm_cli.cluster.messages import spoken
from plate_llm_cli.cluster.objects import Ref, Selection, mapping, moment, number, text

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from plate_llm_cli.cluster.api import Api
    from plate_llm_cli.cluster.objects import Object

_SPAN: Final = timedelta(hours=1)
"""How long events are kept by default (`kube-apiserver --event-ttl`)."""

_EPOCH: Final = datetime.fromtimestamp(0, UTC)
_NAMES: Final = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@dataclass(frozen=True, slots=True)
class EventLine:
    """What was said, of one object or of several that are alike."""

    about: Ref
    """Whom it was said of last."""
    reason: str
    message: str
    """In one line; nothing in it looks like a secret."""
    count: int
    """How often."""
    last: datetime | None
    """When last, by the cluster's clock."""
    objects: int = 1
    """Of how many objects."""


def warnings_about(api: Api, namespace: str, refs: Collection[Ref]) -> list[EventLine]:
    """Warnings of the last hour about `refs`, which are in `namespace`.

    Raises:
        ForbiddenError, ClusterError: events may not be read, or the API server is gone.
    """
    return grouped(about(refs, recent_warnings(api, namespace)))


def recent_warnings(api: Api, namespace: str) -> list[EventLine]:
    """Every warning of the last hour in `namespace`, each on its own, newest first.

    Raises:
        ForbiddenError, ClusterError: as for `warnings_about`.
    """
    found = api.find("v1", "Event", Selection(namespace, fields="type=Warning"))
    now = api.connection.clock
    lines = [line_of(event) for event in found]
    recent = [line for line in lines if not (now and line.last) or now - line.last <= _SPAN]
    return sorted(recent, key=lambda line: line.last or _EPOCH, reverse=True)


def about(refs: Collection[Ref], lines: Iterable[EventLine]) -> list[EventLine]:
    """Those of `lines` that are about one of `refs`, in whichever version."""
    wanted = {(ref.kind, ref.name) for ref in refs}
    return [line for line in lines if (line.about.kind, line.about.name) in wanted]


def line_of(event: Object) -> EventLine:
    """An event of the core's v1, or of events.k8s.io/v1, as a line of its own.

    A series is counted apart: those who write events in the new way leave `count` out.
    """
    whom = mapping(event, "involvedObject") or mapping(event, "regarding")
    name, kind, where = text(whom, "name"), text(whom, "kind"), text(whom, "namespace")
    ref = Ref(text(whom, "apiVersion"), kind, where, name)
    counts = (
        number(event, "series", "count"),
        number(event, "count"),
        number(event, "deprecatedCount"),
        1,
    )
    message = spoken(text(event, "message") or text(event, "note"))
    return EventLine(ref, text(event, "reason"), message, max(counts), _last(event))


def grouped(lines: Iterable[EventLine]) -> list[EventLine]:
    """Lines, newest first, that say the same of objects of a kind become one."""
    groups: dict[tuple[str, str, str], list[EventLine]] = {}
    for line in lines:
        groups.setdefault((line.about.kind, line.reason, _gist(line)), []).append(line)
    return [
        replace(
            same[0],
            count=sum(line.count for line in same),
            objects=len({line.about for line in same}),
        )
        for same in groups.values()
    ]


def _last(event: Object) -> datetime | None:
    return next(_moments(event), None)


def _moments(event: Object) -> Iterator[datetime]:
    """When it was seen, the last time first; without a series there is but one."""
    for route in (
        ("series", "lastObservedTime"),
        ("lastTimestamp",),
        ("deprecatedLastTimestamp",),
        ("eventTime",),
        ("firstTimestamp",),
        ("metadata", "creationTimestamp"),
    ):
        if found := moment(event, *route):
            yield found


def _gist(line: EventLine) -> str:
    """The message without what names the one object."""
    return _NAMES.sub("", line.message.replace(line.about.name, ""))
