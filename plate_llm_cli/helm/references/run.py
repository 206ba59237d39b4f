"""Runs the templates of a tree of charts one after the other, and keeps what they share."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from plate_llm_cli.helm.references.frame import Frame
from plate_llm_cli.helm.references.library import Body
from plate_llm_cli.helm.references.reads import RawRead, ReadKind, Site
from plate_llm_cli.helm.references.store import Store
from plate_llm_cli.helm.references.values import HOLE, Computed, Known
from plate_llm_cli.helm.templates.parser import TemplateSyntaxError, parse

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plate_llm_cli.helm.references.conditions import Condition
    from plate_llm_cli.helm.references.interfaces import Reader
    from plate_llm_cli.helm.references.library import Library
    from plate_llm_cli.helm.references.routes import Pattern
    from plate_llm_cli.helm.references.values import Value

STEPS: Final = 200_000
"""Enough for the largest public charts several times over; some seconds of work."""

_MAX_DEPTH: Final = 90
_MAX_CALLS: Final = 16


class TooMuchError(Exception):
    """A template that takes too long to follow."""


@dataclass(slots=True)
class Outcome:
    """What one execution read; `sources` are the routes its text is made of."""

    reads: list[RawRead] = field(default_factory=list)
    sites: list[Site] = field(default_factory=list)
    sources: frozenset[Pattern] = frozenset()


class Run:
    """The state of an analysis: writes, results of calls, and how much work was done."""

    def __init__(self, library: Library, prefixes: frozenset[Pattern]) -> None:
        self.library = library
        self.store = Store(prefixes)
        self._steps_left = STEPS
        self._depth = 0
        self._calls = 0
        self._outcomes: dict[Any, Outcome] = {}
        self._texts: dict[str, Body | None] = {}

    def spend(self) -> None:
        """Count one step; raises `TooMuchError`."""
        self._steps_left -= 1
        if self._steps_left < 0:
            raise TooMuchError

    def grant(self, steps: int) -> None:
        """Allow so many steps from here on."""
        self._steps_left = steps

    @contextmanager
    def deeper(self) -> Iterator[None]:
        """One level further down; raises `TooMuchError`."""
        self._depth += 1
        if self._depth > _MAX_DEPTH:
            raise TooMuchError
        yield
        self._depth -= 1

    def execute(self, body: Body, dot: Value, gates: tuple[Condition, ...] = ()) -> Outcome:
        """Run one template from the top. Raises `TooMuchError`."""
        self._depth = self._calls = 0
        frame = Frame(self, body.file, dot)
        frame.gates = gates
        try:
            frame.run_block(body.block)
        except TooMuchError:
            self._outcomes.clear()  # some are half done
            raise
        return Outcome(list(frame.reads.values()), list(frame.sites.values()))

    def include(self, reader: Reader, name: Value, dot: Value) -> Value:
        """`include name dot` inside an execution."""
        reader.consume(name, ReadKind.VALUE)
        sources = name.sources()
        for body in self._candidates(name):
            sources |= self._absorb(reader, body, dot)
        return Computed(sources)

    def render_text(self, reader: Reader, text: Value, dot: Value) -> Value:
        """`tpl text dot` inside an execution."""
        reader.consume(text, ReadKind.VALUE)
        sources = text.sources()
        for each in text.alternatives():
            if isinstance(each, Known) and isinstance(each.constant, str):
                body = self.text_body(each.constant)
                sources |= frozenset() if body is None else self._absorb(reader, body, dot)
        if text.sources():
            reader.note_site(Site(text.sources(), dot, ()))
        return Computed(sources)

    def text_body(self, text: str) -> Body | None:
        """A text of values as a template; None when it is none."""
        if text not in self._texts:
            try:
                self._texts[text] = Body("", parse(text).body, "") if "{{" in text else None
            except TemplateSyntaxError:
                self._texts[text] = None
        return self._texts[text]

    def _candidates(self, name: Value) -> list[Body]:
        shapes: dict[str, None] = {}
        for each in name.alternatives():
            if isinstance(each, Known):
                shapes[str(each.constant)] = None
            else:
                shapes[each.shape if isinstance(each, Computed) else HOLE] = None
        return [body for shape in shapes for body in self.library.find(shape)]

    def _absorb(self, reader: Reader, body: Body, dot: Value) -> frozenset[Pattern]:
        """Take over what `body` reads, under the gates of the place that calls it."""
        outcome = self._outcome(body, dot)
        for read in outcome.reads:
            reader.note(read)
        for site in outcome.sites:
            reader.note_site(site)
        return outcome.sources

    def _outcome(self, body: Body, dot: Value) -> Outcome:
        key = (id(body), dot.fingerprint(), self.store.version)
        found = self._outcomes.get(key)
        if found is None:
            self._outcomes[key] = Outcome()  # for calls of itself
            found = self._outcomes[key] = self._call(body, dot)
        return found

    def _call(self, body: Body, dot: Value) -> Outcome:
        inner = Frame(self, body.file, dot)
        if self._calls >= _MAX_CALLS:
            inner.consume(dot, ReadKind.WHOLE)
        else:
            self._calls += 1
            with self.deeper():
                inner.run_block(body.block)
            self._calls -= 1
        reads = list(inner.reads.values())
        sources = frozenset(read.pattern for read in reads)
        return Outcome(reads, list(inner.sites.values()), sources)
