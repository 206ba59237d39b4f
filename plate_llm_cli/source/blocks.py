"""Where the lines of a block scalar (`|` or `>`) stand in their file."""

from __future__ import annotations

import re
from typing import Final

from plate_llm_cli.source.nodes import Scalar, Span

BREAK: Final = re.compile("\r\n|[\n\r\x85\u2028\u2029]")
"""What ends a line in YAML 1.1, and so in libyaml's counting."""

_BLANK: Final = " \t\r\n\x85\u2028\u2029"


def open_line(text: str) -> int:
    """The length of the last line if no line break ends it, else 0."""
    return len(text) - 1 - max(text.rfind(char) for char in "\n\r\x85\u2028\u2029")


def trim_block(body: str, span: Span, first_column: int) -> Span:
    """`span` cut to the end of the block's text.

    libyaml ends a block scalar where the next token starts. `body` is the source from `|` or `>`
    up to there; lines of the file start at `first_column`.
    """
    lines = BREAK.split(body.rstrip(_BLANK))
    start = span.column if len(lines) == 1 else first_column
    return Span(span.line, span.column, span.line + len(lines) - 1, start + len(lines[-1]))


def block_origin(text: str, scalar: Scalar) -> tuple[int, int]:
    """Line and column in a file's `text` of the first character of a literal block.

    The indentation is what the file's line has more than the text's: an indentation indicator
    (`|2`) may leave blanks in the text. Beyond the blanks, the lines may differ: a template in the
    file may be filled in.
    """
    lines = BREAK.split(scalar.text.rstrip(_BLANK))
    first_line = scalar.span.end_line - len(lines) + 1
    last = BREAK.split(text)[scalar.span.end_line - 1].rstrip(_BLANK)
    return first_line, _blanks(last) - _blanks(lines[-1]) + 1


def _blanks(line: str) -> int:
    return len(line) - len(line.lstrip(" "))
