"""Turns libyaml's events into nodes, in one pass that does not recurse.

libyaml's own composer recurses in C and takes the process down on deep input; its events come
from a state machine, so that depth and size can be watched here.
"""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING, Any, NamedTuple

from yaml._yaml import CParser
from yaml.events import (
    AliasEvent,
    DocumentEndEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
    StreamStartEvent,
)

from plate_llm_cli.source import defects
from plate_llm_cli.source.blocks import open_line, trim_block
from plate_llm_cli.source.defects import StreamError
from plate_llm_cli.source.limits import MAX_ALIAS_SHARE, MAX_DEPTH, MAX_NODES, MIN_ALIASED
from plate_llm_cli.source.nodes import Document, Entry, Mapping, Scalar, Sequence, Span
from plate_llm_cli.source.scalars import PREFIX, STARTS, refusal, type_key, type_scalar

if TYPE_CHECKING:
    from collections.abc import Callable

    from plate_llm_cli.source.nodes import Node, Problem

_new_tuple = tuple.__new__
"""Makes a Span in half the time of its constructor; it counts for every scalar."""


class _Anchor(NamedTuple):
    """What an alias can stand for; `node` is None as long as its collection is open."""

    span: Span
    node: Node | None = None
    weight: int = 0
    height: int = 0


class _Frame:
    """An open collection; `extra` and `height` are what its collections and aliases add to it."""

    __slots__ = ("add", "anchor", "extra", "height", "is_mapping", "key", "node")

    def __init__(self, node: Mapping | Sequence, anchor: str | None) -> None:
        self.node = node
        self.anchor = anchor
        self.is_mapping = isinstance(node, Mapping)
        items: list[Any] = node.entries if isinstance(node, Mapping) else node.items
        self.add = items.append
        self.key: Scalar | None = None
        self.extra = 0
        self.height = 1


