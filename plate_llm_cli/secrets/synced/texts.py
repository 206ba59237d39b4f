"""JSON of OpenBao as the bytes of a Secret: how Go writes it.

Bytes that are no UTF-8 are carried in a text as `surrogateescape` has it, which is also how
Python hands them to a process.
"""

from __future__ import annotations

import json
import math
import re
from decimal import Decimal
from typing import TYPE_CHECKING, Final, NoReturn

from plate_llm_cli.secrets.synced.failures import unsupported
from plate_llm_cli.source.numbers import as_json

if TYPE_CHECKING:
    from plate_llm_cli.source.nodes import Plain

_HTML: Final = {ord(char): f"\\u{ord(char):04x}" for char in "<>&\u2028\u2029"}
_SURROGATE: Final = re.compile("[\ud800-\udfff]")


def text_of(value: Plain) -> str:
    """A value that is taken as it is: `GetByteValue` of the operator."""
    if isinstance(value, str):
        return value
    return "" if value is None else go_json(value)


def reread(value: Plain) -> Plain:
    """`value` after Go wrote it as JSON and read it again: every number is a float64."""
    if isinstance(value, dict):
        return {key: reread(item) for key, item in value.items()}
    if isinstance(value, list):
        return [reread(item) for item in value]
    if isinstance(value, bool) or not isinstance(value, int | float):
        return value
    try:
        return _Read(as_json(value))
    except OverflowError:
        raise unsupported("a number that is too large for Go") from None


def text_of_reread(value: Plain) -> str:
    """A value of a map that was read from JSON: numbers have no exponent."""
    if isinstance(value, _Read):
        return format(Decimal(repr(float(value))), "f").removesuffix(".0")
    return text_of(value)


def go_json(value: Plain) -> str:
    """`json.Marshal`: sorted keys, no space, and no `<`, `>` or `&`."""
    if isinstance(value, dict):
        members = (f"{_quoted(key)}:{go_json(value[key])}" for key in sorted(value))
        return f"{{{','.join(members)}}}"
    if isinstance(value, list):
        return f"[{','.join(map(go_json, value))}]"
    if isinstance(value, str):
        return _quoted(value)
    if isinstance(value, float):
        return _number(value)
    return json.dumps(value)


def from_json(text: str) -> Plain:
    """What Go makes of `text` when it wants an object: {} of null, None where it refuses.

    No exception tells why: those of `json` hold the text.
    """
    try:
        found: Plain = json.loads(text, parse_constant=_no_number, parse_float=_finite)
    except (ValueError, RecursionError):
        return None
    return {} if found is None else _without_surrogates(found)


class _Read(float):
    """A number that Go has read: how it was spelled does not matter any more."""

    __slots__ = ()


def _number(value: float) -> str:
    if not isinstance(value, _Read):
        raise unsupported(
            "a number with a fraction, whose spelling is lost on the way",
            "store it as a text",
        )
    if value and not 1e-6 <= abs(value) < 1e21:
        return repr(float(value)).replace("e-0", "e-")
    return format(Decimal(repr(float(value))), "f").removesuffix(".0")


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).translate(_HTML)


def _without_surrogates(value: Plain) -> Plain:
    """Go reads half of a surrogate pair as U+FFFD."""
    if isinstance(value, str):
        return _SURROGATE.sub("\ufffd", value)
    if isinstance(value, list):
        return [_without_surrogates(item) for item in value]
    if isinstance(value, dict):
        return {_SURROGATE.sub("\ufffd", k): _without_surrogates(v) for k, v in value.items()}
    return value


def _no_number(name: str) -> NoReturn:
    raise ValueError(name)


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError("out of range")
    return number
