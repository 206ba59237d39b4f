"""How long a key has had its value, told from the versions of its path.

Nothing about values is stored for it: versions are compared in memory, and only as many are read
as are needed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from plate_llm_cli.secrets.apply import MARK_FORMAT, mark_of
from plate_llm_cli.secrets.server.history import earlier
from plate_llm_cli.secrets.server.stored import StoredState

if TYPE_CHECKING:
    from collections.abc import Iterable

    from plate_llm_cli.secrets.addresses import Place
    from plate_llm_cli.secrets.server.history import VersionReader
    from plate_llm_cli.secrets.server.stored import Stored
    from plate_llm_cli.secrets.spec import KeySpec

_SKEW: Final = timedelta(minutes=5)
"""By how much clocks may differ: a version has OpenBao's time, its annotation that of a machine."""


@dataclass(frozen=True, slots=True)
class Age:
    """Since when a key has its value; unless it is `exact`, it may have had it before."""

    since: datetime
    exact: bool = True


@dataclass(frozen=True, slots=True, eq=False)
class KeyAge:
    """A key of the spec at the time `now`; `age` is None where OpenBao does not have it."""

    spec: KeySpec
    age: Age | None
    now: datetime

    @property
    def due(self) -> datetime | None:
        """When it has to be rotated, at the latest; None where that cannot be said."""
        if self.age is None or self.spec.rotation is None:
            return None
        return self.age.since + self.spec.rotation

    @property
    def left(self) -> timedelta | None:
        """The time until then; below zero once it is past."""
        return None if self.due is None else self.due - self.now

    @property
    def overdue(self) -> bool:
        """Whether it is past its period."""
        return self.left is not None and self.left < timedelta()


def ages_of(
    reader: VersionReader, place: Place, now: Stored, names: Iterable[str]
) -> dict[str, Age]:
    """The ages of those of `names` that are in the newest version, `now`.

    Raises OpenBaoError when the server says no.
    """
    pending = [name for name in names if name in now.data]
    found: dict[str, Age] = {}
    oldest = now
    # The run of versions in which a value is the same ends at the first that has another one.
    for version in earlier(reader, place, now.version) if pending else ():
        if version.state is not StoredState.LIVE:
            break
        ended = [name for name in pending if not _same(name, version, now)]
        found |= {name: Age(_created(oldest)) for name in ended}
        pending = [name for name in pending if name not in ended]
        oldest = version
        if not pending:
            break
    return found | {name: _age_at_end(name, oldest, now) for name in pending}


def _same(name: str, version: Stored, now: Stored) -> bool:
    value = version.data.get(name)
    return value is not None and value.same_as(now.data[name])


def _age_at_end(name: str, oldest: Stored, now: Stored) -> Age:
    """The age of a key whose value is the same in every version that can be read."""
    created = _created(oldest)
    if oldest.version == 1:
        return Age(created)
    marked = _time_in(now.annotations.get(mark_of(name), ""))
    if marked is None or marked > created + _SKEW:
        return Age(created, exact=False)
    return Age(min(marked, created))


def _created(version: Stored) -> datetime:
    assert version.created is not None  # noqa: S101 - every version has a time
    return version.created


def _time_in(text: str) -> datetime | None:
    """The time that an annotation says; None where it is none, anybody may write there."""
    try:
        return datetime.strptime(text, MARK_FORMAT).replace(tzinfo=UTC)
    except ValueError:
        return None