class Composer:
    """Builds the documents of one stream; `documents` and `problems` hold what was read so far.

    Spans start at `first_line` and, in every line, `first_column`.
    """

    def __init__(self, text: str, first_line: int, first_column: int) -> None:
        self.documents: list[Document] = []
        self.problems: list[Problem] = []
        self._text = text
        self._line, self._column = first_line, first_column
        # The outermost frame takes a document's root as its only item.
        self._stack: list[_Frame] = []
        self._anchors: dict[str, _Anchor] = {}
        self._start = self._last = Span(first_line, first_column, first_line, first_column)
        self._top = _Frame(Sequence(self._start), None)
        self._seen = self._closed = self._aliased = 0
        self._handlers: dict[type, Callable[[Any], None]] = {
            MappingStartEvent: self._open,
            SequenceStartEvent: self._open,
            MappingEndEvent: self._close,
            SequenceEndEvent: self._close,
            AliasEvent: self._alias,
            DocumentStartEvent: self._start_document,
            DocumentEndEvent: self._end_document,
            StreamStartEvent: self._pass,
            StreamEndEvent: self._pass,
        }

    def run(self) -> None:
        """Read the stream. Raises StreamError, yaml.YAMLError or UnicodeEncodeError."""
        # Nothing here refers to itself: the collector would look at every node for nothing, and
        # takes more time than the reading.
        collecting = gc.isenabled()
        gc.disable()
        try:
            self._run()
        finally:
            if collecting:
                gc.enable()

    def _run(self) -> None:
        next_event = CParser(self._text).get_event
        scalar, handlers = self._scalar, self._handlers
        for self._seen in range(2 * MAX_NODES):
            event = next_event()
            if event.__class__ is ScalarEvent:
                scalar(event)
            elif event is None:
                return
            else:
                handlers[event.__class__](event)
        raise StreamError(defects.too_many_nodes(self._last))

    def _pass(self, event: Any) -> None:
        """The ends of the stream say nothing."""

    def _span(self, event: Any) -> Span:
        start, end = event.start_mark, event.end_mark
        line, column = self._line, self._column
        return Span(start.line + line, start.column + column, end.line + line, end.column + column)

    def _scalar(self, event: Any) -> None:
        start, end = event.start_mark, event.end_mark
        line, column = self._line, self._column
        marks = (start.line + line, start.column + column, end.line + line, end.column + column)
        self._last = span = _new_tuple(Span, marks)
        text, style = event.value, event.style
        node = Scalar(span, text, text, style)
        if event.tag is not None or event.anchor is not None or style in ("|", ">"):
            self._dress(node, event)
        elif not style and (not text or text[0] in STARTS):
            self._type(node)
        frame = self._top
        key = frame.key
        if key is not None:
            if not text and span.line > key.span.end_line and span[:2] == span[2:]:
                # libyaml puts the null of a key without `:` where the next token stands.
                self._last = node.span = Span(*key.span[2:], *key.span[2:])
            frame.add(Entry(key, node))
            frame.key = None
            if key.text == "<<" and key.merges:
                self._refuse(defects.MERGE, node.span)
        elif frame.is_mapping:
            frame.key = node
        else:
            frame.add(node)

    def _dress(self, node: Scalar, event: Any) -> None:
        """Give a scalar its tag, its anchor, the end of its block and, after that, its value."""
        if node.style in ("|", ">"):
            body = self._text[event.start_mark.index : event.end_mark.index]
            self._last = node.span = trim_block(body, node.span, self._column)
        if event.tag is not None:
            node.tag = event.tag
        if event.anchor is not None:
            self._anchors[event.anchor] = _Anchor(node.span, node, 1, 0)
        self._type(node)

    def _type(self, node: Scalar) -> None:
        """Give its value to a scalar that may be something other than a string."""
        text, style, tag = node.text, node.style, node.tag or None
        value = type_scalar(text, style, tag)
        if tag is None and value.__class__ is str:
            return
        key = self._top.is_mapping and self._top.key is None
        node.value = type_key(text, style, tag) if key else value
        if tag is not None or key or value.__class__ is float:
            self._refuse(refusal(text, style, tag, key=key), node.span)

    def _open(self, event: Any) -> None:
        span = self._span(event)
        node = Mapping(span) if event.__class__ is MappingStartEvent else Sequence(span)
        if len(self._stack) >= MAX_DEPTH:
            raise StreamError(defects.too_deep(span))
        if self._top.is_mapping and self._top.key is None:
            index = event.start_mark.index
            raise StreamError(defects.complex_key(node, self._text[max(index - 1, 0) : index + 2]))
        if event.anchor is not None:
            self._anchors[event.anchor] = _Anchor(span)
        self._stack.append(self._top)
        self._top = _Frame(node, event.anchor)

    def _close(self, event: Any) -> None:
        frame, self._top = self._top, self._stack.pop()
        self._closed += 1
        if event.end_mark.index > event.start_mark.index:
            self._last = self._span(event)
        node, last = frame.node, self._last
        node.span = Span(node.span.line, node.span.column, last.end_line, last.end_column)
        if isinstance(node, Mapping):
            if len({entry.key.value for entry in node.entries}) < len(node.entries):
                self.problems += defects.duplicates(node)
            weight = frame.extra + 2 * len(node.entries)
        else:
            weight = frame.extra + len(node.items)
        if frame.anchor is not None:
            self._anchors[frame.anchor] = _Anchor(node.span, node, weight + 1, frame.height)
        self._add(node, weight, frame.height)

    def _add(self, node: Node, weight: int, height: int, *, alias: bool = False) -> None:
        """Place a collection or an alias, which brings `weight` nodes beside itself."""
        frame = self._top
        frame.extra += weight
        if height >= frame.height:
            frame.height = height + 1
        key = frame.key
        if key is not None:
            frame.add(Entry(key, node))
            frame.key = None
            if key.merges and not _mergeable(node, alias=alias):
                self._refuse(defects.MERGE, self._last if alias else node.span)
        elif isinstance(node, Scalar) and frame.is_mapping:
            frame.key = node
        else:
            frame.add(node)

    def _alias(self, event: Any) -> None:
        span = self._last = self._span(event)
        anchor = self._anchors.get(event.anchor)
        if anchor is None:
            raise StreamError(defects.unknown_anchor(event.anchor, span))
        node = anchor.node
        if node is None:
            raise StreamError(defects.recursive_alias(event.anchor, span, anchor.span))
        self._check_size(anchor, span)
        expects_key = self._top.is_mapping and self._top.key is None
        if isinstance(node, Scalar):
            node = self._alias_key(node, span) if expects_key else _alias_value(node)
        elif expects_key:
            raise StreamError(defects.complex_key(node, "*"))
        self._add(node, anchor.weight, anchor.height, alias=True)

    def _alias_key(self, node: Scalar, span: Span) -> Scalar:
        text, style, tag = node.text, node.style, node.tag or None
        if not style:
            self._refuse(refusal(text, style, tag, key=True), span)
        # An alias to `<<` merges nothing; as a string it is none.
        return Scalar(span, text, type_key(text, style, tag), style, tag or PREFIX + "str")

    def _check_size(self, anchor: _Anchor, span: Span) -> None:
        if len(self._stack) + anchor.height > MAX_DEPTH:
            raise StreamError(defects.too_deep(span))
        self._aliased += anchor.weight
        total = self._seen - self._closed + self._aliased
        share = MAX_ALIAS_SHARE if total > MIN_ALIASED else 1
        if total > MAX_NODES or self._aliased > share * total:
            raise StreamError(defects.alias_bomb(total, span, anchor.span))

    def _start_document(self, event: Any) -> None:
        self._anchors.clear()
        self._start = self._last = self._span(event)
        self._top = _Frame(Sequence(self._start), None)
        self._closed += 1
        if event.version not in (None, (1, 1)):
            version = ".".join(str(part) for part in event.version)
            self._refuse(f"it knows YAML 1.1 only, not %YAML {version}", self._start)

    def _end_document(self, event: Any) -> None:
        self._closed += 1
        roots = self._top.node.items if isinstance(self._top.node, Sequence) else []
        root: Node | None = roots[0] if roots else None
        if isinstance(root, Scalar) and not (root.text or root.style or root.tag):
            root = None
        start, end = self._start, self._span(event)
        end_line, end_column = end.end_line, end.end_column
        if event.end_mark.index >= len(self._text) and (tail := open_line(self._text)):
            # libyaml ends every text with a line break, be there one or not.
            end_line, end_column = end_line - 1, self._column + tail
        span = Span(start.line, start.column, end_line, end_column)
        self.documents.append(Document(root, span))

    def _refuse(self, reason: str, span: Span) -> None:
        if reason:
            self.problems.append(defects.refused(reason, span))


def _alias_value(node: Scalar) -> Scalar:
    """The node, or a copy of it where it stands as a key and so has a key's value."""
    value = type_scalar(node.text, node.style, node.tag or None)
    if value.__class__ is node.value.__class__:
        return node
    return Scalar(node.span, node.text, value, node.style, node.tag)


def _mergeable(value: Node, *, alias: bool) -> bool:
    """True where go-yaml merges `value`; it looks through an alias to a mapping, not to a list."""
    listed = value.items if isinstance(value, Sequence) and not alias else [value]
    return all(isinstance(item, Mapping) for item in listed)
