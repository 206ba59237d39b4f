"""One object of a file while it is brought into line: edits that say why, and what a person keeps.

A field that carries `# plate-llm: keep REASON`, on its line or in the comment above, is left as it
is, with all that is below it.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from plate_llm_cli.errors import EditError
from plate_llm_cli.source.blocks import BREAK
from plate_llm_cli.source.edit import append, delete, set_value
from plate_llm_cli.source.nodes import Mapping, Scalar, Sequence, find, format_route
from plate_llm_cli.source.reader import parse_text, to_plain

if TYPE_CHECKING:
    from collections.abc import Collection

    from plate_llm_cli.source.nodes import Node, Plain, Route, SourceFile

_KEEP: Final = re.compile(r"(?:^|\s)#\s*plate-llm:\s*keep(?![\w-])(?P<reason>.*)")
_COMMENT: Final = re.compile(r"[ \t]*#")
_MARK: Final = "\ufeff"

Why = tuple[str, ...]
"""The lines of a comment, without the `#`."""


class Draft:
    """The text of a stream of documents, of which one object is edited.

    The object is in `document`, counted from 0, at `base`: `()`, or a way into a `List`. Every edit
    raises EditError where it cannot be made without changing more than that.
    """

    def __init__(self, text: str, document: int = 0, base: Route = ()) -> None:
        self._mark = _MARK if text.startswith(_MARK) else ""
        self._document = document
        self._base = base
        self._take(text.removeprefix(_MARK))

    def _take(self, text: str) -> None:
        self._text = text
        self._source: SourceFile = parse_text(text, "")
        documents = self._source.documents
        self._root = documents[self._document].root if self._document < len(documents) else None
        self._starts = _line_starts(text)

    @property
    def text(self) -> str:
        """The text as it is now."""
        return self._mark + self._text

    def has(self, route: Route) -> bool:
        """Whether something stands at `route`; null counts as nothing."""
        node = self._node(route)
        return node is not None and not (isinstance(node, Scalar) and node.value is None)

    def value(self, route: Route) -> Plain:
        """The data at `route`; None where nothing is."""
        node = self._node(route)
        return to_plain(node) if node is not None else None

    def items(self, route: Route) -> list[Plain]:
        """The items of the list at `route`, else none."""
        value = self.value(route)
        return value if isinstance(value, list) else []

    def set(self, route: Route, value: Plain, why: Why = (), stale: Collection[Why] = ()) -> None:
        """Put `value` at `route`, unless it is there or somebody keeps what is.

        `why` becomes a comment above a new field, and takes the place of one of `stale`.
        """
        fresh = self._node(route) is None
        if self.kept(route) or (not fresh and self.value(route) == value):
            return
        self._take(set_value(self._text, self._base + route, value, document=self._document))
        if fresh:
            self._explain(route, why)
        elif self._comment_above(route) in stale:
            self._explain(route, why, replaced=len(self._comment_above(route)))

    def add(self, route: Route, item: Plain, why: Why = ()) -> None:
        """Put `item` at the end of the list at `route`, unless somebody keeps the list."""
        if self.kept(route):
            return
        self._take(append(self._text, self._base + route, item, document=self._document))
        self._explain((*route, len(self.items(route)) - 1), why)

    def remove(self, route: Route) -> None:
        """Take away the field or item at `route`, with the comment right above it."""
        comment = len(self._comment_above(route))
        line = self._line_of(route)
        if comment and line is not None:
            self._cut_lines(line - comment, line)
        self._take(delete(self._text, self._base + route, document=self._document))

    def comment(self, route: Route) -> Why:
        """The comment right above what is at `route`, as wide as that; () where there is none."""
        return self._comment_above(route)

    def move_into_list(self, route: Route, name: str) -> bool:
        """Make the mapping at `route` the only item of a list `name` in its place.

        Its lines move as they are, comments included. False, and nothing is done, where they are
        not lines of their own.
        """
        node, line = self._node(route), self._line_of(route)
        if not isinstance(node, Mapping) or line is None or node.span.line == line:
            return False
        owner = self._node(route[:-1])
        entry = owner.entry(str(route[-1])) if isinstance(owner, Mapping) else None
        if entry is None or self._line(line).strip() != f"{entry.key.text}:":
            return False
        blanks = _indent(self._line(line))
        first, end = self._offset(node.span.line), self._line_end(self._end(node))
        deeper = " " * (blanks + 4 - (node.span.column - 1))
        if len(deeper) + node.span.column - 1 != blanks + 4:
            return False
        head = self._text[self._offset(line) : first].replace(f"{entry.key.text}:", f"{name}:", 1)
        body = deeper + _deepened(self._text[first:end], deeper)
        body = f"{body[: blanks + 2]}- {body[blanks + 4 :]}"
        moved = self._text[: self._offset(line)] + head + body + self._text[end:]
        former, wanted = self._text, [self.value(route)]
        self._take(moved)
        if self.value((*route[:-1], name)) == wanted and not self._source.problems:
            return True
        self._take(former)
        return False

    def _end(self, node: Node) -> int:
        return self._offset(node.span.end_line) + node.span.end_column - 1

    def kept(self, route: Route) -> bool:
        """Whether somebody keeps what is at `route`, or something that contains it."""
        return any(self._keeps(route[:depth]) for depth in range(1, len(route) + 1))

    def _keeps(self, route: Route) -> bool:
        line = self._line_of(route)
        if line is None:
            return False
        start = self._offset(line)
        behind = self._text[self._behind(route, line) : self._line_end(start)]
        found = [match for text in (behind, *self._above(line)) for match in _KEEP.finditer(text)]
        if found and not any(match["reason"].strip() for match in found):
            message = f"line {line}: `plate-llm: keep` on {format_route(route)} gives no reason"
            raise EditError(message, "Write why behind it: # plate-llm: keep REASON.")
        return bool(found)

    def _behind(self, route: Route, line: int) -> int:
        """The offset after what stands on `line` and could hold a `#` of its own."""
        node, owner = self._node(route), self._node(route[:-1])
        spans = [node.span] if node is not None and not _spans_lines(node) else []
        if isinstance(owner, Mapping):
            entry = owner.entry(str(route[-1]))
            spans += [entry.key.span] if entry is not None else []
        elif isinstance(node, Mapping):
            # The first field of an item stands on the item's line.
            spans += [
                span
                for entry in node.entries[:1]
                for span in (
                    entry.key.span,
                    *(() if _spans_lines(entry.value) else (entry.value.span,)),
                )
            ]
        ends = [span.end_column - 1 for span in spans if span.end_line == line]
        return self._offset(line) + max(ends, default=0)

    def _node(self, route: Route) -> Node | None:
        return find(self._root, self._base + route)

    def _line_of(self, route: Route) -> int | None:
        """The line, from 1, on which the field or item begins; None where nothing is."""
        node, owner = self._node(route), self._node(route[:-1])
        if node is None:
            return None
        if isinstance(owner, Mapping):
            entry = owner.entry(str(route[-1]))
            return entry.key.span.line if entry is not None else None
        return node.span.line

    def _above(self, line: int) -> list[str]:
        """The lines of comment right above `line`, without those that may belong to a text."""
        width = _indent(self._line(line))
        found: list[str] = []
        while line > 1:
            line -= 1
            text = self._line(line)
            if not _COMMENT.match(text) or _indent(text) > width:
                break
            found.insert(0, text)
        return found

    def _comment_above(self, route: Route) -> Why:
        line = self._line_of(route)
        lines = self._above(line) if line is not None else []
        return tuple(text.strip().removeprefix("#").strip() for text in lines)

    def _explain(self, route: Route, why: Why, replaced: int = 0) -> None:
        """Put the comment `why` above what is at `route`, in place of `replaced` lines."""
        line = self._line_of(route)
        if line is None or not (why or replaced) or self._is_inline(route):
            return
        blanks = " " * _indent(self._line(line))
        found = BREAK.search(self._text)
        newline = found[0] if found else "\n"
        block = "".join(f"{blanks}# {text}{newline}" for text in why)
        before, after = self._offset(line - replaced), self._offset(line)
        commented = self._text[:before] + block + self._text[after:]
        if to_plain(self._root) == self._plain_of(commented):
            self._take(commented)

    def _is_inline(self, route: Route) -> bool:
        """True for what does not begin its line, such as what is between brackets."""
        owner, line = self._node(route[:-1]), self._line_of(route)
        if owner is None or line is None:
            return True
        first = self._text[self._offset(line) :].lstrip(" ")[:1]
        is_item = isinstance(owner, Sequence)
        return is_item != (first == "-") or (first in "[{")

    def _plain_of(self, text: str) -> Plain:
        source = parse_text(text, "")
        sound = not source.problems and self._document < len(source.documents)
        return to_plain(source.documents[self._document].root) if sound else None

    def _cut_lines(self, first: int, end: int) -> None:
        """Remove the lines from `first` up to, and without, `end`."""
        self._take(self._text[: self._offset(first)] + self._text[self._offset(end) :])

    def _offset(self, line: int) -> int:
        return self._starts[line - 1]

    def _line_end(self, offset: int) -> int:
        found = BREAK.search(self._text, offset)
        return found.start() if found else len(self._text)

    def _line(self, line: int) -> str:
        start = self._offset(line)
        return self._text[start : self._line_end(start)]


def _indent(text: str) -> int:
    return len(text) - len(text.lstrip(" "))


def _deepened(text: str, blanks: str) -> str:
    """`text` with `blanks` before every line but the first and those that are empty."""
    parts = [text[at:end] for at, end in pairwise(_line_starts(text))]
    return "".join(
        blanks + part if index and part.strip() else part for index, part in enumerate(parts)
    )


def _line_starts(text: str) -> list[int]:
    return [0, *(match.end() for match in BREAK.finditer(text)), len(text)]


def _spans_lines(node: Node) -> bool:
    """True for a collection in block style and for a block of text: its first line is another's."""
    return node.span.line != node.span.end_line or (
        isinstance(node, Scalar) and node.style in ("|", ">")
    )
