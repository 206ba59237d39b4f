"""What Helm makes of a scalar: sigs.k8s.io/yaml, that is go-yaml v2, and then JSON."""

from __future__ import annotations

import re
from typing import Final

Value = None | bool | int | float | str

_WORDS: Final[dict[str, Value]] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(
        ("y", "Y", "yes", "Yes", "YES", "on", "On", "ON", "true", "True", "TRUE"), True
    ),
    **dict.fromkeys(("n", "N", "no", "No", "NO", "off", "Off", "OFF"), False),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_START: Final = frozenset("0123456789+-.yYnNtTfFoO~")
_INT = re.compile(r"[-+]?(?:0[0-7]*|[1-9][0-9]*)")
_HEX = re.compile(r"[-+]?0[xX][0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")


def type_scalar(text: str, style: str, tag: str | None = None) -> Value:
    """The value of a scalar as Helm reads it; quoted ones are strings."""
    if style or tag == "tag:yaml.org,2002:str":
        return text
    if text and text[0] not in _START:
        return text
    if text in _WORDS:
        return _WORDS[text]
    return _number(text)


def _number(text: str) -> Value:
    plain = text.replace("_", "")
    if _INT.fullmatch(plain):
        digits = plain.lstrip("+-")
        value = int(digits, 8 if len(digits) > 1 and digits[0] == "0" else 10)
        return -value if plain[0] == "-" else value
    if _HEX.fullmatch(plain):
        return int(plain, 16)
    return float(plain) if _FLOAT.fullmatch(plain) else text
