"""Conditions of templates over values: whether they hold, and what would make them hold."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from enum import StrEnum
from itertools import product
from typing import TYPE_CHECKING, Any, ClassVar, Final

from plate_llm_cli.helm.references.routes import NOTHING, UNKNOWN, look_up

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from plate_llm_cli.helm.references.routes import Pattern
    from plate_llm_cli.helm.templates.syntax import Constant

_MAX_SOLUTIONS: Final = 6
_MAX_PARTS: Final = 12


class WantKind(StrEnum):
    """What a value has to be."""

    TRUTHY = "set"
    FALSY = "empty"
    EQUAL = "equal"
    DIFFERENT = "different"
    OTHER = "other"
    """Anything else than now."""


@dataclass(frozen=True, slots=True)
class Want:
    """What a value has to be for a condition to hold."""

    kind: WantKind
    constant: Constant = None


Wants = dict["Pattern", Want]


class Condition(ABC):
    """Something that a template tests."""

    __slots__ = ()

    @abstractmethod
    def holds(self, values: Any) -> bool | None:
        """Whether it holds with `values`; None when that cannot be told."""

    @abstractmethod
    def solutions(self, *, wanted: bool = True) -> list[Wants]:
        """Ways to make it hold (or fail), simplest first; none when values cannot do it."""

    def parts(self) -> tuple[Condition, ...]:
        """The conditions that it is made of."""
        return ()

    def patterns(self) -> Iterator[Pattern]:
        """The routes that it looks at."""
        for part in self.parts():
            yield from part.patterns()

    def texts(self) -> Iterator[str]:
        """The source texts of the parts that no value decides."""
        for part in self.parts():
            yield from part.texts()

    def rewritten(self, change: Callable[[Pattern], Pattern]) -> Condition:  # noqa: ARG002 - a part without routes stays
        """The same over other routes."""
        return self

    def negated(self) -> Condition:
        """The opposite."""
        return Not(self)


@dataclass(frozen=True, slots=True)
class Truthy(Condition):
    """The value is not empty, as Go templates see it."""

    pattern: Pattern

    def holds(self, values: Any) -> bool | None:
        """See `Condition`."""
        value = look_up(values, self.pattern)
        return None if value is UNKNOWN else value is not NOTHING and bool(value)

    def solutions(self, *, wanted: bool = True) -> list[Wants]:
        """See `Condition`."""
        return [{self.pattern: Want(WantKind.TRUTHY if wanted else WantKind.FALSY)}]

    def patterns(self) -> Iterator[Pattern]:
        """See `Condition`."""
        yield self.pattern

    def rewritten(self, change: Callable[[Pattern], Pattern]) -> Condition:
        """See `Condition`."""
        return Truthy(change(self.pattern))


@dataclass(frozen=True, slots=True)
class Equals(Condition):
    """The value is one of the constants."""

    pattern: Pattern
    constants: tuple[Constant, ...]

    def holds(self, values: Any) -> bool | None:
        """See `Condition`. Go compares no text with a number."""
        value = look_up(values, self.pattern)
        if value is UNKNOWN:
            return None
        return any(value == each and type(value) is type(each) for each in self.constants)

    def solutions(self, *, wanted: bool = True) -> list[Wants]:
        """See `Condition`."""
        kind = WantKind.EQUAL if wanted else WantKind.DIFFERENT
        return [{self.pattern: Want(kind, constant)} for constant in self.constants]

    def patterns(self) -> Iterator[Pattern]:
        """See `Condition`."""
        yield self.pattern

    def rewritten(self, change: Callable[[Pattern], Pattern]) -> Condition:
        """See `Condition`."""
        return Equals(change(self.pattern), self.constants)


@dataclass(frozen=True, slots=True)
class Fixed(Condition):
    """Always so."""

    value: bool

    def holds(self, values: Any) -> bool | None:  # noqa: ARG002 - no value decides
        """See `Condition`."""
        return self.value

    def solutions(self, *, wanted: bool = True) -> list[Wants]:
        """See `Condition`."""
        return [{}] if self.value is wanted else []

    def negated(self) -> Condition:
        """See `Condition`."""
        return Fixed(not self.value)


@dataclass(frozen=True, slots=True)
class Depends(Condition):
    """Something is computed from the values at `sources`; `text` is how the template says it."""

    sources: frozenset[Pattern]
    text: str = ""

    def holds(self, values: Any) -> bool | None:  # noqa: ARG002 - not known from the values alone
        """See `Condition`."""
        return None

    def solutions(self, *, wanted: bool = True) -> list[Wants]:  # noqa: ARG002 - either way
        """See `Condition`: each of the sources changed alone, then all of them together."""
        other = Want(WantKind.OTHER)
        patterns = list(self.patterns())[:_MAX_PARTS]
        alone: list[Wants] = [{pattern: other} for pattern in patterns]
        together: list[Wants] = [dict.fromkeys(patterns, other)] if len(patterns) > 1 else []
        return [*alone[: _MAX_SOLUTIONS - 1], *together]

    def patterns(self) -> Iterator[Pattern]:
        """See `Condition`."""
        yield from sorted(self.sources, key=repr)

    def texts(self) -> Iterator[str]:
        """See `Condition`."""
        if self.text and not self.sources:
            yield self.text

    def rewritten(self, change: Callable[[Pattern], Pattern]) -> Condition:
        """See `Condition`."""
        return Depends(frozenset(map(change, self.sources)), self.text)


@dataclass(frozen=True, slots=True)
class Enabled(Condition):
    """A dependency is on: by the first of `switches` that is a boolean, else by its tags."""

    switches: tuple[Pattern, ...]
    tags: tuple[Pattern, ...]

    def holds(self, values: Any) -> bool | None:
        """See `Condition`; the rules are those of Helm's `ProcessDependencies`."""
        for pattern in self.switches:
            found = look_up(values, pattern)
            if isinstance(found, bool):
                return found
        states = [look_up(values, pattern) for pattern in self.tags]
        return any(state is True for state in states) or all(item is not False for item in states)

    def solutions(self, *, wanted: bool = True) -> list[Wants]:
        """See `Condition`."""
        return [{pattern: Want(WantKind.EQUAL, wanted)} for pattern in tuple(self.patterns())[:1]]

    def patterns(self) -> Iterator[Pattern]:
        """See `Condition`."""
        yield from (*self.switches, *self.tags)


