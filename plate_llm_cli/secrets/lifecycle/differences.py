"""Two environments side by side: which keys each has, and since when."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from plate_llm_cli.secrets.lifecycle.ages import ages_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from plate_llm_cli.secrets.addresses import Place
    from plate_llm_cli.secrets.lifecycle.ages import Age
    from plate_llm_cli.secrets.lifecycle.pairing import Pair, Pairing
    from plate_llm_cli.secrets.server.history import VersionReader
    from plate_llm_cli.secrets.server.stored import Stored
    from plate_llm_cli.secrets.spec import PathSpec


@dataclass(frozen=True, slots=True)
class Side:
    """A key in one of the two; `age` is None where OpenBao does not have it."""

    in_spec: bool
    age: Age | None

    @property
    def present(self) -> bool:
        """Whether OpenBao has it."""
        return self.age is not None


@dataclass(frozen=True, slots=True)
class KeyPair:
    """One name of a key, in both."""

    name: str
    a: Side
    b: Side
    same: bool | None
    """Whether both have one value; None unless the key belongs to its environment alone."""

    @property
    def differs(self) -> bool:
        """Whether only one has it, in the spec or in OpenBao."""
        return self.a.in_spec != self.b.in_spec or self.a.present != self.b.present


@dataclass(frozen=True, slots=True, eq=False)
class PathPair:
    """Two paths that are there for the same."""

    a: PathSpec
    b: PathSpec
    keys: tuple[KeyPair, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Comparison:
    """Two environments, without the paths that both of them share."""

    pairs: tuple[PathPair, ...]
    pairing: Pairing

    @property
    def keys(self) -> Iterator[KeyPair]:
        """Every key of the paths that have a counterpart."""
        return (key for pair in self.pairs for key in pair.keys)

    @property
    def differences(self) -> int:
        """The keys and paths that only one of them has."""
        alone = (*self.pairing.only_a, *self.pairing.only_b)
        return sum(key.differs for key in self.keys) + len(alone)

    @property
    def same_values(self) -> int:
        """The keys that have one value in both and must not."""
        return sum(key.same is True for key in self.keys)


def compare(reader: VersionReader, pairing: Pairing, stored: Mapping[Place, Stored]) -> Comparison:
    """Hold the paths of `pairing` against each other; `stored` has what is in them.

    Raises OpenBaoError when the server says no.
    """
    pairs = tuple(_path_pair(reader, pair, stored) for pair in pairing.pairs)
    return Comparison(pairs, pairing)


def _path_pair(reader: VersionReader, pair: Pair, stored: Mapping[Place, Stored]) -> PathPair:
    a, b = pair
    held_a, held_b = stored[a.place], stored[b.place]
    names = list(dict.fromkeys([*a.keys, *b.keys, *held_a.data, *held_b.data]))
    ages_a = ages_of(reader, a.place, held_a, names)
    ages_b = ages_of(reader, b.place, held_b, names)
    keys = (
        KeyPair(
            name,
            Side(name in a.keys, ages_a.get(name)),
            Side(name in b.keys, ages_b.get(name)),
            _same(name, pair, (held_a, held_b)),
        )
        for name in names
    )
    return PathPair(a, b, tuple(keys))


def _same(name: str, pair: Pair, held: tuple[Stored, Stored]) -> bool | None:
    specs = [path.keys[name] for path in pair if name in path.keys]
    values = [stored.data[name] for stored in held if name in stored.data]
    if not any(spec.bound for spec in specs) or len(values) < 2:
        return None
    return values[0].same_as(values[1])
