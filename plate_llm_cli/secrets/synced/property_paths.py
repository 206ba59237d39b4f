"""`property` of a remote reference, where it leads into the JSON of a key: a part of GJSON.

Keys, indexes and escapes are understood as `tidwall/gjson` has them; its wildcards, queries,
modifiers and multipaths are refused.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plate_llm_cli.source.nodes import Plain

_ANYWHERE: Final = frozenset("*?#")
_AT_FIRST: Final = frozenset("@!{[(")


class PathSyntaxError(ValueError):
    """The path has something of GJSON that is not understood here."""


class NothingThereError(LookupError):
    """The path leads nowhere."""


def follow(data: Plain, path: str) -> Plain:
    """What stands at `path` in `data`.

    Raises:
        NothingThereError: there is nothing.
        PathSyntaxError: the path is more than keys and indexes.
    """
    for step in steps_of(path):
        data = _step(data, step)
    return data


def steps_of(path: str) -> list[str]:
    """The keys and indexes of a path.

    Raises:
        PathSyntaxError: it is more than these.
    """
    steps = [""]
    for char, escaped in _characters(path):
        special = _ANYWHERE if steps[-1] else _ANYWHERE | _AT_FIRST
        if escaped:
            steps[-1] += char
        elif char in ".|":
            steps.append("")
        elif char in special:
            raise PathSyntaxError(f"{char!r} in a path")
        else:
            steps[-1] += char
    if "" in steps:
        raise PathSyntaxError("a path with an empty part")
    return steps


def _characters(path: str) -> Iterator[tuple[str, bool]]:
    """Each character, and whether a backslash takes its meaning from it."""
    rest = iter(path)
    for char in rest:
        if char != "\\":
            yield char, False
            continue
        escaped = next(rest, "")
        if not escaped:
            raise PathSyntaxError("a path that ends with a backslash")
        yield escaped, True


def _step(data: Plain, step: str) -> Plain:
    if isinstance(data, dict) and step in data:
        return data[step]
    if isinstance(data, list) and step.isascii() and step.isdigit() and int(step) < len(data):
        return data[int(step)]
    raise NothingThereError(step)
