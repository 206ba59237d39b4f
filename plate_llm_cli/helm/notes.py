"""What Helm logs while it renders, without the marks of its two loggers."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_LIBRARY = re.compile(r"\d{4}/\d\d/\d\d \d\d:\d\d:\d\d (?:(?:DEBUG|INFO|WARN|ERROR) )?(?P<said>.*)")
_BINARY = re.compile(
    r'(?:time=\S+ )?level=(?:INFO|WARN|ERROR) msg=(?:"(?P<quoted>(?:\\.|[^"\\])*)"|(?P<bare>\S*))'
    r"(?P<more>.*)"
)
_UNESCAPED = re.compile(r"\\(.)")


def readable(lines: Iterable[str]) -> tuple[str, ...]:
    """The messages among `lines`, each once, in their order."""
    found = (_message(line) for line in lines)
    return tuple(dict.fromkeys(text for text in found if text))


def _message(line: str) -> str:
    match = _LIBRARY.fullmatch(line)
    if match:
        return match["said"].removeprefix("warning: ")
    match = _BINARY.fullmatch(line)
    if match is None:
        return ""
    said = _UNESCAPED.sub(r"\1", match["quoted"] or match["bare"] or "")
    return said.removeprefix("warning: ") + match["more"]
