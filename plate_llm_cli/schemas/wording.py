"""How values, types and near names are put to people."""

from __future__ import annotations

import json
from difflib import get_close_matches
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_LONGEST = 40

_TYPE_NAMES = {"array": "list", "object": "mapping"}


def type_of(value: object) -> str:
    """The JSON type. Integral floats count as integers: YAML's `1e+06` reaches Go as 1000000."""
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, float):
        return "integer" if value.is_integer() else "number"
    for python_type, name in _JSON_TYPES:
        if isinstance(value, python_type):
            return name
    return "null" if value is None else "other"


_JSON_TYPES: tuple[tuple[type, str], ...] = (
    (str, "string"),
    (dict, "object"),
    (list, "array"),
    (int, "integer"),
)


def name_types(types: Iterable[str]) -> str:
    """`integer or string`: JSON types in the words of YAML, in a stable order."""
    return either(sorted(_TYPE_NAMES.get(name, name) for name in types))


def either(words: Iterable[str]) -> str:
    """`a`, `a or b`, `a, b or c`."""
    *first, last = list(words) or [""]
    return f"{', '.join(first)} or {last}" if first else last


def show(value: object) -> str:
    """A short form of `value` for a message, or "" where it says nothing (lists, mappings)."""
    if isinstance(value, str):
        text = value if len(value) <= _LONGEST else value[: _LONGEST - 1] + "…"
        printable = text.encode("utf-8", "replace").decode()
        return json.dumps(printable, ensure_ascii=False)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e21:
        return str(int(value))
    if isinstance(value, int) and value.bit_length() > 64:
        return "a very large number"
    return str(value) if isinstance(value, (int, float)) else ""


def describe(value: object) -> str:
    """`string "8000"`, `list`, `null`: the type, and the value where it is a scalar."""
    name = _TYPE_NAMES.get(kind := type_of(value), kind)
    shown = show(value)
    return f"{name} {shown}" if shown else name


def near(word: str, known: Iterable[str], cutoff: float = 0.75) -> str | None:
    """The known word that was probably meant: equal but for case and dashes, else close.

    `cutoff` is the least share that they must have in common, from 0 to 1.
    """
    words = [candidate for candidate in known if candidate != word]
    plain = _plain(word)
    for candidate in words:
        if _plain(candidate) == plain:
            return candidate
    found = get_close_matches(word[:64], words, n=1, cutoff=cutoff)
    return found[0] if found else None


def _plain(word: str) -> str:
    return word.lower().replace("_", "").replace("-", "")
