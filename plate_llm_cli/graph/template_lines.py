"""Reads a template as lines that print something: what is fixed in them, and how they may repeat.

This is no parser of Go templates. It knows comments, which actions control and which print, and
takes lines as they stand in the file.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

_ACTION = re.compile(
    r"\{\{-?(?:\s*/\*.*?\*/\s*"
    r"|(?:\"(?:\\.|[^\"\\\n])*\"|`[^`]*`|'(?:\\.|[^'\\\n])+'|(?!\}\}).)*?)-?\}\}",
    re.DOTALL,
)
_KEYWORD = re.compile(r"\{\{-?\s*(?:(/\*)|([a-z]+)\b)?")
_ASSIGNMENT = re.compile(r"\{\{-?\s*\$\w*(?:\s*,\s*\$\w+)?\s*:?=")
_INDENT = re.compile(r"\bn?indent\s+(\d+)")
_MANY = re.compile(r"\b(?:n?indent|toYaml|toJson|include|template|tpl|AsConfig|AsSecrets)\b")
_OPENING = frozenset({"if", "with", "range", "define", "block"})
_HIDDEN = "\0"
"""Stands for what an action prints, in the text of a line."""


Block = tuple[str, int]


@dataclass(slots=True)
class PrintingLine:
    """A line of a template that prints something.

    `pattern` fits what it prints; None for a line that consists of actions alone. `fixed` counts
    the characters that are always there. `indent` is that of its first line, None where an action
    decides it; `inner` the least of what its actions print on further lines, None where they print
    no further lines. `around` are the blocks that it stands in, outermost first, by keyword and the
    line where they, or their `else`, begin.
    """

    number: int
    pattern: re.Pattern[str] | None
    fixed: int
    indent: int | None
    inner: int | None
    around: tuple[Block, ...]
    document: int

    @property
    def repeats(self) -> list[Block]:
        """The `range` blocks around it."""
        return [block for block in self.around if block[0] == "range"]


@lru_cache(maxsize=64)
def printing_lines(template: str) -> tuple[PrintingLine, ...]:
    """The lines of `template` that print something, those of `define` blocks left out."""
    return tuple(_Reader(template).lines)


def unclosed_line(template: str) -> int | None:
    """The line of the innermost `if`, `with`, `range` or `define` that has no `end`."""
    return _Reader(template).innermost_open


class _Reader:
    """Goes through a template once, from action to action."""

    def __init__(self, template: str) -> None:
        self.lines: list[PrintingLine] = []
        self._open: list[Block] = []
        self._document = 0
        self._parts: list[str] = []
        self._inline: list[int] = []
        self._actions: list[str] = []
        self._number = 1
        self._around: tuple[Block, ...] | None = None
        position = 0
        for match in _ACTION.finditer(template):
            self._text(template[position : match.start()])
            self._action(match.group())
            position = match.end()
        self._text(template[position:])
        self._end_line()

    @property
    def innermost_open(self) -> int | None:
        """The line of the last block that was opened and not closed."""
        return self._open[-1][1] if self._open else None

    def _text(self, text: str) -> None:
        first, *rest = text.split("\n")
        self._add(first)
        for line in rest:
            self._end_line()
            self._add(line)

    def _add(self, text: str) -> None:
        if self._around is None and text.strip():
            self._around = tuple(self._open)
        self._parts.append(text)

    def _trim(self) -> None:
        """What `{{-` does to the text before it in the line, where there is any."""
        if self._parts and self._parts[-1].strip():
            self._parts[-1] = self._parts[-1].rstrip()

    def _action(self, action: str) -> None:
        if action.startswith("{{-"):
            self._trim()
        match = _KEYWORD.match(action)
        keyword = match[2] if match else None
        if keyword in _OPENING:
            self._inline.append(len(self._parts))
            self._open.append((keyword or "", self._number))
        elif keyword == "end":
            self._close()
        elif keyword == "else":
            if self._open:
                self._open[-1] = ("else", self._number)
        elif not (match and match[1]) and not _ASSIGNMENT.match(action):
            self._actions.append(action)
            self._add(_HIDDEN)
        for _ in range(action.count("\n")):
            self._end_line()

    def _close(self) -> None:
        if self._open:
            self._open.pop()
        if self._inline:
            # A block that begins and ends in one line may print any of its branches.
            start = self._inline.pop()
            self._parts[start:] = [_HIDDEN] if "".join(self._parts[start:]).strip() else []

    def _end_line(self) -> None:
        text, actions = "".join(self._parts), "".join(self._actions)
        around = tuple(self._open) if self._around is None else self._around
        defined = any(keyword in ("define", "block") for keyword, _ in around)
        if text.strip() == "---":
            self._document += 1
        elif text.strip() and not text.lstrip().startswith("#") and not defined:
            self.lines.append(self._line(text, actions, around))
        self._parts, self._inline, self._actions, self._around = [], [], [], None
        self._number += 1

    def _line(self, text: str, actions: str, around: tuple[Block, ...]) -> PrintingLine:
        stripped = text.strip()
        fixed = stripped.split(_HIDDEN)
        known = any(char.isalnum() for part in fixed for char in part)
        pattern = re.compile(".*".join(re.escape(part) for part in fixed)) if known else None
        added = _INDENT.search(actions)
        starts_fixed = known and not stripped.startswith(_HIDDEN)
        own = len(text) - len(text.lstrip()) if starts_fixed else None
        return PrintingLine(
            number=self._number,
            pattern=pattern,
            fixed=sum(len(part) for part in fixed),
            indent=own,
            inner=int(added[1]) if added else 0 if _MANY.search(actions) else None,
            around=around,
            document=self._document,
        )
