"""Carries out a plan: one new version a path, always check-and-set.

The server is the only state. An interruption leaves complete versions; a second run plans again
from what is there. When another writer was first, the path is read and planned again: what it
wrote stays.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from graphlib import CycleError, TopologicalSorter
from typing import TYPE_CHECKING, Final, Protocol

from plate_llm_cli.errors import OpenBaoError
from plate_llm_cli.secrets.plan import Action, Candidate
from plate_llm_cli.secrets.server.openbao_errors import ConflictError
from plate_llm_cli.secrets.server.stored import Stored, StoredState
from plate_llm_cli.secrets.spec import Derived, Generate
from plate_llm_cli.secrets.values.generators import generate

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from plate_llm_cli.secrets.addresses import Address, Place
    from plate_llm_cli.secrets.plan import KeyPlan, PathPlan, Plan, Planner
    from plate_llm_cli.secrets.spec import PathSpec
    from plate_llm_cli.secrets.values.secret import Secret

MARK_FORMAT: Final = "%Y-%m-%dT%H:%M:%SZ"
"""Times in annotations, in UTC."""

_MOST_CONFLICTS: Final = 20
"""Times that another writer may be first at one path before we give up."""


class KeyValueStore(Protocol):
    """What is needed of OpenBao."""

    def read(self, place: Place) -> Stored:
        """The newest version."""

    def write(self, place: Place, data: Mapping[str, Secret], cas: int) -> int:
        """A new version, if `cas` is still the newest; its number."""

    def annotate(self, place: Place, annotations: Mapping[str, str | None]) -> None:
        """Merge into the path's `custom_metadata`."""


@dataclass(frozen=True, slots=True)
class Written:
    """A new version, and the keys that it adds, changes or removes."""

    place: Place
    version: int
    keys: tuple[str, ...]


@dataclass(slots=True, eq=False)
class Applier:
    """Writes what `planner` plans, and keeps what it knows to be stored up to date."""

    planner: Planner
    store: KeyValueStore
    now: Callable[[], str]
    """The time as annotations have it."""
    on_written: Callable[[Written], None] = lambda _written: None
    written: list[Written] = field(default_factory=list)
    done: int = 0
    """Paths that are as planned; another writer may have brought one there."""
    _marks: dict[Place, dict[str, str | None]] = field(default_factory=dict)

    def apply(self, plan: Plan) -> list[Written]:
        """Carry out `plan`; what has been written by then is in `written`, also after an error.

        Raises:
            OpenBaoError: the server refuses, or is gone.
        """
        for path, leaving in write_order(plan):
            self._write(path, leaving)
            self.done += 1
        return self.written

    def annotate(self) -> None:
        """Note when keys with a rotation period were changed: a help where histories are short.

        Raises:
            OpenBaoError: the server refuses, or is gone; every value is written all the same.
        """
        for place, marks in self._marks.items():
            self.store.annotate(place, marks)

    def _write(self, path: PathSpec, leaving: frozenset[Address]) -> None:
        for _ in range(_MOST_CONFLICTS):
            plan = self.planner.path(path)
            changed = [key for key in plan.keys if key.changes and key.address not in leaving]
            if not changed:
                return
            data = new_data(plan.stored, changed)
            try:
                version = self.store.write(path.place, data, plan.stored.version)
            except ConflictError:
                self.planner.stored[path.place] = self.store.read(path.place)
                self._make_what_is_gone(path)
                continue
            self._note(plan, data, version, changed)
            return
        raise OpenBaoError(
            f"{path.place}: other writers were first, {_MOST_CONFLICTS} times in a row",
            "let one of them finish, then run the command again",
        )

    def _make_what_is_gone(self, path: PathSpec) -> None:
        """Another writer may have removed keys that were there when values were gathered."""
        for key in self.planner.path(path).keys:
            if key.spec is None or not key.changes or key.value is not None:
                continue
            if key.action is Action.REMOVE:
                continue
            if not isinstance(key.spec.origin, Generate):
                message = f"another writer has removed {key.address} meanwhile"
                raise OpenBaoError(message, "run the command again: it asks for the value")
            self.planner.candidates[key.address] = Candidate(generate(key.spec.origin))

    def _note(
        self, plan: PathPlan, data: dict[str, Secret], version: int, changed: list[KeyPlan]
    ) -> None:
        annotations = plan.stored.annotations
        self.planner.stored[plan.place] = Stored(StoredState.LIVE, version, data, None, annotations)
        self.planner.changed.update(key.address for key in changed)
        written = Written(plan.place, version, tuple(key.address.key for key in changed))
        self.written.append(written)
        self.on_written(written)
        marks = {mark_of(key.address.key): self.now() for key in changed if _is_timed(key)}
        if marks and version > 1:  # every key of a first version is as old as that version
            self._marks.setdefault(plan.place, {}).update(marks)


def mark_of(key: str) -> str:
    """The name in `custom_metadata` of the time at which `key` was changed last."""
    return f"changed-at.{key}"


def _is_timed(key: KeyPlan) -> bool:
    """`custom_metadata` has room for 64 entries: only keys that are to be rotated need one."""
    return key.spec is not None and key.spec.rotation is not None


def new_data(stored: Stored, changed: Iterable[KeyPlan]) -> dict[str, Secret]:
    """All of a path's data after the change: keys of other writers are as they were."""
    data = dict(stored.data)
    for key in changed:
        if key.action is Action.REMOVE:
            del data[key.address.key]
        elif key.value is not None:
            data[key.address.key] = key.value
        else:
            raise ValueError(f"{key.address} has no value")
    return data


def write_order(plan: Plan) -> list[tuple[PathSpec, frozenset[Address]]]:
    """The paths to write, each with the keys to leave for later: parents before what they make.

    One write a path, unless two paths have keys that are made from keys of each other.
    """
    changing = {path.place: path for path in plan.paths if path.changes}
    waits = {place: _parents_elsewhere(path, changing) for place, path in changing.items()}
    try:
        order = list(TopologicalSorter(waits).static_order())
    except CycleError:
        return _staged(plan)
    # Paths that wait for nobody keep the order of the spec.
    position = {place: index for index, place in enumerate(changing)}
    if not any(waits.values()):
        order.sort(key=position.__getitem__)
    return [(changing[place].spec, frozenset()) for place in order]


def _parents_elsewhere(path: PathPlan, changing: Mapping[Place, PathPlan]) -> set[Place]:
    parents = (parent.place for key in path.keys if (parent := _parent(key)) is not None)
    return {place for place in parents if place != path.place and place in changing}


def _parent(key: KeyPlan) -> Address | None:
    origin = key.spec.origin if key.spec is not None and key.changes else None
    return origin.parent if isinstance(origin, Derived) else None


def _staged(plan: Plan) -> list[tuple[PathSpec, frozenset[Address]]]:
    """Several writes a path: first the keys that are made from none, then those made from them."""
    keys = {key.address: key for key in plan.keys if key.changes}
    stages: dict[Address, int] = {}

    def stage(address: Address) -> int:
        if address not in stages:
            parent = _parent(keys[address])
            stages[address] = stage(parent) + 1 if parent in keys else 0
        return stages[address]

    deepest = max(stage(address) for address in keys)
    return [
        (path.spec, frozenset(address for address in keys if stage(address) > level))
        for level in range(deepest + 1)
        for path in plan.paths
        if any(stage(key.address) == level for key in path.keys if key.changes)
    ]
