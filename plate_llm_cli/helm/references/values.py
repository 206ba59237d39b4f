"""What an expression of a template can stand for, as far as it leads back to values.

The evaluator computes with these instead of data: a route of `.Values`, a map built by `dict`, a
text that is known, or something computed of which only the sources are known.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from plate_llm_cli.helm.references.conditions import Depends, Fixed, Truthy, every, some
from plate_llm_cli.helm.references.routes import Wild

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from plate_llm_cli.helm.references.conditions import Condition
    from plate_llm_cli.helm.references.routes import Pattern
    from plate_llm_cli.helm.templates.chart import ChartSource
    from plate_llm_cli.helm.templates.syntax import Constant

_MAX_DEPTH: Final = 7
_MAX_NESTING: Final = 5

HOLE: Final = "\0"
"""Stands for an unknown part of a text."""

Origin = tuple[str, int]
"""A template file and an offset in it."""


class Value(ABC):
    """What an expression stands for."""

    __slots__ = ()

    def parts(self) -> tuple[Value, ...]:
        """The values directly inside."""
        return ()

    def sources(self, depth: int = 0) -> frozenset[Pattern]:
        """The routes that the value is made of."""
        found: frozenset[Pattern] = frozenset()
        if depth < _MAX_DEPTH:
            for part in self.parts():
                found |= part.sources(depth + 1)
        return found

    def condition(self, text: str = "") -> Condition:
        """When the value counts as true; `text` is how the template says it."""
        return Depends(self.sources(), text)

    def element(self) -> Value:
        """What `range` gives for each item of a list or entry of a map."""
        return Computed(self.sources())

    def key(self) -> Value:
        """What `range $key, $value` gives for `$key`."""
        return Computed(self.sources())

    def alternatives(self) -> Iterator[Value]:
        """The values that it can be, without the conditions for that."""
        yield self

    @abstractmethod
    def fingerprint(self, depth: int = 0) -> Any:
        """A hashable stand-in: equal for values that lead to the same reads."""


class _Plain(Value):
    """A value that is its own fingerprint."""

    __slots__ = ()

    def fingerprint(self, depth: int = 0) -> Any:  # noqa: ARG002 - nothing inside
        """See `Value`."""
        return self


@dataclass(frozen=True, slots=True)
class Path(_Plain):
    """The value at a route of the root chart's values."""

    pattern: Pattern
    origin: Origin | None = field(default=None, compare=False)

    def sources(self, depth: int = 0) -> frozenset[Pattern]:  # noqa: ARG002 - nothing inside
        """See `Value`."""
        return frozenset((self.pattern,))

    def condition(self, text: str = "") -> Condition:  # noqa: ARG002 - the route says it
        """See `Value`."""
        return Truthy(self.pattern)

    def element(self) -> Value:
        """See `Value`."""
        return Path((*self.pattern, Wild.EACH), self.origin)


@dataclass(frozen=True, slots=True)
class Known(Value):
    """A constant."""

    constant: Constant

    def condition(self, text: str = "") -> Condition:  # noqa: ARG002 - no value decides
        """See `Value`."""
        return Fixed(bool(self.constant))

    def fingerprint(self, depth: int = 0) -> Any:  # noqa: ARG002 - nothing inside
        """See `Value`: `1`, `1.0` and `true` are equal to Python."""
        return (self.constant.__class__, self.constant)


@dataclass(frozen=True, slots=True)
class Context(_Plain):
    """The top-level dot of a chart: `.Values`, `.Release`, `.Chart` and so on."""

    chart: ChartSource

    def condition(self, text: str = "") -> Condition:  # noqa: ARG002 - never empty
        """See `Value`."""
        return Fixed(value=True)


