"""Turns libyaml's events into nodes, in one pass that does not recurse.

libyaml's own composer recurses in C and takes the process down on deep input; its events come
from a state machine, so that the depth can be watched here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

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
)

from plate_llm_cli.source.limits import MAX_DEPTH, MAX_NODES
from plate_llm_cli.source.nodes import (
    Document,
    Entry,
    Mapping,
    Node,
    Problem,
    ProblemKind,
    Scalar,
    Sequence,
    Span,
)
from plate_llm_cli.source.scalars import type_scalar

if TYPE_CHECKING:
    from collections.abc import Callable


class StreamError(Exception):
    """Ends the reading of a stream; `problem` says why."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.message)
        self.problem = problem


@dataclass(slots=True, eq=False)
class _Frame:
    """An open collection: where to put what comes next, and how much it has grown to."""

    node: Mapping | Sequence
    anchor: str | None
    key: Scalar | None = None
    weight: int = 1
    height: int = 1


class Composer:
    """Builds the documents of one stream. `documents` and `problems` are valid after any StreamError."""

    def __init__(self, text: str, first_line: int = 1, first_column: int = 1) -> None:
        self.text = text
        self.documents: list[Document] = []
        self.problems: list[Problem] = []
        self._line, self._column = first_line, first_column
        self._stack: list[_Frame] = []
        self._anchors: dict[str, tuple[Node, int, int] | None] = {}
        self._root: Node | None = None
        self._end = (first_line, first_column)
        self._weight = 0
        self._handlers: dict[type, Callable[[Any], None]] = {
            ScalarEvent: self._scalar,
            MappingStartEvent: self._open,
            SequenceStartEvent: self._open,
            MappingEndEvent: self._close,
            SequenceEndEvent: self._close,
            AliasEvent: self._alias,
            DocumentStartEvent: self._start_document,
            DocumentEndEvent: self._end_document,
        }

    def run(self) -> None:
        """Read the stream. Raises StreamError, yaml.YAMLError or UnicodeEncodeError at what it cannot."""
        next_event = CParser(self.text).get_event
        handlers = self._handlers
        event = next_event()
        while event is not None:
            handler = handlers.get(event.__class__)
            if handler is not None:
                handler(event)
            event = next_event()

    def _span(self, event: Any) -> Span:
        start, end = event.start_mark, event.end_mark
        line, column = self._line, self._column
        return Span(start.line + line, start.column + column, end.line + line, end.column + column)

    def _scalar(self, event: Any) -> None:
        span = self._span(event)
        style = event.style or ""
        text = event.value
        if style in ("|", ">"):
            span = self._trim_block(event, span)
        value = type_scalar(text, style, event.tag)
        node = Scalar(span, text, value, style)
        self._end = (span.end_line, span.end_column)
        self._place(node, event.anchor, 1, 0)

    def _trim_block(self, event: Any, span: Span) -> Span:
        """libyaml ends a block scalar where the next token starts; we end it with its text."""
        body = self.text[event.start_mark.index : event.end_mark.index].rstrip()
        breaks = body.count("\n")
        if not breaks:
            return Span(span.line, span.column, span.line, span.column + len(body))
        last = len(body) - body.rfind("\n") - 1
        return Span(span.line, span.column, span.line + breaks, last + self._column)

    def _place(self, node: Node, anchor: str | None, weight: int, height: int) -> None:
        self._weight += 1
        if anchor is not None:
            self._anchors[anchor] = (node, weight, height)
        if not self._stack:
            self._root = node
            return
        frame = self._stack[-1]
        frame.weight += weight
        if height >= frame.height:
            frame.height = height + 1
        owner = frame.node
        if isinstance(owner, Sequence):
            owner.items.append(node)
        elif frame.key is not None:
            owner.entries.append(Entry(frame.key, node))
            frame.key = None
        elif isinstance(node, Scalar):
            node.value = node.text
            frame.key = node
        else:
            raise self._fault(ProblemKind.SYNTAX, "a mapping key is a list or a mapping", node.span)

    def _open(self, event: Any) -> None:
        if len(self._stack) >= MAX_DEPTH:
            raise self._fault(
                ProblemKind.LIMIT, f"nested deeper than {MAX_DEPTH} levels", self._span(event)
            )
        kind = Mapping if event.__class__ is MappingStartEvent else Sequence
        if event.anchor is not None:
            self._anchors[event.anchor] = None
        self._stack.append(_Frame(kind(self._span(event)), event.anchor))

    def _close(self, event: Any) -> None:
        frame = self._stack.pop()
        if event.end_mark.index > event.start_mark.index:
            span = self._span(event)
            self._end = (span.end_line, span.end_column)
        node = frame.node
        node.span = Span(node.span.line, node.span.column, *self._end)
        if isinstance(node, Mapping):
            self._check_duplicates(node)
        if self._weight + frame.weight > MAX_NODES:
            raise self._fault(ProblemKind.LIMIT, f"more than {MAX_NODES} nodes", node.span)
        self._place(node, frame.anchor, frame.weight, frame.height)

    def _alias(self, event: Any) -> None:
        span = self._span(event)
        name = event.anchor
        if name not in self._anchors:
            raise self._fault(ProblemKind.SYNTAX, f"no anchor &{name} before this alias", span)
        anchored = self._anchors[name]
        if anchored is None:
            raise self._fault(ProblemKind.SYNTAX, f"the anchor &{name} contains itself", span)
        node, weight, height = anchored
        if len(self._stack) + height > MAX_DEPTH:
            raise self._fault(ProblemKind.LIMIT, f"nested deeper than {MAX_DEPTH} levels", span)
        self._end = (span.end_line, span.end_column)
        self._place(node, None, weight, height)

    def _check_duplicates(self, node: Mapping) -> None:
        first: dict[str, Scalar] = {}
        for entry in node.entries:
            key = entry.key
            if key.text not in first:
                first[key.text] = key
                continue
            self.problems.append(
                Problem(
                    ProblemKind.DUPLICATE_KEY,
                    f"the key {key.text!r} stands twice in this mapping; the last one counts",
                    key.span,
                    ((first[key.text].span, "first here"),),
                )
            )

    def _start_document(self, event: Any) -> None:
        self._anchors.clear()
        self._root = None
        self._start = self._span(event)

    def _end_document(self, event: Any) -> None:
        span = self._span(event)
        start = self._start
        root = self._root
        if isinstance(root, Scalar) and not root.text and not root.style:
            root = None
        self.documents.append(
            Document(root, Span(start.line, start.column, span.end_line, span.end_column))
        )

    def _fault(self, kind: ProblemKind, message: str, span: Span) -> StreamError:
        return StreamError(Problem(kind, message, span))
