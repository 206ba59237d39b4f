"""The names that keys go by in input files and on the command line."""

from __future__ import annotations

from collections import defaultdict
from itertools import islice
from typing import TYPE_CHECKING, Final

from plate_llm_cli.errors import UsageError
from plate_llm_cli.source.violations import near_name

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from plate_llm_cli.secrets.addresses import Address
    from plate_llm_cli.secrets.spec import KeySpec, Spec

ALL_KEYS: Final = "#*"
"""Behind a path it stands for every key of the path."""

_MOST: Final = 12
"""Keys that a message lists, and unknown names that it looks for a slip in."""

_LONGEST: Final = 200
"""Characters of the longest name that is compared with others."""


class KeyNames:
    """The keys of `spec` by name: `path#key`, `mount/path#key`, PATH__KEY, or KEY alone."""

    def __init__(self, spec: Spec) -> None:
        self._keys = tuple(spec.keys)
        self._in_full = {key.address.in_full: key for key in self._keys}
        self._short = _by(self._keys, lambda address: (str(address),))
        self._loose = _by(self._keys, lambda address: (address.variable, address.key))

    def find(self, name: str) -> tuple[KeySpec, ...]:
        """The keys that `name` may mean: none, one, or several where it is ambiguous."""
        exact = self._in_full.get(name)
        if exact is not None:
            return (exact,)
        return tuple(self._short.get(name) or self._loose.get(name) or ())

    def find_all(self, name: str) -> tuple[KeySpec, ...]:
        """The keys that `path#*` or `mount/path#*` stands for."""
        path = name.removesuffix(ALL_KEYS)
        places = {key.address.place for key in self._keys}
        wanted = next((place for place in places if str(place) == path), None)
        return tuple(
            key
            for key in self._keys
            if key.address.place == wanted or (wanted is None and key.address.place.path == path)
        )

    def only(self, keys: tuple[KeySpec, ...], name: str, place: str) -> KeySpec:
        """The one key that `name` means, at `place` if that is known.

        Raises:
            UsageError: there are several; the message lists them.
        """
        if len(keys) == 1:
            return keys[0]
        listed = sorted(self.shown(key.address) for key in keys)
        at = f" ({place})" if place else ""
        message = f"`{name}`{at} may mean {len(keys)} keys: {_several(listed)}"
        raise UsageError(message, self._ways(keys))

    def shown(self, address: Address) -> str:
        """`path#key`, with the mount where another has the same."""
        return str(address) if len(self._short[str(address)]) == 1 else address.in_full

    def has_own_variable(self, address: Address) -> bool:
        """Whether `address.variable` can mean no other key."""
        return len(self._loose[address.variable]) == 1

    def advice(self, names: Iterable[str]) -> str:
        """What to write instead of `names`, which name no key; none of them is repeated."""
        known = [*self._in_full, *self._short, *self._loose]
        fitting = islice((name for name in names if len(name) <= _LONGEST), _MOST)
        near = (near_name(name, known) for name in fitting)
        meant = list(dict.fromkeys(name for name in near if name))
        if meant:
            return f"did you mean {_several(meant)}?"
        if not self._keys:
            return "the secrets spec has no keys for this environment"
        return f"there are: {_several([self.shown(key.address) for key in self._keys])}"

    def _ways(self, keys: tuple[KeySpec, ...]) -> str:
        first = min(key.address for key in keys)
        own = self.has_own_variable(first)
        written = f", in files of variables {first.variable}" if own else ""
        return f"write {self.shown(first)}{written}"


def _by(
    keys: tuple[KeySpec, ...], names_of: Callable[[Address], tuple[str, ...]]
) -> dict[str, list[KeySpec]]:
    found: defaultdict[str, list[KeySpec]] = defaultdict(list)
    for key in keys:
        for name in dict.fromkeys(names_of(key.address)):
            found[name].append(key)
    return dict(found)


def _several(names: list[str]) -> str:
    more = f" and {len(names) - _MOST} more" if len(names) > _MOST else ""
    return ", ".join(names[:_MOST]) + more
