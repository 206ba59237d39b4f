"""Whole paths of the secrets spec, copied and cut out as text, with their comments and anchors."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from plate_llm_cli.errors import EditError
from plate_llm_cli.source.emission import emit_inline
from plate_llm_cli.source.nodes import Entry, Mapping, find
from plate_llm_cli.source.reader import parse_text, to_plain
from plate_llm_cli.source.slots import Geometry

if TYPE_CHECKING:
    from collections.abc import Iterator

_ANCHOR: Final = re.compile(r"(?<=[:\-])[ ]+&([^\s,\[\]{}]+)")


def copy_path(text: str, renamed: str, path: str, new: str) -> str:
    """`text` with the path `new` behind all others, as `path` stands in `renamed`.

    `renamed` is `text` with other names in its values and comments. What `path` gives an anchor to
    is taken from there, unless it would be renamed.

    Raises:
        EditError: it cannot be done without changing something else.
    """
    block, model = _Block.of(text, path), _Block.of(renamed, path)
    lines = _with_aliases(block.lines, model.called(new).splitlines(keepends=True))
    at = block.end_of_paths
    before = block.whole[:at]
    newline = block.newline
    if not before.endswith(("\n", "\r")):
        before += newline
    apart = newline if block.stands_apart else ""
    edited = f"{before}{apart}{''.join(lines)}{block.whole[at:]}"
    expected = _plain(text, path)
    expected["paths"][new] = _plain(renamed, path)["paths"][path]
    return _checked(edited, expected, path)


def remove_path(text: str, path: str) -> str:
    """`text` without `path`; what others take from it by an anchor moves to the first of them.

    Raises:
        EditError: it cannot be done without changing something else.
    """
    block = _Block.of(text, path)
    start = block.start - (len(block.newline) if block.stands_apart else 0)
    before, after = block.whole[:start], block.whole[block.end :]
    for index, line in enumerate(block.lines):
        if found := _ANCHOR.search(line):
            before, after = _moved(before, after, found, block.lines[index:])
    expected = _plain(text, path)
    del expected["paths"][path]
    if not expected["paths"]:
        raise EditError(f"{path} is the only path of the spec", "Remove the file by hand.")
    return _checked(before + after, expected, path)


@dataclass(frozen=True, slots=True)
class _Block:
    """The lines of one path in the text `whole`, from the comment above it on."""

    whole: str
    key: slice
    start: int
    end: int
    end_of_paths: int
    newline: str

    @classmethod
    def of(cls, text: str, path: str) -> _Block:
        source = parse_text(text, "")
        paths = find(source.root, ("paths",))
        entry = paths.entry(path) if isinstance(paths, Mapping) else None
        at = Geometry(source)
        if not isinstance(paths, Mapping) or entry is None or at.is_flow(paths):
            raise EditError(f"{path} has no lines of its own in the spec", "Edit it by hand.")
        start, end = _lines_of(at, source.text, entry)
        key = slice(at.start(entry.key.span), at.end(entry.key.span))
        close = at.next_line(at.end(paths.span))
        return cls(source.text, key, start, end, close, at.newline)

    @property
    def text(self) -> str:
        return self.whole[self.start : self.end]

    def called(self, name: str) -> str:
        """The text under another name; comments above may have the one before."""
        above = self.whole[self.start : self.key.start]
        return above + emit_inline(name) + self.whole[self.key.stop : self.end]

    @property
    def lines(self) -> list[str]:
        return self.text.splitlines(keepends=True)

    @property
    def stands_apart(self) -> bool:
        """Whether an empty line is above it."""
        return self.whole[: self.start].endswith(self.newline * 2)


def _lines_of(at: Geometry, text: str, entry: Entry) -> tuple[int, int]:
    start = at.line_start(at.start(entry.key.span))
    while start and text[at.line_start(start - 1) : start].lstrip(" ").startswith("#"):
        start = at.line_start(start - 1)
    ends = [at.end(node_span) for node_span in _spans(entry)]
    return start, at.next_line(max(ends))


def _spans(entry: Entry) -> Iterator[Any]:
    """Of the entry and of all below it that stands behind it: an alias stands elsewhere."""
    yield entry.key.span
    if entry.value.span.line >= entry.key.span.line:
        yield entry.value.span


def _with_aliases(lines: list[str], renamed: list[str]) -> list[str]:
    """`renamed` with an alias for all that has an anchor and the same text in `lines`."""
    done: list[str] = []
    index = 0
    while index < len(renamed):
        found = _ANCHOR.search(lines[index])
        if not found:
            done.append(renamed[index])
            index += 1
            continue
        length = _length(lines[index:])
        same = lines[index : index + length] == renamed[index : index + length]
        anchored = _ANCHOR.search(renamed[index])
        head = renamed[index][: anchored.start()] if anchored else renamed[index]
        if same and anchored:
            done.append(f"{head} *{anchored[1]}{_break(renamed[index])}")
        else:
            done.append(_ANCHOR.sub("", renamed[index]))
            done += renamed[index + 1 : index + length]
        index += length
    return done


def _length(lines: list[str]) -> int:
    """How many lines the first of `lines` has with all that is below it."""
    indent = _indent(lines[0])
    count = 1
    while count < len(lines) and (not lines[count].strip() or _indent(lines[count]) > indent):
        count += 1
    return count


def _moved(before: str, after: str, found: re.Match[str], lines: list[str]) -> tuple[str, str]:
    """`before` and `after`, with what has the anchor at the first place that takes it."""
    alias = re.compile(rf"\*{re.escape(found[1])}(?![^\s,\[\]{{}}])[^\r\n]*")
    taken = lines[: _length(lines)]
    for number, part in enumerate((before, after)):
        if use := alias.search(part):
            start = max(part.rfind("\n", 0, use.start()), part.rfind("\r", 0, use.start())) + 1
            shift = _indent(part[start:]) - _indent(taken[0])
            head = taken[0][found.start() :].lstrip(" ")
            body = "".join([head, *(_shifted(line, shift) for line in taken[1:])]).rstrip("\r\n")
            filled = part[: use.start()] + body + part[use.end() :]
            return (filled, after) if number == 0 else (before, filled)
    return before, after


def _shifted(line: str, shift: int) -> str:
    if not line.strip():
        return line
    return " " * shift + line if shift >= 0 else line[-shift:]


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


def _break(line: str) -> str:
    return line[len(line.rstrip("\r\n")) :]


def _plain(text: str, path: str) -> dict[str, Any]:
    found = to_plain(parse_text(text, "").root)
    if not isinstance(found, dict):
        raise EditError(f"{path} cannot be found in the spec", "Edit it by hand.")
    return found


def _checked(edited: str, expected: dict[str, Any], path: str) -> str:
    source = parse_text(edited, "")
    if source.problems or to_plain(source.root) != expected:
        message = f"{path} is tied to other lines of the spec by its form"
        raise EditError(message, "Edit the spec by hand.")
    return edited