@dataclass(frozen=True, slots=True)
class Not(Condition):
    """The opposite."""

    inner: Condition

    def parts(self) -> tuple[Condition, ...]:
        """See `Condition`."""
        return (self.inner,)

    def holds(self, values: Any) -> bool | None:
        """See `Condition`."""
        inner = self.inner.holds(values)
        return None if inner is None else not inner

    def solutions(self, *, wanted: bool = True) -> list[Wants]:
        """See `Condition`."""
        return self.inner.solutions(wanted=not wanted)

    def rewritten(self, change: Callable[[Pattern], Pattern]) -> Condition:
        """See `Condition`."""
        return Not(self.inner.rewritten(change))

    def negated(self) -> Condition:
        """See `Condition`."""
        return self.inner


class _Joined(Condition):
    """Several conditions; `decisive` is the answer of one part that settles the whole."""

    __slots__ = ()
    decisive: ClassVar[bool]
    members: tuple[Condition, ...]

    def parts(self) -> tuple[Condition, ...]:
        """See `Condition`."""
        return self.members

    def holds(self, values: Any) -> bool | None:
        """See `Condition`."""
        answers = [part.holds(values) for part in self.members]
        if self.decisive in answers:
            return self.decisive
        return None if None in answers else not self.decisive

    def solutions(self, *, wanted: bool = True) -> list[Wants]:
        """See `Condition`."""
        ways = [part.solutions(wanted=wanted) for part in self.members]
        if self.decisive is wanted:
            return [way for part in ways for way in part][:_MAX_SOLUTIONS]
        return _together(ways)

    def rewritten(self, change: Callable[[Pattern], Pattern]) -> Condition:
        """See `Condition`."""
        join = some if self.decisive else every
        return join(part.rewritten(change) for part in self.members)


@dataclass(frozen=True, slots=True)
class Every(_Joined):
    """All of the members."""

    decisive: ClassVar[bool] = False
    members: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Some(_Joined):
    """At least one of the members."""

    decisive: ClassVar[bool] = True
    members: tuple[Condition, ...]


def every(parts: Iterable[Condition]) -> Condition:
    """All of `parts`."""
    return _join(parts, Every, neutral=True)


def some(parts: Iterable[Condition]) -> Condition:
    """At least one of `parts`."""
    return _join(parts, Some, neutral=False)


def _join(
    parts: Iterable[Condition],
    make: Callable[[tuple[Condition, ...]], Condition],
    *,
    neutral: bool,
) -> Condition:
    kept = tuple(dict.fromkeys(part for part in parts if part != Fixed(neutral)))
    if Fixed(not neutral) in kept:
        return Fixed(not neutral)
    if len(kept) == 1:
        return kept[0]
    if len(kept) > _MAX_PARTS:
        return Depends(frozenset(pattern for part in kept for pattern in part.patterns()))
    return make(kept) if kept else Fixed(neutral)


def _together(ways: list[list[Wants]]) -> list[Wants]:
    """One way from each list, merged, where they do not contradict one another."""
    found: list[Wants] = []
    for chosen in product(*ways):
        merged: Wants = {}
        for wants in chosen:
            if any(merged.get(pattern, want) != want for pattern, want in wants.items()):
                break
            merged |= wants
        else:
            found.append(merged)
        if len(found) >= _MAX_SOLUTIONS:
            break
    return found
