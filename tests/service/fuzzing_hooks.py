"""What schemathesis has to know that no schema can tell it. It loads this file as its hooks."""

from __future__ import annotations

from typing import Any

import schemathesis

LARGEST = 2**64


@schemathesis.hook
def map_body(_: schemathesis.HookContext, body: Any) -> Any:
    """Names a model that exists: nearly every other would end as a 404, with nothing tested."""
    if isinstance(body, dict) and isinstance(body.get("model"), str):
        body = {**body, "model": "echo"}
    return without_fraction(body)


@schemathesis.hook
def filter_body(_: schemathesis.HookContext, body: Any) -> bool:
    """A tool that has to be called has to be one of those in another field."""
    match body:
        case {"tool_choice": {"type": "function"}}:
            return False
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
