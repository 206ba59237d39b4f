"""Reads values from JSON: of the shapes that `input_yaml` reads, with the lines they stand in."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Final

from plate_llm_cli.errors import UsageError
from plate_llm_cli.secrets.values.given import Given, place_of
from plate_llm_cli.secrets.values.secret import Secret

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plate_llm_cli.secrets.values.input_text import InputText

    Tokens = Iterator[tuple[str, int]]

_SHAPE: Final = 'write {"path#key": "value"} or {"path": {"key": "value"}}'
_TOKEN: Final = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\],:]|[^\s{}\[\],:"]+', re.DOTALL)


def parse_json(source: InputText) -> list[Given]:
    """The values of a JSON file, in its order; numbers and booleans as they are written.

    Raises:
        UsageError: it is no JSON, has another shape, a key twice or a key without a text.
    """
    fault = fault_line(source.text)
    if fault:
        raise UsageError(f"{place_of(source.label, fault)} is no JSON")
    tokens = _tokens(source.text)
    first, line = next(tokens)
    if first != "{":
        raise UsageError(f"{place_of(source.label, line)} is no mapping", _SHAPE)
    return list(_members(tokens, source.label))


def fault_line(text: str) -> int:
    """The line where `text` stops being JSON, or 0 if it is JSON."""
    try:
        json.loads(text, parse_int=str, parse_float=str)
    except json.JSONDecodeError as error:
        return error.lineno
    except RecursionError:
        return 1
    return 0


def _tokens(text: str) -> Tokens:
    """The tokens of a sound text, each with its line."""
    line, end = 1, 0
    for match in _TOKEN.finditer(text):
        line += text.count("\n", end, match.start())
        end = match.start()
        yield match[0], line


def _members(tokens: Tokens, label: str, path: str = "") -> Iterator[Given]:
    """The members of the object whose `{` was the last token; `path#` goes before their names."""
    lines: dict[str, int] = {}
    for token, line in tokens:
        if token == "}":  # noqa: S105 - of JSON, not of OpenBao
            return
        if token == ",":  # noqa: S105 - as above
            continue
        name: str = json.loads(token)
        if name in lines:
            message = f"{place_of(label, line)} sets again what line {lines[name]} sets"
            raise UsageError(message, "keep one of the two")
        lines[name] = line
        next(tokens)  # the colon
        value, _ = next(tokens)
        if value == "{" and not path:
            yield from _members(tokens, label, f"{name}#")
        else:
            yield Given(f"{path}{name}", _text(value, place_of(label, line)), place_of(label, line))


def _text(token: str, where: str) -> Secret:
    if token in ("{", "["):
        raise UsageError(f"{where} has a list or a mapping where a text is due", _SHAPE)
    if token == "null":  # noqa: S105 - of JSON, not of OpenBao
        raise UsageError(f"{where} has no value", "fill it in or remove it")
    return Secret(json.loads(token) if token.startswith('"') else token)
