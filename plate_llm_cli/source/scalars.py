"""What Helm makes of a scalar.

Helm reads YAML with sigs.k8s.io/yaml: go.yaml.in/yaml/v2 (YAML 1.1 without base 60), turned into
JSON, read back with every number as a float64. kubectl and ArgoCD do the same up to the last step.
"""

from __future__ import annotations

import base64
import math
import re
from typing import Final

from plate_llm_cli.source.numbers import as_json, format_key

Value = bool | int | float | str | None

PREFIX: Final = "tag:yaml.org,2002:"
"""What `!!` stands for in a tag."""

STARTS: Final = frozenset("0123456789+-.yYnNtTfFoO~")
"""How a plain scalar begins that may be something other than a string."""

_WORDS: Final[dict[str, Value]] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(
        ("y", "Y", "yes", "Yes", "YES", "on", "On", "ON", "true", "True", "TRUE"), True
    ),
    **dict.fromkeys(("n", "N", "no", "No", "NO", "off", "Off", "OFF"), False),
    **dict.fromkeys(("false", "False", "FALSE"), False),
    **dict.fromkeys((".nan", ".NaN", ".NAN"), math.nan),
    **dict.fromkeys((".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF"), math.inf),
    **dict.fromkeys(("-.inf", "-.Inf", "-.INF"), -math.inf),
}
_INTEGER: Final = re.compile(
    r"([-+]?)(?:0[xX]([0-9a-fA-F]+)|0[bB]([01]+)|0[oO]?([0-7]+)|(0|[1-9][0-9]*))", re.ASCII
)
_BASES: Final = (16, 2, 8, 10)
_FLOAT: Final = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?", re.ASCII)
_POINT_FIRST: Final = re.compile(r"\.[0-9]+(?:_[0-9]+)*(?:[eE][-+]?[0-9]+(?:_[0-9]+)*)?", re.ASCII)
_LONGEST_INTEGER: Final = 70
"""More digits than any integer of 64 bits has, leading zeros aside."""


def type_scalar(text: str, style: str = "", tag: str | None = None) -> Value:
    """The value of a scalar as a template sees it. Total: what Helm refuses stays a string.

    `style` is as in `Scalar`; `tag` is the full tag (`tag:yaml.org,2002:int`), or None.
    """
    if not style and tag is None and text[:1] != "0" and text.isdecimal() and len(text) < 16:
        # Nearly every number, and exact: it is below 2^53. `isdecimal` knows other digits too.
        return int(text) if text.isascii() else text
    value = _value(text, style, tag)
    if isinstance(value, str):
        return text if isinstance(value, _Refusal) else value
    return value if value is None or isinstance(value, bool) else as_json(value)


def type_key(text: str, style: str = "", tag: str | None = None) -> str:
    """The name that Helm gives to a mapping key: `on` is "true", `1.0` is "1", `012` is "10"."""
    value = _value(text, style, tag)
    if isinstance(value, _Refusal):
        return text
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return format_key(value)
    return str(value) if isinstance(value, int | str) else text


def refusal(text: str, style: str = "", tag: str | None = None, *, key: bool = False) -> str:
    """Why Helm takes no such scalar, or ''."""
    value = _value(text, style, tag)
    if isinstance(value, _Refusal):
        return value
    if key:
        return _key_refusal(value)
    if isinstance(value, float) and not math.isfinite(value):
        return f"{text} cannot be written as JSON"
    return ""


class _Refusal(str):
    """Why a tag does not fit a text."""

    __slots__ = ()


def _key_refusal(value: Value) -> str:
    if value is None:
        return "a key is null"
    if isinstance(value, int) and value >= 1 << 63:
        return "a key is an integer of more than 63 bits"
    return ""


def _value(text: str, style: str, tag: str | None) -> Value | _Refusal:
    if tag is None:
        return text if style else _resolve(text)
    return _tagged(text, tag[len(PREFIX) :]) if tag.startswith(PREFIX) else text


def _resolve(text: str) -> Value:
    """The type of a plain scalar, integers in full precision."""
    if text in _WORDS:
        return _WORDS[text]
    first = text[0]
    if first == ".":
        match = _POINT_FIRST.fullmatch(text)
        number = math.inf if match is None else float(text)
        return number if math.isfinite(number) else text
    return _number(text) if first in "0123456789+-" else text


def _number(text: str) -> Value:
    plain = text.replace("_", "")
    match = _INTEGER.fullmatch(plain)
    integer = None if match is None else _integer(match)
    if integer is not None:
        return integer
    if _FLOAT.fullmatch(plain) is None:
        return text
    number = float(plain)
    return number if math.isfinite(number) else text


def _integer(match: re.Match[str]) -> int | None:
    """The integer if it fits 64 bits; only one without a sign may use the highest."""
    sign, *digits = match.groups()
    base, text = next((b, d) for b, d in zip(_BASES, digits, strict=True) if d is not None)
    text = text.lstrip("0") or "0"
    if len(text) > _LONGEST_INTEGER:
        return None
    value = int(text, base)
    if sign == "-":
        return -value if value <= 1 << 63 else None
    return value if value < (1 << 63 if sign else 1 << 64) else None


def _tagged(text: str, tag: str) -> Value | _Refusal:
    """The value of a scalar with a tag of YAML's own (`int`, `str`, ...)."""
    if tag == "binary":
        return _binary(text)
    if tag == "timestamp":
        fits = _TIMESTAMP.fullmatch(text) is not None
        return text if fits else _Refusal(f"{text!r} does not fit the tag !!timestamp")
    if tag not in _FITS:
        return text
    value = _resolve(text)
    if type(value) not in _FITS[tag]:
        return _Refusal(f"{text!r} does not fit the tag !!{tag}")
    return float(value) if tag == "float" and isinstance(value, int) else value


_FITS: Final[dict[str, tuple[type, ...]]] = {
    "bool": (bool,),
    "int": (int,),
    "float": (int, float),
    "null": (type(None),),
}
_TIMESTAMP: Final = re.compile(
    r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}"
    r"(?:[Tt][0-9]{1,2}:[0-9]{1,2}:[0-9]{1,2}(?:[.,][0-9]+)?(?:Z|[-+][0-9]{2}:[0-9]{2})"
    r"| +[0-9]{1,2}:[0-9]{1,2}:[0-9]{1,2}(?:[.,][0-9]+)?)?",
    re.ASCII,
)


_BASE64: Final = re.compile(
    "(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?", re.ASCII
)


def _binary(text: str) -> str | _Refusal:
    joined = text.replace("\n", "").replace("\r", "")
    if _BASE64.fullmatch(joined) is None:
        return _Refusal("the value of !!binary is not base64")
    # Go's JSON encoder puts one replacement character for every byte that is not UTF-8.
    escaped = base64.b64decode(joined).decode("utf-8", "surrogateescape")
    return "".join("\ufffd" if "\udc80" <= char <= "\udcff" else char for char in escaped)
