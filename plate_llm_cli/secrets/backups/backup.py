"""What an export holds: everything at an environment's paths that seeding does not make again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from plate_llm_cli.secrets.addresses import Address
from plate_llm_cli.secrets.key_names import KeyNames
from plate_llm_cli.secrets.spec import Derived, Literal
from plate_llm_cli.secrets.values.forms import check
from plate_llm_cli.secrets.values.inputs import derive
from plate_llm_cli.secrets.values.secret import Secret

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from plate_llm_cli.secrets.addresses import Place
    from plate_llm_cli.secrets.server.stored import Stored
    from plate_llm_cli.secrets.spec import KeySpec, PathSpec, Spec


@dataclass(frozen=True, slots=True)
class Taken:
    """Of which environment, where and when a backup was taken; the time is in UTC."""

    environment: str
    address: str
    time: str


@dataclass(frozen=True, slots=True, eq=False)
class Entry:
    """One key. `variable` is its name in a file of variables.

    `remark` says why seeding would not take the value, '' where it does.
    """

    address: Address
    value: Secret
    variable: str = ""
    remark: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class PathBackup:
    """One path as it was stored, without what seeding makes again."""

    place: Place
    stored: Stored
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Backup:
    """All paths of an environment, in the order of the spec."""

    taken: Taken
    paths: tuple[PathBackup, ...]

    @property
    def remarked(self) -> Iterator[Entry]:
        """The keys that seeding would not take."""
        return (entry for path in self.paths for entry in path.entries if entry.remark)

    @property
    def is_empty(self) -> bool:
        """Whether nothing was stored at any path."""
        return not any(path.stored.data for path in self.paths)


def back_up(spec: Spec, stored: Mapping[Place, Stored], taken: Taken) -> Backup:
    """What of `stored` goes into a backup. `spec` holds the paths of the environment."""
    names = KeyNames(spec)
    paths = (
        PathBackup(path.place, stored[path.place], tuple(_entries(path, stored, names)))
        for path in spec.paths
    )
    return Backup(taken, tuple(paths))


def _entries(path: PathSpec, stored: Mapping[Place, Stored], names: KeyNames) -> Iterator[Entry]:
    for name, value in stored[path.place].data.items():
        address, key = Address(path.place, name), path.keys.get(name)
        if key is None:
            yield Entry(address, value, remark="not in the spec")
        elif isinstance(key.origin, Literal | Derived):
            if not _is_made_again(key, value, stored):
                yield Entry(address, value, remark="the spec makes another value")
        else:
            fault = check(value, key.form, address)
            variable = address.variable if names.has_own_variable(address) else f"'{address}'"
            yield Entry(address, value, variable, f"it {fault.what}" if fault else "")


def _is_made_again(key: KeySpec, value: Secret, stored: Mapping[Place, Stored]) -> bool:
    """Whether seeding gives the key, a constant or made from another one, this value."""
    if isinstance(key.origin, Literal):
        return Secret(key.origin.text).same_as(value)
    assert isinstance(key.origin, Derived)  # noqa: S101 - for the type checker
    origin = key.origin
    parent = stored[origin.parent.place].data.get(origin.parent.key)
    return parent is not None and derive(origin.template, parent).same_as(value)
