"""The YAML tree as plate-llm reads it: every node knows where it stands."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

_MERGE_TAG = "tag:yaml.org,2002:merge"

Plain = None | bool | int | float | str | list["Plain"] | dict[str, "Plain"]
"""Data without positions, typed as Helm types it (keys are always strings)."""

Route = tuple[str | int, ...]
"""The way from a document's root to a node: mapping keys and list indexes."""


class Span(NamedTuple):
    """Lines and columns from 1, in code points; the end is exclusive.

    A tuple, because a file has thousands of them and a frozen dataclass takes four times as long.
    """

    line: int
    column: int
    end_line: int
    end_column: int


@dataclass(slots=True, eq=False)
class Scalar:
    """A leaf. `value` is what Helm makes of `text`; `style` is '' (plain), ', ", | or >.

    As the key of an entry its `value` is the key's name in Helm's data, always a string: `on:` is
    "true". `span` takes in an anchor and a tag; `tag` is the explicit one in full, or ''.
    """

    span: Span
    text: str
    value: bool | int | float | str | None
    style: str = ""
    tag: str = ""

    @property
    def merges(self) -> bool:
        """True for a plain `<<`: as a key it merges its value into the mapping."""
        return self.text == "<<" and not self.style and self.tag in ("", "!", _MERGE_TAG)


@dataclass(slots=True, eq=False)
class Entry:
    """One `key: value` of a mapping. Duplicates stay separate entries."""

    key: Scalar
    value: Node

    @property
    def name(self) -> str:
        """The key in Helm's data, as routes have it."""
        return str(self.key.value)

    @property
    def merges(self) -> bool:
        """True for `<<`: the value's entries count as the mapping's own."""
        return self.key.merges

    @property
    def sources(self) -> list[Mapping]:
        """The mappings that a `<<` entry brings in, the one that wins first."""
        if not self.merges:
            return []
        items = self.value.items if isinstance(self.value, Sequence) else [self.value]
        return [item for item in items if isinstance(item, Mapping)]


@dataclass(slots=True, eq=False)
class Mapping:
    """A mapping in source order. Merge keys (`<<`) are resolved by `get`, listed by `entries`."""

    span: Span
    entries: list[Entry] = field(default_factory=list)

    def entry(self, key: str) -> Entry | None:
        """The entry that counts for `key`: the last one, as Helm reads it.

        A `<<` counts where it stands: it loses against the entries after it only. (That is
        go-yaml v2; the YAML type repository has it lose against all.)
        """
        for entry in reversed(self.entries):
            if entry.key.value == key and not entry.merges:
                return entry
            for source in entry.sources if entry.key.text == "<<" else ():
                found = source.entry(key)
                if found is not None:
                    return found
        return None

    def get(self, key: str) -> Node | None:
        """The value of `key`, or None."""
        found = self.entry(key)
        return None if found is None else found.value

    def merged(self) -> Iterator[Mapping]:
        """The mappings that `<<` brings in, the one that wins first."""
        for entry in reversed(self.entries):
            yield from entry.sources


@dataclass(slots=True, eq=False)
class Sequence:
    """A list."""

    span: Span
    items: list[Node] = field(default_factory=list)


Node = Scalar | Mapping | Sequence


class ProblemKind(StrEnum):
    """What can be wrong with a file before anybody asks what it means.

    REFUSED is well-formed YAML that Helm and Kubernetes do not take, such as `.inf` or a null key.
    """

    SYNTAX = "syntax"
    ENCODING = "encoding"
    UNREADABLE = "unreadable"
    LIMIT = "limit"
    DUPLICATE_KEY = "duplicate-key"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Problem:
    """A defect of the file itself, with the places that explain it."""

    kind: ProblemKind
    message: str
    span: Span
    related: tuple[tuple[Span, str], ...] = ()
    help: str = ""


@dataclass(slots=True, eq=False)
class Document:
    """One document of a stream; `root` is None when it is empty."""

    root: Node | None
    span: Span


@dataclass(slots=True, eq=False)
class SourceFile:
    """A file as read: its text, its documents, and what is wrong with it.

    `path` is relative to the root, with forward slashes. A file with a SYNTAX, ENCODING,
    UNREADABLE or LIMIT problem has the documents before the fault only; with a DUPLICATE_KEY or
    REFUSED one it has all. `text` is without byte order mark.
    """

    path: str
    text: str
    documents: list[Document] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    @property
    def broken(self) -> bool:
        """True when something in the file could not be read, by us or by Helm."""
        return any(problem.kind is not ProblemKind.DUPLICATE_KEY for problem in self.problems)

    @property
    def root(self) -> Node | None:
        """The first document's root: what a values file or a Chart.yaml consists of."""
        return self.documents[0].root if self.documents else None

    def line(self, number: int) -> str:
        """Line `number` (from 1) without its end, or '' past the last."""
        lines = self.text.splitlines()
        return lines[number - 1] if 0 < number <= len(lines) else ""


def find(root: Node | None, route: Route) -> Node | None:
    """The node at `route`, or None where the way ends early."""
    node = root
    for step in route:
        if isinstance(node, Mapping) and isinstance(step, str):
            node = node.get(step)
        elif isinstance(node, Sequence) and isinstance(step, int) and 0 <= step < len(node.items):
            node = node.items[step]
        else:
            return None
    return node


def nearest(root: Node, route: Route) -> tuple[Span, Route]:
    """The span of the deepest part of `route` that exists, and that part.

    The span is the key's where the last step is a mapping key, so that a finding points at the
    name to change; for a whole document it is the root's.
    """
    node, span, walked = root, root.span, 0
    for step in route:
        if isinstance(node, Mapping) and isinstance(step, str):
            entry = node.entry(step)
            if entry is None:
                break
            node, span = entry.value, entry.key.span
        elif isinstance(node, Sequence) and isinstance(step, int) and 0 <= step < len(node.items):
            node = node.items[step]
            span = node.span
        else:
            break
        walked += 1
    return span, route[:walked]


def format_route(route: Route) -> str:
    """`("a", "b", 0, "c.d")` as people write it: `a.b[0]["c.d"]`."""
    text = ""
    for step in route:
        if isinstance(step, int):
            text += f"[{step}]"
        elif not step or any(char in step for char in ".[]\"' "):
            text += '["' + step.replace('"', '\\"') + '"]'
        else:
            text += f".{step}" if text else step
    return text
