"""Cuts values out of a YAML text and puts others in; the rest of the text stays as it is."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from plate_llm_cli.source.blocks import BREAK
from plate_llm_cli.source.emission import emit_inline, emit_item, emit_lines
from plate_llm_cli.source.nodes import Mapping, Scalar, Sequence
from plate_llm_cli.source.slots import Geometry, Slot, UnchangeableError

if TYPE_CHECKING:
    from plate_llm_cli.source.nodes import Entry, Node, Plain, Route, SourceFile

_DOCUMENT_START = re.compile(r"---(?=\s|$)[^\r\n]*")


class Surgery:
    """The edits of one document. Each method gives the new text of the whole stream.

    They raise UnchangeableError for places they cannot edit. What they give must be read again:
    anchors are not looked after.
    """

    def __init__(self, source: SourceFile, document: int) -> None:
        self._at = Geometry(source)
        self._text = source.text
        self._document = source.documents[document] if source.documents else None
        self._root = self._document.root if self._document else None

    def set(self, route: Route, value: Plain) -> str:
        """Put `value` at `route`, making mappings on the way."""
        slot: Slot | None = None
        node = self._root
        for depth, step in enumerate(route):
            inner = self._step(node, step)
            if inner is None and isinstance(node, Mapping) and isinstance(step, str):
                return self._insert(node, slot, step, _nested(route[depth + 1 :], value))
            if inner is None and (node is None or isinstance(node, Scalar)):
                return self._replace(slot, _nested(route[depth:], value))
            if inner is None:
                raise UnchangeableError("the way leads through a list")
            slot, node = inner, inner.node
            if node is None and depth + 1 < len(route):
                raise UnchangeableError("the way leads through an alias")
        return self._replace(slot, value)

    def append(self, route: Route, value: Plain) -> str:
        """Put `value` at the end of the list at `route`."""
        node, _ = self._find(route)
        if not isinstance(node, Sequence) or not node.items:
            return self.set(route, [value])
        if self._at.is_flow(node):
            return self._insert_flow(node, emit_inline(value))
        first = self._at.content(node)
        lines = emit_item(value, self._at.layout)
        return self._insert_lines(node, first - self._at.line_start(first), lines)

    def delete(self, route: Route) -> str:
        """Take out the entry or item at `route`."""
        owner, slot = self._find(route[:-1])
        if isinstance(owner, Mapping):
            parts = [self._entry_range(owner, entry) for entry in owner.entries]
            index = next((i for i, e in enumerate(owner.entries) if _is(e, route[-1])), None)
        elif isinstance(owner, Sequence) and isinstance(route[-1], int):
            parts = [self._item_range(owner, index) for index in range(len(owner.items))]
            index = route[-1]
        else:
            raise UnchangeableError("nothing is there")
        if index is None:
            raise UnchangeableError("it is not set here")
        if len(parts) == 1:
            return self._replace(slot, {} if isinstance(owner, Mapping) else [])
        return self._cut(parts, index, flow=self._at.is_flow(owner))

    def _find(self, route: Route) -> tuple[Node | None, Slot | None]:
        """The node at `route` and its slot; None where nothing is."""
        node, slot = self._root, None
        for step in route:
            slot = self._step(node, step)
            if slot is None:
                return None, None
            if slot.node is None:
                raise UnchangeableError("it is an alias")
            node = slot.node
        return node, slot

    def _step(self, node: Node | None, step: str | int) -> Slot | None:
        if isinstance(node, Mapping):
            entry = next((entry for entry in node.entries if _is(entry, step)), None)
            return self._at.entry_slot(node, entry) if entry else None
        if isinstance(node, Sequence) and isinstance(step, int):
            return self._at.item_slot(node, step)
        return None

    def _entry_range(self, owner: Mapping, entry: Entry) -> tuple[int, int]:
        return self._at.start(entry.key.span), self._at.entry_slot(owner, entry).end

    def _item_range(self, owner: Sequence, index: int) -> tuple[int, int]:
        slot = self._at.item_slot(owner, index)
        return (slot.start if slot.flow else slot.head - 1), slot.end

    def _replace(self, slot: Slot | None, value: Plain) -> str:
        if slot is None:
            return self._replace_root(value)
        text, head, start, end = self._text, slot.head, slot.start, slot.end
        lines = [] if slot.flow else self._emit(slot, value)
        moved = BREAK.search(text, head, start) is not None
        kept = text[head if moved else end : self._at.line_end(head if moved else end)]
        rest = text[self._at.line_end(end) :]
        if len(lines) > 1 or (lines and value and isinstance(value, dict | list)):
            block = self._at.newline.join([lines[0] + kept, *_indented(lines[1:], slot.indent)])
            return text[:head] + block + rest
        old = slot.node
        inline = emit_inline(value, old.style if isinstance(old, Scalar) else "")
        if moved:
            return f"{text[:head]} {inline}{kept}{rest}"
        if slot.is_item and slot.flow:
            return text[:start] + inline + text[end:]
        colon = "" if slot.is_item or text[head - 1] == ":" else ":"
        blank = " " if start == head else ""
        return f"{text[:start]}{colon}{blank}{inline}{text[end:]}"

    def _emit(self, slot: Slot, value: Plain) -> list[str]:
        if not slot.is_item:
            return emit_lines(value, self._at.layout)
        lines = emit_item(value, self._at.layout)
        return [lines[0][1:], *lines[1:]]

    def _replace_root(self, value: Plain) -> str:
        text, newline = self._text, self._at.newline
        block = newline.join(self._root_lines(value))
        if self._root is not None:
            start, end = self._at.start(self._root.span), self._at.end(self._root.span)
            before = text[:start]
            if start > self._at.line_start(start):
                before = before.rstrip(" ") + newline
            return before + block + text[end:]
        if self._document is None:
            between = "" if not text or text.endswith(("\n", "\r")) else newline
            return f"{text}{between}{block}{newline}"
        start = self._at.start(self._document.span)
        marker = _DOCUMENT_START.search(text, start)
        if marker is None:
            raise UnchangeableError("the empty document has no `---`")
        return text[: marker.end()] + newline + block + text[marker.end() :]

    def _root_lines(self, value: Plain) -> list[str]:
        layout = self._at.layout
        if value and isinstance(value, dict):
            return [line for key, item in value.items() for line in self._entry_lines(key, item)]
        if value and isinstance(value, list):
            return [line for item in value for line in emit_item(item, layout)]
        return [emit_inline(value)]

    def _entry_lines(self, key: str, value: Plain) -> list[str]:
        lines = emit_lines(value, self._at.layout)
        return [f"{emit_inline(key)}:{lines[0]}", *lines[1:]]

    def _insert(self, owner: Mapping, slot: Slot | None, key: str, value: Plain) -> str:
        if not owner.entries and (slot is None or not slot.flow):
            return self._replace(slot, {key: value})
        if self._at.is_flow(owner):
            return self._insert_flow(owner, f"{emit_inline(key)}: {emit_inline(value)}")
        indent = owner.entries[0].key.span.column - 1
        return self._insert_lines(owner, indent, self._entry_lines(key, value))

    def _insert_lines(self, owner: Mapping | Sequence, indent: int, lines: list[str]) -> str:
        text, newline = self._text, self._at.newline
        at = self._at.next_line(self._at.end(owner.span))
        leaf = _last_leaf(owner)
        if leaf.style in ("|", ">") and leaf.text.endswith("\n\n"):
            # The blank lines after a block with `+` belong to it.
            while at < len(text) and not text[at : self._at.line_end(at)].strip(" \t"):
                at = self._at.next_line(at)
        block = newline.join(_indented(lines, indent))
        if text[at - 1] in "\r\n":
            return f"{text[:at]}{block}{newline}{text[at:]}"
        return f"{text}{newline}{block}"

    def _insert_flow(self, owner: Mapping | Sequence, inline: str) -> str:
        close = self._at.end(owner.span) - 1
        before = self._text[:close].rstrip()
        separator = "" if before[-1] in "[{" else " " if before[-1] == "," else ", "
        return before + separator + inline + self._text[len(before) :]

    def _cut(self, parts: list[tuple[int, int]], index: int, *, flow: bool) -> str:
        text, (start, end) = self._text, parts[index]
        following = parts[index + 1][0] if index + 1 < len(parts) else None
        if flow:
            if following is None:
                return text[: parts[index - 1][1]] + text[end:]
            return text[:start] + text[following:]
        begin = self._at.line_start(start)
        if not text[begin:start].strip(" "):
            after = self._at.next_line(end)
            if after == self._at.line_end(end) and begin:
                # The last line has no line break: the one before shall have none either.
                begin = len(text[:begin].removesuffix("\n").removesuffix("\r"))
            return text[:begin] + text[after:]
        if following is None or index:
            raise UnchangeableError("its key does not begin a line")
        rest = self._at.line_end(end)
        if "#" in text[rest:following]:
            return text[:start].rstrip(" ") + text[rest:]
        return text[:start] + text[following:]


def _is(entry: Entry, step: str | int) -> bool:
    return entry.name == step and not entry.merges


def _nested(route: Route, value: Plain) -> Plain:
    for step in reversed(route):
        if not isinstance(step, str):
            raise UnchangeableError("a list cannot be made by the way")
        value = {step: value}
    return value


def _indented(lines: list[str], indent: int) -> list[str]:
    return [" " * indent + line if line else line for line in lines]


def _last_leaf(node: Node) -> Scalar:
    while not isinstance(node, Scalar):
        parts = [e.value for e in node.entries] if isinstance(node, Mapping) else node.items
        if not parts:
            return Scalar(node.span, "", None)
        node = parts[-1]
    return node
