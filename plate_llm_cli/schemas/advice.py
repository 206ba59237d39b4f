"""How to get from the type that stands there to the type that must."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from plate_llm_cli.schemas.wording import show, type_of

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet

_SCALARS = {"boolean", "integer", "number"}


def type_advice(wanted: AbstractSet[str], value: Any, *, secret: bool = False) -> str:
    """One sentence, or "" where nothing certain can be said."""
    kind = type_of(value)
    if kind in _SCALARS and "string" in wanted:
        shown = "" if secret else f": {json.dumps(show(value))}"
        return f"Quote it{shown} (in a template: | quote)."
    if kind == "string" and _unquoted(value) in wanted:
        return f"Write it without quotes: {value} (in a template: no quote, or | int)."
    return _collection_advice(wanted, value, kind)


def _collection_advice(wanted: AbstractSet[str], value: Any, kind: str) -> str:
    if kind == "object" and "array" in wanted:
        return 'Make it a list: start each item with "- ".'
    if kind == "array" and "object" in wanted:
        return 'Make it a mapping: leave out the "- " before its fields.'
    if kind == "array" and len(value) == 1:
        return 'A single value belongs here: leave out the "- ".'
    if kind == "string" and wanted & {"object", "array"}:
        return _text_advice(value)
    return ""


def _text_advice(value: str) -> str:
    if value.startswith(("map[", "[map[")):
        return "A template printed Go's form of the value: use toYaml and nindent."
    if ":" in value and "\n" in value:
        return "This is YAML inside a string: leave out the quotes or the |."
    return ""


def _unquoted(text: str) -> str:
    """The type that `text` would have without its quotes."""
    if text in {"true", "false"}:
        return "boolean"
    digits = text.removeprefix("-")
    return "integer" if digits.isascii() and digits.isdigit() and len(digits) < 20 else "string"