@dataclass(frozen=True, slots=True)
class Computed(_Plain):
    """Something computed; whatever it reads has been noted.

    `origins` are the routes behind it, `shape` is its text as far as it is known.
    """

    origins: frozenset[Pattern] = frozenset()
    shape: str = HOLE

    def sources(self, depth: int = 0) -> frozenset[Pattern]:  # noqa: ARG002 - nothing inside
        """See `Value`."""
        return self.origins


@dataclass(frozen=True, slots=True)
class Answer(_Plain):
    """The result of a comparison or test."""

    test: Condition

    def sources(self, depth: int = 0) -> frozenset[Pattern]:  # noqa: ARG002 - nothing inside
        """See `Value`."""
        return frozenset(self.test.patterns())

    def condition(self, text: str = "") -> Condition:
        """See `Value`."""
        if isinstance(self.test, Depends) and not self.test.text:
            return Depends(self.test.sources, text)
        return self.test


@dataclass(frozen=True, slots=True)
class Serialized(Value):
    """A value turned to YAML or JSON text, which can be turned back."""

    value: Value

    def parts(self) -> tuple[Value, ...]:
        """See `Value`."""
        return (self.value,)

    def fingerprint(self, depth: int = 0) -> Any:
        """See `Value`."""
        return (Serialized, _inner(self.value, depth))


@dataclass(frozen=True, slots=True)
class Guarded(Value):
    """A value that counts only under a condition."""

    test: Condition
    value: Value

    def parts(self) -> tuple[Value, ...]:
        """See `Value`."""
        return (self.value,)

    def sources(self, depth: int = 0) -> frozenset[Pattern]:
        """See `Value`."""
        return frozenset(self.test.patterns()) | self.value.sources(depth)

    def condition(self, text: str = "") -> Condition:
        """See `Value`."""
        return every((self.test, self.value.condition(text)))

    def element(self) -> Value:
        """See `Value`."""
        return Guarded(self.test, self.value.element())

    def key(self) -> Value:
        """See `Value`."""
        return self.value.key()

    def alternatives(self) -> Iterator[Value]:
        """See `Value`."""
        yield from self.value.alternatives()

    def fingerprint(self, depth: int = 0) -> Any:
        """See `Value`."""
        return (Guarded, self.test, _inner(self.value, depth))


@dataclass(frozen=True, slots=True)
class Decided(Value):
    """The value of `and` or `or`, whose truth is known more exactly than the value."""

    test: Condition
    value: Value

    def parts(self) -> tuple[Value, ...]:
        """See `Value`."""
        return (self.value,)

    def sources(self, depth: int = 0) -> frozenset[Pattern]:
        """See `Value`."""
        return frozenset(self.test.patterns()) | self.value.sources(depth)

    def condition(self, text: str = "") -> Condition:  # noqa: ARG002 - the test says it
        """See `Value`."""
        return self.test

    def element(self) -> Value:
        """See `Value`."""
        return self.value.element()

    def key(self) -> Value:
        """See `Value`."""
        return self.value.key()

    def alternatives(self) -> Iterator[Value]:
        """See `Value`."""
        yield from self.value.alternatives()

    def fingerprint(self, depth: int = 0) -> Any:
        """See `Value`."""
        return (Decided, self.test, _inner(self.value, depth))


@dataclass(frozen=True, slots=True)
class OneOf(Value):
    """One of several values."""

    options: tuple[Value, ...]

    def parts(self) -> tuple[Value, ...]:
        """See `Value`."""
        return self.options

    def condition(self, text: str = "") -> Condition:
        """See `Value`."""
        return some(option.condition(text) for option in self.options)

    def element(self) -> Value:
        """See `Value`."""
        return one_of(option.element() for option in self.options)

    def key(self) -> Value:
        """See `Value`."""
        return one_of(option.key() for option in self.options)

    def alternatives(self) -> Iterator[Value]:
        """See `Value`."""
        for option in self.options:
            yield from option.alternatives()

    def fingerprint(self, depth: int = 0) -> Any:
        """See `Value`."""
        return (OneOf, *(_inner(option, depth) for option in self.options))


