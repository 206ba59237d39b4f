"""What schemathesis has to know that no schema can tell it. It loads this file as its hooks."""

from __future__ import annotations

from typing import Any

import schemathesis

LARGEST = 2**64
MOST_DIMENSIONS = 4096
"""Of the vectors of the echo."""


@schemathesis.hook
def map_body(_: schemathesis.HookContext, body: Any) -> Any:
    """Names a model that exists: nearly every other would end as a 404, with nothing tested."""
    if isinstance(body, dict) and isinstance(body.get("model"), str):
        body = {**body, "model": "echo"}
    return without_fraction(body)


@schemathesis.hook
def filter_case(_: schemathesis.HookContext, case: schemathesis.Case[Any]) -> bool:
    """Whether it asks for nothing that depends on another field, or on the model."""
    match case.body:
        # A tool that has to be called has to be one of `tools`.
        case {"tool_choice": {"type": "function"}}:
            return False
        case {"dimensions": int(dimensions)}:
            return dimensions <= MOST_DIMENSIONS
    return True


def without_fraction(part: Any) -> Any:
    """3.0 as 3: to JSON Schema they are the same, to OpenAI's API only one is a whole number."""
    if isinstance(part, dict):
        return {name: without_fraction(held) for name, held in part.items()}
    if isinstance(part, list):
        return [without_fraction(held) for held in part]
    if isinstance(part, float) and part.is_integer() and abs(part) < LARGEST:
        return int(part)
    return part
