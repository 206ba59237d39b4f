"""What a comparison gives: objects that came, went or changed, and the fields that did."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, StrEnum
from typing import Any, Final, TypeAlias

from plate_llm_cli.source.nodes import format_route


class Mark(Enum):
    """What stands in the place of a value.

    ABSENT: there is none. HIDDEN: there is one, and it may be a secret.
    """

    ABSENT = "absent"
    HIDDEN = "hidden"


ABSENT: Final = Mark.ABSENT
HIDDEN: Final = Mark.HIDDEN


class ChangeKind(StrEnum):
    """What became of an object or a field. Only lists are reordered."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    REORDERED = "reordered"


@dataclass(frozen=True, slots=True)
class Item:
    """An item of a list by the fields that tell it from the others: `[name=web]`.

    The key is the one it had before, where it had one.
    """

    key: tuple[tuple[str, Any], ...]

    def __str__(self) -> str:
        return "[" + ",".join(f"{name}={_key_text(value)}" for name, value in self.key) + "]"


@dataclass(frozen=True, slots=True)
class Position:
    """An item of a list by its place in it, before and after, from 0; None where it is not."""

    before: int | None
    after: int | None

    def __str__(self) -> str:
        return f"[{self.before if self.after is None else self.after}]"


Step: TypeAlias = str | Item | Position
FieldPath: TypeAlias = tuple[Step, ...]
"""From an object's root to a field: keys of mappings, items of lists."""


@dataclass(frozen=True, slots=True)
class FieldChange:
    """A field that differs. `before` or `after` is ABSENT where the field is not there.

    What may be a secret is HIDDEN, alone or within a value. A list that is REORDERED has the same
    items; `before` and `after` are their keys. `carried` is set where a field differs only by the
    names of the two environments that are compared, or digests what does.
    """

    route: FieldPath
    before: Any
    after: Any
    carried: bool = False
    reordered: bool = False

    @property
    def kind(self) -> ChangeKind:
        """What became of the field."""
        if self.reordered:
            return ChangeKind.REORDERED
        if self.before is ABSENT:
            return ChangeKind.ADDED
        return ChangeKind.REMOVED if self.after is ABSENT else ChangeKind.CHANGED


@dataclass(frozen=True, slots=True, order=True)
class ObjectIdentity:
    """What makes an object one to a cluster; its API version does not.

    `namespace` is "" for an object of the cluster, or where nothing says which it is.
    """

    namespace: str
    kind: str
    name: str
    group: str = ""

    def __str__(self) -> str:
        place = f"{self.namespace}/{self.name}" if self.namespace else self.name
        return f"{self.kind} {place}"


@dataclass(frozen=True, slots=True)
class ObjectChange:
    """An object that differs.

    One that was added or removed has a single field, at the empty route: the whole of it. `was` is
    how it was called before, where that is not `identity`.
    """

    identity: ObjectIdentity
    fields: tuple[FieldChange, ...]
    was: ObjectIdentity | None = None

    @property
    def kind(self) -> ChangeKind:
        """ADDED, REMOVED or CHANGED."""
        return ChangeKind.CHANGED if self.fields[0].route else self.fields[0].kind

    @property
    def carried(self) -> bool:
        """True when it differs by the names of the environments alone."""
        return all(change.carried for change in self.fields)


def path_text(route: FieldPath) -> str:
    """`route` as people write it: `spec.containers[name=web].args[0]`."""
    text = ""
    for step in route:
        if not isinstance(step, str):
            text += str(step)
            continue
        written = format_route((step,))
        text += f".{written}" if text and not written.startswith("[") else written
    return text


def _key_text(value: object) -> str:
    if value is HIDDEN:
        return "(hidden)"
    return str(value).lower() if isinstance(value, bool) else str(value)