@dataclass(frozen=True, slots=True)
class Items(Value):
    """A list built in the template: known items, then any number of `rest`."""

    known: tuple[Value, ...]
    rest: Value | None = None

    def parts(self) -> tuple[Value, ...]:
        """See `Value`."""
        return self.known if self.rest is None else (*self.known, self.rest)

    def condition(self, text: str = "") -> Condition:
        """See `Value`."""
        certain = bool(self.known) or self.rest is None
        return Fixed(bool(self.known)) if certain else Depends(self.sources(), text)

    def element(self) -> Value:
        """See `Value`."""
        return one_of(self.parts())

    def fingerprint(self, depth: int = 0) -> Any:
        """See `Value`."""
        known = tuple(_inner(value, depth) for value in self.known)
        return (Items, known, self.rest and _inner(self.rest, depth))


@dataclass(slots=True, eq=False)
class Entries(Value):
    """A map built in the template; `set` and `merge` change it.

    `rest` is under keys that are not known, `layers` are maps that were merged in.
    """

    known: dict[str, Value] = field(default_factory=dict)
    rest: Value | None = None
    layers: list[Value] = field(default_factory=list)

    def parts(self) -> tuple[Value, ...]:
        """See `Value`."""
        rest = () if self.rest is None else (self.rest,)
        return (*self.known.values(), *rest, *self.layers)

    def condition(self, text: str = "") -> Condition:
        """See `Value`: a map that is empty here may have been filled by then."""
        return Fixed(value=True) if self.known else Depends(self.sources(), text)

    def element(self) -> Value:
        """See `Value`."""
        layers = (layer.element() for layer in self.layers)
        rest = () if self.rest is None else (self.rest,)
        return one_of((*self.known.values(), *rest, *layers))

    def key(self) -> Value:
        """See `Value`."""
        if self.rest is None and self.known and not self.layers:
            return one_of(map(Known, self.known))
        return Computed(self.sources())

    def fingerprint(self, depth: int = 0) -> Any:
        """See `Value`."""
        known = tuple((key, _inner(value, depth)) for key, value in self.known.items())
        layers = tuple(_inner(layer, depth) for layer in self.layers)
        return (Entries, known, self.rest and _inner(self.rest, depth), layers)


NIL: Final = Known(None)


def _inner(value: Value, depth: int) -> Any:
    return id(value) if depth > _MAX_DEPTH else value.fingerprint(depth + 1)


def one_of(options: Iterable[Value]) -> Value:
    """Any of `options`, the same one only once; nil when there is none."""
    kept: dict[Any, Value] = {}
    for option in options:
        inner = option.options if isinstance(option, OneOf) else (option,)
        kept.update((each.fingerprint(), each) for each in inner)
    if not kept:
        return NIL
    return next(iter(kept.values())) if len(kept) == 1 else OneOf(tuple(kept.values()))


def map_options(value: Value, change: Callable[[Value], Value]) -> Value:
    """`change` done to each thing that `value` can be; conditions stay."""
    if isinstance(value, OneOf):
        return one_of(map_options(option, change) for option in value.options)
    if isinstance(value, Guarded):
        return Guarded(value.test, map_options(value.value, change))
    if isinstance(value, Decided):
        return map_options(value.value, change)
    return change(value)


def guarded(test: Condition, value: Value) -> Value:
    """`value` under a condition; nil when that never holds."""
    if test == Fixed(value=False):
        return NIL
    return value if test == Fixed(value=True) else Guarded(test, value)


def shallow(value: Value) -> Value:
    """The value itself, or without its conditions where they are stacked too deeply to follow."""
    return value if _nesting(value) < _MAX_NESTING else one_of(value.alternatives())


def _nesting(value: Value, depth: int = 0) -> int:
    if depth > _MAX_NESTING or not isinstance(value, (OneOf, Guarded, Decided)):
        return depth
    return max(_nesting(part, depth + 1) for part in value.parts())
