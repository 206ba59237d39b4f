"""Where in a text the parts of a node stand: offsets of values, dashes, brackets and line ends."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from plate_llm_cli.source.blocks import BREAK
from plate_llm_cli.source.emission import Layout
from plate_llm_cli.source.nodes import Mapping, Scalar, Sequence

if TYPE_CHECKING:
    from plate_llm_cli.source.nodes import Entry, Node, SourceFile, Span

_PROPERTIES: Final = re.compile(r"(?:[&!][^\s,\[\]{}]*\s+)*")
_COLON: Final = re.compile(r"\s*:")
_ALIAS: Final = re.compile(r"[ \t]*(\*[^\s,\[\]{}]+)")


class UnchangeableError(Exception):
    """A place that cannot be edited; the message says why."""


@dataclass(frozen=True, slots=True)
class Slot:
    """The place of one value: after `head` (the end of `:` or `-`) from `start` to `end`.

    `indent` is the column from 0 of the key or the dash; `node` is None for an alias.
    """

    head: int
    start: int
    end: int
    indent: int
    flow: bool
    node: Node | None
    is_item: bool = False


class Geometry:
    """Offsets into the text of `source`, whose nodes begin at line 1 and column 1."""

    def __init__(self, source: SourceFile) -> None:
        self.text = source.text
        found = BREAK.search(self.text)
        self.newline = found[0] if found else "\n"
        self._starts = [0, *(match.end() for match in BREAK.finditer(self.text))]
        roots = [document.root for document in source.documents if document.root]
        self.layout = _layout(self, roots)

    def start(self, span: Span) -> int:
        """The offset of a span's first character."""
        return self._starts[span.line - 1] + span.column - 1

    def end(self, span: Span) -> int:
        """The offset after a span's last character."""
        return self._starts[span.end_line - 1] + span.end_column - 1

    def line_start(self, offset: int) -> int:
        """The offset of the first character of the line around `offset`."""
        return self._starts[bisect_right(self._starts, offset) - 1]

    def line_end(self, offset: int) -> int:
        """The offset of the line break at or after `offset`, or of the end of the text."""
        found = BREAK.search(self.text, offset)
        return found.start() if found else len(self.text)

    def next_line(self, offset: int) -> int:
        """The offset of the line after the one around `offset`, or of the end of the text."""
        found = BREAK.search(self.text, offset)
        return found.end() if found else len(self.text)

    def content(self, node: Node) -> int:
        """The offset of a node behind its anchor and tag."""
        start = self.start(node.span)
        found = _PROPERTIES.match(self.text, start)
        return found.end() if found else start

    def is_flow(self, node: Node) -> bool:
        """True for a collection between brackets or braces."""
        return not isinstance(node, Scalar) and self.text[self.content(node)] in "[{"

    def entry_slot(self, owner: Mapping, entry: Entry) -> Slot:
        """Where the value of an entry stands."""
        key_end, flow = self.end(entry.key.span), self.is_flow(owner)
        colon = _COLON.match(self.text, key_end)
        head = colon.end() if colon else key_end
        indent = entry.key.span.column - 1
        start, end = self.start(entry.value.span), self.end(entry.value.span)
        if start < key_end:
            return self._alias_slot(head, indent, flow=flow)
        if start == end:
            start = end = head
        return Slot(head, start, end, indent, flow=flow, node=entry.value)

    def _alias_slot(self, head: int, indent: int, *, flow: bool) -> Slot:
        found = _ALIAS.match(self.text, head)
        if found is None:
            raise UnchangeableError("an alias that stands on a line of its own")
        return Slot(head, found.start(1), found.end(1), indent, flow=flow, node=None)

    def item_slot(self, owner: Sequence, index: int) -> Slot:
        """Where an item of a list stands."""
        item = owner.items[index]
        start, end = self.start(item.span), self.end(item.span)
        earlier = owner.items[index - 1] if index else None
        if start < self.start(owner.span) or (earlier and start < self.end(earlier.span)):
            raise UnchangeableError("an item of the list is an alias")
        if self.is_flow(owner):
            return Slot(start, start, end, 0, flow=True, node=item, is_item=True)
        dash = self.dash(owner, start)
        if start == end:
            start = end = dash + 1
        column = dash - self.line_start(dash)
        return Slot(dash + 1, start, end, column, flow=False, node=item, is_item=True)

    def dash(self, owner: Sequence, start: int) -> int:
        """The offset of the dash of the item that begins at `start`."""
        first = self.content(owner)
        column = first - self.line_start(first)
        line = self.line_start(start)
        while line >= self.line_start(first):
            before = self.text[line : line + column]
            if self.text[line + column : line + column + 1] == "-" and "#" not in before:
                return line + column
            line = self.line_start(line - 1) if line else -1
        raise UnchangeableError("the dash of a list item was not found")


def _layout(geometry: Geometry, roots: list[Node]) -> Layout:
    """The indentation in use: of the first mapping in a mapping, and the first list in one."""
    step = dash = None
    nodes = list(roots)
    while nodes and (step is None or dash is None):
        node = nodes.pop()
        if not isinstance(node, Mapping) or geometry.is_flow(node):
            nodes += node.items if isinstance(node, Sequence) else []
            continue
        for entry in node.entries:
            value = entry.value
            inner = value.span.column - entry.key.span.column
            if value.span.line > entry.key.span.line and not geometry.is_flow(value):
                if isinstance(value, Mapping) and step is None and inner > 0:
                    step = inner
                if isinstance(value, Sequence) and dash is None and inner >= 0:
                    dash = inner
        nodes += [entry.value for entry in node.entries]
    return Layout(step or 2, (step or 2) if dash is None else dash)
