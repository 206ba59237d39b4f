"""Reads files of environment variables. Nothing in them is expanded: a `$` is a `$`."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from plate_llm_cli.errors import UsageError
from plate_llm_cli.secrets.values.given import Given, place_of
from plate_llm_cli.secrets.values.secret import Secret

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dotenv.parser import Binding

    from plate_llm_cli.secrets.values.input_text import InputText

_HOW = "write NAME=value; what has blanks, quotes, # or several lines needs '...' around it"


def parse_env(source: InputText) -> list[Given]:
    """The assignments of a dotenv file, in its order.

    Raises:
        UsageError: a line is no assignment, or a name is set twice.
    """
    lines: dict[str, int] = {}
    given: list[Given] = []
    for line, name, value in _assignments(source):
        first = lines.setdefault(name, line)
        if first != line:
            message = f"{place_of(source.label, line)} sets again what line {first} sets"
            raise UsageError(message, "keep one of the two lines")
        given.append(Given(name, Secret(value), place_of(source.label, line)))
    return given


def _assignments(source: InputText) -> Iterator[tuple[int, str, str]]:
    from dotenv.parser import parse_stream  # noqa: PLC0415 - most commands read no such file

    # The line ends of Windows belong to the file, not to a value of several lines.
    text = source.text.replace("\r\n", "\n").replace("\r", "\n")
    for binding in parse_stream(io.StringIO(text)):
        line = _line(binding)
        if binding.error:
            raise UsageError(f"{place_of(source.label, line)} cannot be read", _HOW)
        if binding.key is None:
            continue  # a comment, or the blank lines at the end
        if binding.value is None:
            raise UsageError(f"{place_of(source.label, line)} is no assignment", _HOW)
        if _torn(binding.value):
            message = f"{place_of(source.label, line)} begins a PEM block without quotes"
            raise UsageError(message, "put quotes around the whole block, from BEGIN to END")
        yield line, binding.key, binding.value


def _line(binding: Binding) -> int:
    """Where the assignment begins: blank lines above it count as its own."""
    text = binding.original.string
    above = text[: len(text) - len(text.lstrip())]
    return binding.original.line + above.count("\n")


def _torn(value: str) -> bool:
    """Whether a value is the first line of several: the next ones may pass as assignments."""
    return value.startswith("-----BEGIN") and "-----END" not in value
