"""What a value must look like, and in which way one does not. A fault never tells the value."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING, Final

from plate_llm_cli.secrets.values.placeholders import is_placeholder

if TYPE_CHECKING:
    from pydantic_core import SchemaValidator

    from plate_llm_cli.secrets.addresses import Address
    from plate_llm_cli.secrets.spec import Form
    from plate_llm_cli.secrets.values.secret import Secret

MAX_MATCHED: Final = 64 * 1024
"""Characters of the longest value that is held against a pattern."""

MAX_PATTERN: Final = 1000
"""Characters of the longest pattern."""

_CONTROL: Final = re.compile("[\0-\x08\x0b\x0c\x0e-\x1f\x7f]")
"""What no variable, header or form field carries; tabs and line breaks are none of these."""

_PEM: Final = "-----BEGIN "
_SURROGATE: Final = re.compile("[\ud800-\udfff]")


class FaultKind(StrEnum):
    """In which way a value is not what its key needs."""

    NOT_TEXT = "not-text"
    EMPTY = "empty"
    PLACEHOLDER = "placeholder"
    TORN = "torn"
    WHITESPACE = "whitespace"
    CONTROL = "control"
    TOO_SHORT = "too-short"
    TOO_LONG = "too-long"
    PATTERN = "pattern"


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with the value of a key; `what` goes on after the key's name."""

    kind: FaultKind
    address: Address
    what: str

    def __str__(self) -> str:
        return f"{self.address} {self.what}"


def check(value: Secret, form: Form, address: Address) -> Fault | None:
    """The first thing that is wrong with `value`, or None.

    Raises:
        ValueError: the form's pattern is one that `pattern_problem` objects to.
    """
    text = value.raw
    if not isinstance(text, str) or _SURROGATE.search(text):
        return Fault(FaultKind.NOT_TEXT, address, "is no text")
    found = _fault_of_content(text, form) or _fault_of_shape(text, form)
    return None if found is None else Fault(found[0], address, found[1])


def _fault_of_content(text: str, form: Form) -> tuple[FaultKind, str] | None:
    bare = text.strip()
    if not text or not bare:
        allowed = not text and form.min_length == 0
        return None if allowed else (FaultKind.EMPTY, "is empty")
    if is_placeholder(bare):
        return FaultKind.PLACEHOLDER, "is a placeholder, not a value"
    if bare.startswith(_PEM) and "-----END" not in bare:
        return FaultKind.TORN, "is the first line of a private key or certificate, not all of it"
    if bare != text and not _has_lines(bare):
        return FaultKind.WHITESPACE, "has white space or a line break around it"
    if _CONTROL.search(text):
        return FaultKind.CONTROL, "holds a control character"
    return None


def _fault_of_shape(text: str, form: Form) -> tuple[FaultKind, str] | None:
    if len(text) < form.min_length:
        return FaultKind.TOO_SHORT, f"is shorter than {_characters(form.min_length)}"
    if 0 < form.max_length < len(text):
        return FaultKind.TOO_LONG, f"is longer than {_characters(form.max_length)}"
    if not form.pattern:
        return None
    if len(text) > MAX_MATCHED:
        return (
            FaultKind.TOO_LONG,
            f"is longer than {_characters(MAX_MATCHED)}, which is what a pattern is tried on",
        )
    if not _matcher(form.pattern).isinstance_python(text):
        return FaultKind.PATTERN, f"does not match the pattern {form.pattern}"
    return None


def _has_lines(text: str) -> bool:
    return "\n" in text or "\r" in text


def _characters(count: int) -> str:
    return "1 character" if count == 1 else f"{count:,} characters"


def pattern_problem(pattern: str) -> str:
    """Why `pattern` cannot be used, or ''.

    Patterns are those of Rust's regex crate, which takes linear time whatever the value is; it
    has no look-around and no references to groups. A pattern matches the whole value.
    """
    if len(pattern) > MAX_PATTERN:
        return f"it is longer than {_characters(MAX_PATTERN)}"
    try:
        _compile(pattern)
        _matcher(pattern)
    except ValueError as error:
        return str(error)
    return ""


@cache
def _matcher(pattern: str) -> SchemaValidator:
    return _compile(rf"\A(?:{pattern})\z")


def _compile(pattern: str) -> SchemaValidator:
    from pydantic_core import (  # noqa: PLC0415 - slow to load, and most specs have no pattern
        SchemaError,
        SchemaValidator,
        core_schema,
    )

    schema = core_schema.str_schema(pattern=pattern, regex_engine="rust-regex")
    try:
        return SchemaValidator(schema)
    except SchemaError as error:
        raise ValueError(_reason(str(error))) from None


def _reason(text: str) -> str:
    """The last line of the engine's message, which has the pattern drawn above it."""
    return (
        text.strip().splitlines()[-1].strip().removeprefix("error: ").removeprefix("SchemaError: ")
    )
