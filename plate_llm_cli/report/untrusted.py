r"""Text from the tree made harmless: nothing in it may steer a terminal, a CI runner or a parser.

What cannot be seen (control characters, ANSI escapes, bidirectional overrides, zero-width
characters, foreign spaces) is written out as `\x1b` or `\u202e`; in JSON and XML, which have
escapes of their own, without losing anything.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from typing import TextIO

UTF8 = "utf-8"

# A runner obeys `##[command]` (GitHub, Azure Pipelines), `##vso[..]` (Azure) and `##teamcity[..]`
# wherever they stand in a line of a job's output (actions/runner, ActionCommand.cs, TryParse).
_COMMAND = re.compile(r"##(?=\[|vso\[|teamcity\[)")

# Characters that print nothing though Unicode calls them letters or marks: fillers, the blank of
# Braille, variation selectors (Default_Ignorable_Code_Point in DerivedCoreProperties.txt).
_INVISIBLE = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180d\u180f\u2800\u3164\ufe00-\ufe0f\uffa0"
    "\U000e0100-\U000e01ef]"
)

_SURROGATE = re.compile(r"[\ud800-\udfff]")
_NOT_ASCII_TEXT = re.compile(r"[^\n\x20-\x7e]")
_NOT_XML_TEXT = re.compile(r"[^\n\x20-\x7e]|[&<>\"]|##")
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "##": "#&#35;"}


def encoding_of(stream: TextIO) -> str:
    """What `stream` can take; a stream in memory takes everything."""
    return getattr(stream, "encoding", None) or UTF8


def displayed(text: str, encoding: str = UTF8) -> list[str]:
    """What to show for each code point of `text`: itself, or an escape sequence."""
    shown = list(text) if _is_plain(text, encoding) else [_seen(char, encoding) for char in text]
    for match in _COMMAND.finditer(text):
        shown[match.start() + 1] = r"\x23"
    return shown


def visible(text: str, encoding: str = UTF8) -> str:
    """`text` as it may be printed within a line."""
    return "".join(displayed(text, encoding))


def one_line(text: str, encoding: str = UTF8) -> str:
    """`text` on one line: every run of white space becomes a space."""
    return visible(" ".join(text.split()), encoding)


def line_start(text: str) -> str:
    """`text` at the start of a line, where GitHub obeys `::command::` behind any white space."""
    lead = len(text) - len(text.lstrip())
    return f"{text[:lead]}\\x3a{text[lead + 1 :]}" if text.startswith("::", lead) else text


def json_text(data: dict[str, Any], encoding: str = UTF8) -> str:
    """`data` as JSON; readable where `encoding` has the characters, lossless in any case.

    Lone surrogates, which stand for undecodable bytes and which JSON readers refuse, become U+FFFD.
    """
    text = json.dumps(data, ensure_ascii=False, indent=2)
    text = _SURROGATE.sub("\ufffd", text)
    text = _NOT_ASCII_TEXT.sub(lambda match: _json_char(match[0], encoding), text)
    return text.replace("##", "#\\u0023") + "\n"


def xml_text(text: str, encoding: str = UTF8) -> str:
    """`text` as XML character data; what XML 1.0 forbids is written out as in `visible`."""
    escaped = _NOT_XML_TEXT.sub(lambda match: _xml_char(match[0], encoding), text)
    return re.sub(r"(?m)^( *):(?=:)", r"\1&#58;", escaped)


def xml_attribute(text: str, encoding: str = UTF8) -> str:
    """`text` as a quoted attribute value; line breaks survive the parser's normalisation."""
    return f'"{xml_text(text, encoding)}"'.replace("\n", "&#10;")


def encodable(text: str, encoding: str) -> bool:
    """Whether `encoding` has every character of `text`."""
    try:
        text.encode(encoding)
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def _is_plain(text: str, encoding: str) -> bool:
    if text.isascii():
        return text.isprintable()
    return text.isprintable() and not _INVISIBLE.search(text) and encodable(text, encoding)


def _seen(char: str, encoding: str) -> str:
    if _is_plain(char, encoding):
        return char
    number = ord(char)
    if number <= 0xFF:
        return f"\\x{number:02x}"
    return f"\\u{number:04x}" if number <= 0xFFFF else f"\\U{number:08x}"


def _json_char(char: str, encoding: str) -> str:
    return char if _is_plain(char, encoding) else json.dumps(char)[1:-1]


def _xml_char(char: str, encoding: str) -> str:
    if char in _ENTITIES:
        return _ENTITIES[char]
    if _is_plain(char, UTF8):
        return char if encodable(char, encoding) else f"&#{ord(char)};"
    return _seen(char, UTF8)
