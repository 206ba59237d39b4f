"""A JSON object from outside: read, and what a client is told where it is wrong.

Messages say which kind of thing was sent, never its content: errors are logged.
"""

from __future__ import annotations

import re
from typing import Any

import orjson

from service.errors import BadRequest

DEEPEST = 250
"""Objects and lists within each other. orjson writes 254 levels, fewer than it reads."""
MARGIN = 4
MOST_CONTAINERS = 100_000
"""Objects and lists of a body. 20 MiB of empty ones would take half a gigabyte while the request is
answered, and seconds to find one's way through."""
STRING = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"', re.DOTALL)
TOO_DEEP = f"The body is nested too deeply: at most {DEEPEST} levels are read."


class Missing:
    """Stands for the value of a field that is not there."""


MISSING = Missing()

KINDS = {
    Missing: "nothing",
    type(None): "null",
    bool: "a boolean",
    int: "a number",
    float: "a number",
    str: "a string",
    list: "a list",
    dict: "an object",
}


def read_object(raw: bytes) -> dict[str, Any]:
    """The object that `raw` holds. Raises BadRequest for anything else."""
    try:
        document = orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        raise BadRequest(_not_json(raw, error), code="invalid_json") from None
    if type(document) is not dict:
        raise BadRequest(
            f"The body must be a JSON object, got {kind(document)}.", code="invalid_type"
        )
    brackets = _brackets(raw)
    if brackets > DEEPEST:
        _check_depth(document)
    # Strings may hold any number of them; few bodies have so many that this has to be looked at.
    if brackets > MOST_CONTAINERS and _brackets(STRING.sub(b"", raw)) > MOST_CONTAINERS:
        raise BadRequest(
            f"The body has too many objects and lists: at most {MOST_CONTAINERS} are read.",
            code="invalid_json",
        )
    return document


def _not_json(raw: bytes, error: orjson.JSONDecodeError) -> str:
    if not raw.strip():
        return "The body is empty; it must be a JSON object."
    if "depth limit" in error.msg or "memory" in error.msg:
        return TOO_DEEP
    return f"The body is not valid JSON: {error}."


def _brackets(raw: bytes) -> int:
    return raw.count(b"{") + raw.count(b"[")


def _check_depth(document: dict[str, Any]) -> None:
    """Refuse what could not be written again. To write it is the quickest way to know."""
    enclosed: Any = document
    for _ in range(MARGIN):
        enclosed = [enclosed]
    try:
        orjson.dumps(enclosed)
    except orjson.JSONEncodeError:
        raise BadRequest(TOO_DEEP, code="invalid_json") from None


def kind(value: object) -> str:
    """What kind of JSON value this is, in words."""
    return KINDS[type(value)]


def wrong_type(where: str, expected: str, value: object) -> BadRequest:
    """A field holds another kind of thing than `expected`, a noun with its article."""
    code = "missing_required_parameter" if value is MISSING else "invalid_type"
    return BadRequest(f"{where} must be {expected}, got {kind(value)}.", code=code, param=where)


def wrong_value(where: str, expected: str, got: str) -> BadRequest:
    """A field holds the right kind of thing, but not one of those that are allowed."""
    return BadRequest(f"{where} must be {expected}, got {got}.", code="invalid_value", param=where)
