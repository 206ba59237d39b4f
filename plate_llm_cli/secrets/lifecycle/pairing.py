"""Which paths of two environments are each other's counterparts."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from plate_llm_cli.secrets.addresses import Place
    from plate_llm_cli.secrets.spec import PathSpec, Spec

    Pair = tuple[PathSpec, PathSpec]


@dataclass(frozen=True, slots=True, eq=False)
class Pairing:
    """The paths of two environments A and B, in the order of A's, then of B's spec."""

    pairs: tuple[Pair, ...]
    """A's path, and the one that is there for the same in B."""
    only_a: tuple[PathSpec, ...]
    only_b: tuple[PathSpec, ...]
    shared: tuple[PathSpec, ...]
    """Those that serve both."""


def pairs(a: Spec, b: Spec) -> Pairing:
    """Pair the paths of `a` and `b`: those of one role, else those that differ in one segment.

    That segment must name the environments, or be exchanged in another pair as well: `db/app` and
    `cache/app` differ in one segment, too. A path that may be the counterpart of several stays
    alone, unless the segments in which it differs from one of them are those of another pair:
    `staging` there and `production` here.
    """
    matching = _Matching(
        [path for path in a.paths if b.at(path.place) is None],
        [path for path in b.paths if a.at(path.place) is None],
    )
    matching.match(
        (one, other) for one, other in matching.all if one.role and one.role == other.role
    )
    common = Counter(_exchange(one, other) for one, other in matching.near)
    matching.match(
        (one, other)
        for one, other in matching.near
        if common[_exchange(one, other)] > 1 or _names_environments(one, other)
    )
    usual = {_exchange(one, other) for one, other in matching.found}
    matching.match(pair for pair in matching.near if _exchange(*pair) in usual)
    position = {path.place: index for index, path in enumerate(a.paths)}
    return Pairing(
        tuple(sorted(matching.found, key=lambda pair: position[pair[0].place])),
        tuple(matching.a),
        tuple(matching.b),
        tuple(path for path in a.paths if b.at(path.place) is not None),
    )


class _Matching:
    """The pairs that were found, and what is left of both sides."""

    def __init__(self, a: list[PathSpec], b: list[PathSpec]) -> None:
        self.a, self.b = a, b
        self.found: list[Pair] = []

    @property
    def all(self) -> Iterator[Pair]:
        return ((one, other) for one in self.a for other in self.b)

    @property
    def near(self) -> Iterator[Pair]:
        return (pair for pair in self.all if _alike(*pair) and _exchange(*pair) is not None)

    def match(self, possible: Iterable[Pair]) -> None:
        """Pair those of `possible` of which neither side is in another."""
        candidates = list(possible)
        times: Counter[Place] = Counter(path.place for pair in candidates for path in pair)
        certain = [pair for pair in candidates if all(times[path.place] == 1 for path in pair)]
        self.found += certain
        self.a = [path for path in self.a if all(path is not pair[0] for pair in certain)]
        self.b = [path for path in self.b if all(path is not pair[1] for pair in certain)]


def _alike(one: PathSpec, other: PathSpec) -> bool:
    """Whether their roles let them be a pair: the same one, or not given on one side."""
    return one.role == other.role or not (one.role and other.role)


def _exchange(one: PathSpec, other: PathSpec) -> tuple[str, str] | None:
    """The only segments, the mount being one, in which two paths differ; None: there are more."""
    mine, theirs = _segments(one.place), _segments(other.place)
    if len(mine) != len(theirs):
        return None
    differing = [(here, there) for here, there in zip(mine, theirs, strict=True) if here != there]
    return differing[0] if len(differing) == 1 else None


def _names_environments(one: PathSpec, other: PathSpec) -> bool:
    """Whether the segments in which two paths differ hold the names of their environments."""
    exchange = _exchange(one, other)
    if exchange is None:
        return False
    return all(
        any(name in segment for name in path.environments)
        for segment, path in zip(exchange, (one, other), strict=True)
    )


def _segments(place: Place) -> tuple[str, ...]:
    return (place.mount, *place.path.split("/"))
