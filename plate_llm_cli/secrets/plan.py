"""What would change in OpenBao, key by key. Pure: nothing is read or written here."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from plate_llm_cli.secrets.addresses import Address
from plate_llm_cli.secrets.spec import Derived, Literal
from plate_llm_cli.secrets.values.forms import check
from plate_llm_cli.secrets.values.inputs import derive
from plate_llm_cli.secrets.values.secret import Secret

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plate_llm_cli.secrets.addresses import Place
    from plate_llm_cli.secrets.server.stored import Stored
    from plate_llm_cli.secrets.spec import KeySpec, PathSpec, Spec
    from plate_llm_cli.secrets.values.forms import Fault


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
    fault: Fault | None = None
    """What is wrong with the value that it has, or would have."""

    @property
    def changes(self) -> bool:
        """Whether something would be written."""
        return self.action is not Action.KEEP

    @property
    def is_wanting(self) -> bool:
        """Whether the deployment needs it and would still not have it, or not as it must be."""
        needed = self.spec is not None and self.spec.required
        return needed and not self.changes and (self.value is None or self.fault is not None)


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

    @property
    def wanting(self) -> list[KeyPlan]:
        """The required keys that would still be missing or unusable."""
        return [key for key in self.keys if key.is_wanting]

    def count(self, action: Action) -> int:
        """How many keys `action` happens to."""
        return sum(key.action is action for key in self.keys)


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the person asks for beyond filling what is missing."""

    overwrite: frozenset[Address] = frozenset()
    prune: bool = False
    stale: frozenset[Address] = frozenset()
    """Keys that are made from a value which their parent had before."""


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
    candidates: dict[Address, Candidate] = field(default_factory=dict)
    changed: set[Address] = field(default_factory=set)
    """What was written since `stored` was read: what is made from it follows."""

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
            return _absent(key, new)
        if key.address not in self.wishes.overwrite:
            return _kept(key, now, _another(key, now, new.value))
        if new.value is not None and new.value.same_as(now):
            return _kept(key, now, "it has this value already")
        return _written(key, Action.CHANGE, new)

    def _candidate(self, address: Address) -> Candidate:
        return self.candidates.get(address, _UNKNOWN)

    def _derived(self, key: KeySpec, origin: Derived, now: Secret | None) -> KeyPlan:
        """What is made from another key follows when that changes; else it stays as it is."""
        parent = self._parent(origin.parent)
        if parent.value is None and not parent.changes:
            note = f"{origin.parent} is not there"
            return KeyPlan(key.address, Action.KEEP, key, note, now)
        made = derive(origin.template, parent.value) if parent.value is not None else None
        new = Candidate(made)
        if now is None:
            return _written(key, Action.ADD, new)
        if made is not None and made.same_as(now):
            return _kept(key, now)
        follows = parent.changes or origin.parent in self.changed
        if follows or key.address in self.wishes.stale:
            return _written(key, Action.CHANGE, new, f"{origin.parent} has changed")
        if key.address in self.wishes.overwrite:
            return _written(key, Action.CHANGE, new)
        replace = f"--overwrite {key.address} replaces it"
        return _kept(key, now, f"another value than {origin.parent} makes: {replace}")

    def _parent(self, address: Address) -> KeyPlan:
        path = self.spec.at(address.place)
        assert path is not None  # noqa: S101 - the loader has refused a parent of another environment
        return self._key(path.keys[address.key])


def _absent(key: KeySpec, new: Candidate) -> KeyPlan:
    if new.left:
        note = new.note or ("not there" if key.required else "not there; optional")
        return KeyPlan(key.address, Action.KEEP, key, note, lack=new.lack)
    return _written(key, Action.ADD, new)


def _written(key: KeySpec, action: Action, new: Candidate, note: str = "") -> KeyPlan:
    fault = check(new.value, key.form, key.address) if new.value is not None else None
    if fault is not None:
        note = f"cannot be used: it {fault.what}"
    return KeyPlan(key.address, action, key, note, new.value, new.source, new.lack, fault)


def _kept(key: KeySpec, now: Secret, note: str = "") -> KeyPlan:
    """A value that stays; what is wrong with it matters more than why it stays."""
    fault = check(now, key.form, key.address)
    if fault is not None:
        note = f"{fault.what}: --overwrite {key.address} replaces it"
    return KeyPlan(key.address, Action.KEEP, key, note, now, fault=fault)


def _another(key: KeySpec, now: Secret, new: Secret | None) -> str:
    """What to say where another value could have been taken."""
    replace = f"this one stays: --overwrite {key.address} replaces it"
    if new is not None:
        return "" if new.same_as(now) else f"another value is given, {replace}"
    if isinstance(key.origin, Literal) and not Secret(key.origin.text).same_as(now):
        return f"the spec has another value, {replace}"
    return ""
