"""Cuts the text of a Go template into actions, and each action into tokens.

The syntax is that of Go's `text/template/parse` (lex.go). Text between actions is left out: what
a template reads stands in its actions.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

_TOKEN: Final = re.compile(
    r"""
      (?P<end>(?:[ \t\r\n]+-)?\}\})
    | (?P<space>[ \t\r\n]+)
    | (?P<string>"(?:\\.|[^"\\\n])*")
    | (?P<raw>`[^`]*`)
    | (?P<char>'(?:\\.|[^'\\\n])+')
    | (?P<number>[+-]?(?:0[xXbBoO][0-9a-fA-F_]+
                        |(?:[0-9][0-9_]*\.?[0-9_]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?i?))
    | (?P<field>\.[^\W\d]\w*)
    | (?P<variable>\$\w*)
    | (?P<word>[^\W\d]\w*)
    | (?P<declare>:=)
    | (?P<symbol>[=|(),.])
    """,
    re.VERBOSE,
)
_SPACES: Final = " \t\r\n"


class TemplateSyntaxError(Exception):
    """A template that this parser cannot read; `offset` is where, in code points from 0."""

    def __init__(self, message: str, offset: int) -> None:
        super().__init__(message)
        self.message = message
        self.offset = offset


class Token(NamedTuple):
    """One token: its kind is the name of a group of the token's pattern."""

    kind: str
    text: str
    start: int

    @property
    def end(self) -> int:
        """The offset behind the token."""
        return self.start + len(self.text)


class Action(NamedTuple):
    """What stands between `{{` and `}}`, without spaces; `start` is the offset of `{{`."""

    start: int
    tokens: tuple[Token, ...]


class Lines:
    """Turns offsets of a text into lines and columns, both from 1."""

    def __init__(self, text: str) -> None:
        self._starts = [0, *(match.end() for match in re.finditer("\n", text))]

    def place(self, offset: int) -> tuple[int, int]:
        """Line and column of `offset`."""
        line = bisect_right(self._starts, offset)
        return line, offset - self._starts[line - 1] + 1


def actions(text: str) -> Iterator[Action]:
    """The actions of a template in order, comments left out. Raises `TemplateSyntaxError`."""
    start = text.find("{{")
    while start >= 0:
        inner = start + 2
        if text.startswith("-", inner) and text[inner + 1 : inner + 2] in tuple(_SPACES):
            inner += 2
        if text.startswith("/*", inner):
            end = _comment_end(text, inner)
        else:
            tokens, end = _tokens(text, inner)
            yield Action(start, tuple(tokens))
        start = text.find("{{", end)


def _comment_end(text: str, start: int) -> int:
    close = text.find("*/", start)
    if close < 0:
        raise TemplateSyntaxError("a comment is not closed", start)
    end = text.find("}}", close)
    if end < 0 or text[close + 2 : end].strip(_SPACES) not in ("", "-"):
        raise TemplateSyntaxError("a comment does not end in `*/}}`", close)
    return end + 2


def _tokens(text: str, start: int) -> tuple[list[Token], int]:
    """The tokens of the action whose inside begins at `start`, and the offset behind its `}}`."""
    tokens: list[Token] = []
    while match := _TOKEN.match(text, start):
        kind = match.lastgroup or ""
        if kind == "end":
            return tokens, match.end()
        if kind != "space":
            tokens.append(Token(kind, match.group(), match.start()))
        start = match.end()
    what = "an action is not closed" if start >= len(text) else "unexpected character"
    raise TemplateSyntaxError(what, start)
