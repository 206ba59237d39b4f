"""The checks that the tables of fields are made of.

A check is called with a value that is not null and with the value's place in the request; it
raises BadRequest. In lists and objects, places are put together only for what is wrong or rare:
most requests are right, and made of strings.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from service.chat.document import MISSING, wrong_type, wrong_value
from service.errors import BadRequest

Check = Callable[[Any, str], None]

NUMBERS = frozenset({int, float})
"""A boolean is a number in Python, and in no API."""

NAME = re.compile(r"[A-Za-z0-9_.-]{1,64}")
NAME_IN_WORDS = "1 to 64 letters, digits, `_`, `-` or `.`"


def text(value: Any, where: str) -> None:
    """Any string."""
    if type(value) is not str:
        raise wrong_type(where, "a string", value)


def switch(value: Any, where: str) -> None:
    """True or false."""
    if type(value) is not bool:
        raise wrong_type(where, "true or false", value)


def record(value: Any, where: str) -> None:
    """Any object."""
    if type(value) is not dict:
        raise wrong_type(where, "an object", value)


def name(value: Any, where: str) -> None:
    """What functions and schemas may be called."""
    text(value, where)
    if NAME.fullmatch(value) is None:
        raise wrong_value(where, NAME_IN_WORDS, f"a string of {len(value)} characters")


def number(least: float, most: float) -> Check:
    """A number in a range."""
    expected = f"a number from {least} to {most}"

    def check(value: Any, where: str) -> None:
        if type(value) not in NUMBERS:
            raise wrong_type(where, expected, value)
        if not least <= value <= most:
            raise wrong_value(where, expected, "a smaller one" if value < least else "a larger one")

    return check


def whole(least: int | None = None, most: int | None = None) -> Check:
    """A whole number in a range, written without a fraction."""
    expected = "a whole number"
    if least is not None:
        expected += f" from {least} to {most}" if most is not None else f", at least {least}"

    def check(value: Any, where: str) -> None:
        if type(value) is not int:
            if type(value) is float:
                raise wrong_value(where, expected, "a fraction or one of more than 64 bits")
            raise wrong_type(where, expected, value)
        if least is not None and value < least:
            raise wrong_value(where, expected, "a smaller one")
        if most is not None and value > most:
            raise wrong_value(where, expected, "a larger one")

    return check


def word(*words: str) -> Check:
    """One of a few strings."""
    expected = one_of(words)

    def check(value: Any, where: str) -> None:
        if type(value) is not str:
            raise wrong_type(where, expected, value)
        if value not in words:
            raise wrong_value(where, expected, "another string")

    return check


def listed(check: Check, least: int, most: int | None = None) -> Check:
    """A list whose items pass `check`."""

    def check_list(value: Any, where: str) -> None:
        if type(value) is not list:
            raise wrong_type(where, "a list", value)
        check_length(value, where, least, most)
        for index, item in enumerate(value):
            check(item, f"{where}[{index}]")

    return check_list


def check_length(value: list[Any], where: str, least: int, most: int | None) -> None:
    """Refuse a list with too few or too many items."""
    if len(value) < least:
        raise BadRequest(
            f"{where} must hold at least {least}, got {len(value) or 'none'}.",
            code="empty_array",
            param=where,
        )
    if most is not None and len(value) > most:
        raise BadRequest(
            f"{where} must hold at most {most}, got {len(value)}.",
            code="array_above_max_length",
            param=where,
        )


def fields(required: Mapping[str, Check], optional: Mapping[str, Check]) -> Check:
    """An object with these fields; others are allowed. Null is as good as leaving one out."""

    def check_fields(value: Any, where: str) -> None:
        if type(value) is not dict:
            raise wrong_type(where, "an object", value)
        for field, check in required.items():
            check_required(value, where, field, check)
        for field, check in optional.items():
            held = value.get(field)
            if held is not None:
                check(held, f"{where}.{field}")

    return check_fields


def check_required(parent: dict[str, Any], where: str, field: str, check: Check) -> None:
    """Refuse an object without this field, or with a wrong one."""
    check(parent.get(field, MISSING), f"{where}.{field}")


def variants(known: Mapping[str, Check]) -> Check:
    """An object whose `type` says which of the checks holds; other types go on unchecked."""

    def check_variant(value: Any, where: str) -> None:
        if type(value) is not dict:
            raise wrong_type(where, "an object", value)
        check_required(value, where, "type", text)
        check = known.get(value["type"])
        if check is not None:
            check(value, where)

    return check_variant


def one_of(words: tuple[str, ...]) -> str:
    """A choice of words, as a message writes it."""
    return f"one of {', '.join(words)}" if len(words) > 1 else words[0]
