"""Any text on one line, as YAML's double quotes have it."""

from __future__ import annotations

import re
from typing import Final

_ESCAPED: Final = re.compile(r'[\\"]|[^ -~]')
SHORT_ESCAPES: Final = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}


def double_quoted(text: str) -> str:
    """`text` in double quotes, as YAML reads it back."""
    return f'"{escaped(text)}"'


def escaped(text: str) -> str:
    """What stands between the quotes; in a comment it cannot begin a new line."""
    return _ESCAPED.sub(lambda match: _escape(match[0]), text)


def _escape(char: str) -> str:
    if char in SHORT_ESCAPES:
        return SHORT_ESCAPES[char]
    if char.isprintable():
        return char
    number = ord(char)
    return f"\\u{number:04x}" if number <= 0xFFFF else f"\\U{number:08x}"
