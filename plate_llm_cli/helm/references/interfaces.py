"""What the parts of the analysis know of one another: who executes, who notes reads."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from plate_llm_cli.helm.references.reads import RawRead, ReadKind, Site
    from plate_llm_cli.helm.references.store import Store
    from plate_llm_cli.helm.references.values import Value


class Reader(Protocol):
    """One execution of a template, as the functions that it calls see it."""

    @property
    def run(self) -> Runner:
        """The analysis that the execution belongs to."""
        ...

    def consume(self, value: Value, kind: ReadKind) -> None:
        """Note that everything in `value` is read."""
        ...

    def note(self, read: RawRead) -> None:
        """Keep a read, under the gates around it."""
        ...

    def note_site(self, site: Site) -> None:
        """Keep a place where text of values is rendered."""
        ...


class Runner(Protocol):
    """The whole analysis, as one execution sees it."""

    @property
    def store(self) -> Store:
        """Fields of abstract values."""
        ...

    def spend(self) -> None:
        """Count one step, and stop the execution when there were too many."""
        ...

    def deeper(self) -> AbstractContextManager[None]:
        """One level further down, up to a limit."""
        ...

    def include(self, reader: Reader, name: Value, dot: Value) -> Value:
        """`include name dot`."""
        ...

    def render_text(self, reader: Reader, text: Value, dot: Value) -> Value:
        """`tpl text dot`."""
        ...
