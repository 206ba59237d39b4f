"""Regular expressions from CRDs, matched in linear time.

A CRD is untrusted, and Python's `re` can be made to run for hours. Rust's engine behind
jsonschema_rs takes the syntax that the API server takes (RE2) and cannot be.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jsonschema_rs import Validator


def matches(pattern: str, text: str) -> bool:
    """Whether `pattern` is found in `text`; True where the engine can read one of them not."""
    validator = _compiled(pattern)
    try:
        return validator is None or validator.is_valid(text)
    except ValueError:
        return True


@lru_cache(maxsize=1024)
def _compiled(pattern: str) -> Validator | None:
    from jsonschema_rs import (  # noqa: PLC0415 - 30 ms, and few schemas have patterns
        Draft202012Validator,
        RegexOptions,
    )

    options = RegexOptions(size_limit=1 << 20)
    try:
        return Draft202012Validator({"pattern": pattern}, pattern_options=options)
    except ValueError:
        return None
