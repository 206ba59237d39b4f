"""Numbers as Go's JSON and templates have them: every one is a float64."""

from __future__ import annotations

import math
import struct
from typing import Final

EXACT: Final = 1 << 53
"""Every integer up to here is exact as a float64."""

_NAMES: Final = {"inf": "+Inf", "-inf": "-Inf", "nan": "NaN"}
_KEY_NAMES: Final = {"inf": ".inf", "-inf": "-.inf", "nan": ".nan"}


def as_json(value: float) -> int | float:
    """The number after Go wrote it as JSON and read it again.

    Whole numbers below 1e21 are written without exponent, so that they come out as integers; past
    2^53 the digits that a float64 cannot hold are zeros.
    """
    if isinstance(value, int) and -EXACT <= value <= EXACT:
        return value
    number = float(value)
    if not number.is_integer() or abs(number) >= 1e21:
        return number
    if number == 0:
        return number if math.copysign(1, number) < 0 else 0
    sign, digits, exponent = _split(repr(number))
    return int((sign + digits).ljust(len(sign) + exponent + 1, "0"))


def format_number(value: float) -> str:
    """How `{{ .Values.x }}` prints a number: 1000000 is `1e+06`, 8080 is `8080`.

    Raises OverflowError for an integer that no float64 holds.
    """
    number = float(value)
    if not math.isfinite(number):
        return _NAMES[repr(number)]
    return _go_shortest(*_split(repr(number)))


def same_number(text: str, value: float) -> bool:
    """True when the decimal number `text` has the digits of `value`: none were lost in reading."""
    return _split(text.lower())[1:] == _split(repr(float(value)))[1:]


def format_key(value: float) -> str:
    """How sigs.k8s.io/yaml turns a float key into a string: rounded to float32, .inf and .nan."""
    single = _single(value)
    if not math.isfinite(single):
        return _KEY_NAMES[repr(single)]
    # Nine digits always read back as the same float32; the shortest that does is wanted.
    candidates = (f"{single:.{precision}e}" for precision in range(9))
    return _go_shortest(*_split(next(c for c in candidates if _single(float(c)) == single)))


def _single(value: float) -> float:
    """The nearest float32; infinity beyond its range."""
    try:
        number: float = struct.unpack("<f", struct.pack("<f", value))[0]
    except OverflowError:
        return math.copysign(math.inf, value)
    return number


def _go_shortest(sign: str, digits: str, exponent: int) -> str:
    """Go's `%g` of the shortest digits: an exponent below 1e-4 and from 1e6 up."""
    if not -5 < exponent < 6:
        fraction = f".{digits[1:]}" if len(digits) > 1 else ""
        return f"{sign}{digits[0]}{fraction}e{exponent:+03d}"
    if exponent < 0:
        return f"{sign}0.{'0' * (-exponent - 1)}{digits}"
    whole = digits[: exponent + 1].ljust(exponent + 1, "0")
    fraction = digits[exponent + 1 :]
    return f"{sign}{whole}.{fraction}" if fraction else sign + whole


def _split(text: str) -> tuple[str, str, int]:
    """Sign, digits without zeros at either end, and the power of ten of the first digit."""
    mantissa, _, power = text.partition("e")
    sign = "-" if mantissa.startswith("-") else ""
    whole, _, fraction = mantissa.removeprefix("-").partition(".")
    digits = (whole + fraction).lstrip("0")
    if not digits:
        return sign, "0", 0
    dropped = len(whole) + len(fraction) - len(digits)
    return sign, digits.rstrip("0"), int(power or 0) + len(whole) - 1 - dropped
