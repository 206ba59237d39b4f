"""What would change in OpenBao, key by key. Pure: nothing is read or written here."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from plate_llm_cli.secrets.addresses import Address
from plate_llm_cli.secrets.forms import check
from plate_llm_cli.secrets.inputs import derive
from plate_llm_cli.secrets.secret import Secret
from plate_llm_cli.secrets.spec import Derived, Literal
from plate_llm_cli.secrets.stored import Stored, StoredState

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from plate_llm_cli.secrets.addresses import Place
    from plate_llm_cli.secrets.spec import KeySpec, PathSpec, Spec


class Action(StrEnum):
    """What happens to a key."""

    ADD = "add"
    CHANGE = "change"
    KEEP = "keep"
    REMOVE = "remove"

    @property
    def sign(self) -> str:
        """As plans show it: + ~ = -."""
        return {"add": "+", "change": "~", "keep": "=", "remove": "-"}[self.value]


@dataclass(frozen=True, slots=True, eq=False)
class KeyPlan:
    """One key. `spec` is None for a key that the spec does not know; `note` is for people."""

    address: Address
    action: Action
    spec: KeySpec | None = None
    note: str = ""
    value: Secret | None = None
    """The value that it will have, where that is known already."""
    source: str = ""
    """Where that value was given; '' where the key's origin makes it."""
    lack: str = ""
    """Why there is no value, and what would give one."""

    @property
    def changes(self) -> bool:
        """Whether something would be written."""
        return self.action is not Action.KEEP


@dataclass(frozen=True, slots=True, eq=False)
class PathPlan:
    """One path: what is there now, and what happens to each key, in the order of the spec."""

    spec: PathSpec
    stored: Stored
    keys: tuple[KeyPlan, ...]

    @property
    def place(self) -> Place:
        """Mount and path."""
        return self.spec.place

    @property
    def changes(self) -> bool:
        """Whether a new version would be written."""
        return any(key.changes for key in self.keys)


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """All paths of an environment, in the order of the spec."""

    paths: tuple[PathPlan, ...]

    @property
    def keys(self) -> Iterator[KeyPlan]:
        """Every key."""
        return (key for path in self.paths for key in path.keys)

    @property
    def changes(self) -> bool:
        """Whether anything would be written."""
        return any(path.changes for path in self.paths)

    def count(self, action: Action) -> int:
        """How many keys `action` happens to."""
        return sum(key.action is action for key in self.keys)


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the person asks for beyond filling what is missing."""

    overwrite: frozenset[Address] = frozenset()
    prune: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Candidate:
    """What is known of a key's new value. Without a value, it is made when the plan is applied.

    `source` says where a value was given, `lack` why there is none; a key that is `left` stays
    missing.
    """

    value: Secret | None = None
    source: str = ""
    lack: str = ""
    left: bool = False
    note: str = ""
    """Why it is left, where that is more than that there is no value."""


_UNKNOWN = Candidate()


@dataclass(frozen=True, slots=True, eq=False)
class Planner:
    """Plans for `spec` against what is stored, with the new values that are at hand."""

    spec: Spec
    stored: dict[Place, Stored]
    wishes: Wishes = field(default_factory=Wishes)
    candidates: Mapping[Address, Candidate] = field(default_factory=dict)

    def plan(self) -> Plan:
        """The whole plan."""
        return Plan(tuple(self.path(path) for path in self.spec.paths))

    def path(self, path: PathSpec) -> PathPlan:
        """The plan of one path: the spec's keys, then those that the spec does not know."""
        stored = self.stored[path.place]
        keys = [self._key(key) for key in path.keys.values()]
        keys += [self._unknown(path, name) for name in stored.data if name not in path.keys]
        return PathPlan(path, stored, tuple(keys))

    def _unknown(self, path: PathSpec, name: str) -> KeyPlan:
        action = Action.REMOVE if self.wishes.prune else Action.KEEP
        note = "" if self.wishes.prune else "not in the spec: --prune removes it"
        return KeyPlan(Address(path.place, name), action, note=note)

    def _key(self, key: KeySpec) -> KeyPlan:
        stored = self.stored[key.address.place]
        now = stored.data.get(key.name)
        if isinstance(key.origin, Derived):
            return self._derived(key, key.origin, now)
        new = self._candidate(key.address)
        if now is None:
            return _absent(key, stored, new)
        if key.address not in self.wishes.overwrite:
            return KeyPlan(key.address, Action.KEEP, key, _remark(key, now, new.value), now)
        if new.value is not None and new.value.same_as(now):
            return KeyPlan(key.address, Action.KEEP, key, "it has this value already", now)
        return KeyPlan(key.address, Action.CHANGE, key, "", new.value, new.source, new.lack)

    def _candidate(self, address: Address) -> Candidate:
        return self.candidates.get(address, _UNKNOWN)

    def _derived(self, key: KeySpec, origin: Derived, now: Secret | None) -> KeyPlan:
        """What is made from another key follows it, whatever was there before."""
        parent = self._parent(origin.parent)
        if parent.value is None and not parent.changes:
            return KeyPlan(key.address, Action.KEEP, key, f"{origin.parent} is not there", now)
        new = derive(origin.template, parent.value) if parent.value is not None else None
        if now is None:
            return KeyPlan(key.address, Action.ADD, key, "", new)
        if new is None or not new.same_as(now):
            return KeyPlan(key.address, Action.CHANGE, key, f"{origin.parent} has changed", new)
        return KeyPlan(key.address, Action.KEEP, key, "", now)

    def _parent(self, address: Address) -> KeyPlan:
        path = self.spec.at(address.place)
        assert path is not None  # noqa: S101 - the loader has refused a parent of another environment
        return self._key(path.keys[address.key])


def _absent(key: KeySpec, stored: Stored, new: Candidate) -> KeyPlan:
    if new.left:
        note = new.note or ("not there" if key.required else "not there; optional")
        return KeyPlan(key.address, Action.KEEP, key, note, lack=new.lack)
    return KeyPlan(key.address, Action.ADD, key, _gone(stored), new.value, new.source, new.lack)


def _remark(key: KeySpec, now: Secret, new: Secret | None) -> str:
    """What should be said of a value that stays."""
    replace = f"--overwrite {key.address} replaces it"
    fault = check(now, key.form, key.address)
    if fault is not None:
        return f"{fault.what}: {replace}"
    if new is None and isinstance(key.origin, Literal):
        new = Secret(key.origin.text)
    if new is not None and not new.same_as(now):
        return f"another value is given, this one stays: {replace}"
    return ""


def _gone(stored: Stored) -> str:
    """What to know before a path that was deleted gets a new version."""
    if stored.state is StoredState.DELETED:
        return f"version {stored.version} was deleted: bao kv undelete would bring it back"
    return ""
