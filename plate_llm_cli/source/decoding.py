"""Turns a file's bytes into text; YAML for Helm and Kubernetes is UTF-8."""

from __future__ import annotations

import codecs
import re
from typing import Final

from plate_llm_cli.source.blocks import BREAK
from plate_llm_cli.source.nodes import Problem, ProblemKind, Span

# The marks of UTF-32 begin with those of UTF-16, so that they come first.
_MARKS: Final = (
    (codecs.BOM_UTF32_LE, "UTF-32"),
    (codecs.BOM_UTF32_BE, "UTF-32"),
    (codecs.BOM_UTF16_LE, "UTF-16"),
    (codecs.BOM_UTF16_BE, "UTF-16"),
)
# YAML 1.2, section 5.2: a stream begins with an ASCII character.
_UNMARKED: Final = (
    (re.compile(rb"\0\0\0[^\0]|[^\0]\0\0\0"), "UTF-32"),
    (re.compile(rb"\0[^\0]|[^\0]\0"), "UTF-16"),
)
_UNPRINTABLE: Final = re.compile(
    "[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]"
)


def decode(data: bytes) -> tuple[str, Problem | None]:
    """The text of a file without its byte order mark, and what is wrong with its encoding.

    With a problem the text is only good to be shown: replacement characters stand for what is no
    UTF-8, and it is empty where nothing can be made of it.
    """
    body = data.removeprefix(codecs.BOM_UTF8)
    try:
        text = body.decode()
    except UnicodeDecodeError as error:
        wide = _wide(data)
        return ("", wide) if wide else _not_utf8(body, error.start, len(data) - len(body))
    if "\0" not in text:
        return text, None
    return "", _wide(data) or _binary(text)


def place(text: str, index: int) -> tuple[int, int]:
    """Line and column of the character at `index`, both from 1."""
    lines = BREAK.split(text[:index])
    return len(lines), len(lines[-1]) + 1


def find_unprintable(text: str) -> re.Match[str] | None:
    """The first character that YAML does not allow."""
    return _UNPRINTABLE.search(text)


def _wide(data: bytes) -> Problem | None:
    found = next((name for mark, name in _MARKS if data.startswith(mark)), None)
    if found is None:
        found = next((name for pattern, name in _UNMARKED if pattern.match(data)), None)
    if found is None:
        return None
    message = f"the file is {found}; Helm and Kubernetes read UTF-8"
    return Problem(
        ProblemKind.ENCODING, message, Span(1, 1, 1, 1), help="Save it as UTF-8 without a mark."
    )


def _binary(text: str) -> Problem:
    line, column = place(text, text.index("\0"))
    return Problem(
        ProblemKind.ENCODING,
        "the file has NUL bytes: it is binary, not YAML",
        Span(line, column, line, column + 1),
        help="Keep binary data in a file of its own, or write it as base64.",
    )


def _not_utf8(body: bytes, index: int, skipped: int) -> tuple[str, Problem]:
    prefix = body[:index].decode()
    line, column = place(prefix, len(prefix))
    problem = Problem(
        ProblemKind.ENCODING,
        f"byte 0x{body[index]:02x} at offset {index + skipped} is not UTF-8",
        Span(line, column, line, column + 1),
        help="Save the file as UTF-8.",
    )
    return body.decode(errors="replace"), problem
