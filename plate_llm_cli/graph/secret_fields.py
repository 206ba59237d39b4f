"""Reads fields of objects that nobody has checked: what has the wrong type counts as absent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator


def at(value: Any, *steps: str) -> Any:
    """What stands at `steps` below `value`, or None."""
    for step in steps:
        if not isinstance(value, dict):
            return None
        value = value.get(step)
    return value


def text(value: Any) -> str:
    """`value` if it is a text, else ''."""
    return value if isinstance(value, str) else ""


def mapping(value: Any) -> dict[str, Any]:
    """`value` if it is a mapping, else an empty one."""
    return value if isinstance(value, dict) else {}


def texts(value: Any) -> tuple[str, ...]:
    """The texts of a list."""
    return tuple(item for item in value if isinstance(item, str)) if isinstance(value, list) else ()


def mappings(value: Any) -> Iterator[tuple[int, dict[str, Any]]]:
    """The mappings of a list, each with its index."""
    if isinstance(value, list):
        yield from ((index, item) for index, item in enumerate(value) if isinstance(item, dict))
