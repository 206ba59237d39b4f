"""Paths of jq as `ignoreDifferences` of an Application uses them: which fields one means.

The part that names fields: `.spec.replicas`, `."a/b"`, `["a"]`, `[0]`, `[]`, `?`, and between `|`
`select` with a comparison, `startswith`, `endswith`, `contains` or `has`. ArgoCD runs the whole of
jq (gojq); what is not read here is told by name.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Place: TypeAlias = tuple[str | int, ...]
"""Keys and indices from the root of an object."""

_TOKEN: Final = re.compile(
    r"\s*(?:(?P<key>\.?\s*\[\s*\"(?:[^\"\\]|\\.)*\"\s*\]|\.\"(?:[^\"\\]|\\.)*\"|\.[A-Za-z_]\w*)"
    r"|(?P<index>\.?\[\s*-?\d+\s*\])|(?P<each>\.?\[\s*\])|(?P<try>\?)|(?P<pipe>\|)"
    r"|select\s*\((?P<select>(?:[^()\"]|\"(?:[^\"\\]|\\.)*\"|\([^()]*\))*)\)"
    r"|(?P<self>\.(?=\s*(?:\||$))))"
)
_COMPARISON: Final = re.compile(r"(?P<path>[^=!|]+?)\s*(?P<op>==|!=)\s*(?P<literal>.+)")
_CALL: Final = re.compile(
    r"(?:(?P<path>.+?)\s*\|\s*)?(?P<name>startswith|endswith|contains|has)\s*\((?P<literal>.+)\)"
)


class UnreadPathError(ValueError):
    """An expression that is more than a path."""


@dataclass(frozen=True, slots=True)
class _Key:
    name: str

    def steps(self, value: Any) -> Iterator[str | int]:
        if isinstance(value, dict) and self.name in value:
            yield self.name


@dataclass(frozen=True, slots=True)
class _Index:
    number: int

    def steps(self, value: Any) -> Iterator[str | int]:
        if isinstance(value, list) and -len(value) <= self.number < len(value):
            yield self.number % len(value)


@dataclass(frozen=True, slots=True)
class _Each:
    def steps(self, value: Any) -> Iterator[str | int]:
        if isinstance(value, list | dict):
            yield from range(len(value)) if isinstance(value, list) else list(value)


@dataclass(frozen=True, slots=True)
class _Select:
    holds: Callable[[Any], bool]


@dataclass(frozen=True, slots=True)
class JqPath:
    """A path that was read."""

    _parts: tuple[_Key | _Index | _Each | _Select, ...]

    @classmethod
    def read(cls, expression: str) -> JqPath:
        """Raises: UnreadPathError."""
        parts, at = list[_Key | _Index | _Each | _Select](), 0
        expression = expression.strip()
        while at < len(expression):
            match = _TOKEN.match(expression, at)
            if match is None:
                raise UnreadPathError(expression)
            at = match.end()
            if (part := _part(match)) is not None:
                parts.append(part)
        return cls(tuple(parts))

    def places(self, obj: Any) -> list[Place]:
        """Where in `obj` the path leads."""
        found: list[tuple[Place, Any]] = [((), obj)]
        for part in self._parts:
            if isinstance(part, _Select):
                found = [(place, value) for place, value in found if part.holds(value)]
            else:
                found = [
                    ((*place, step), value[step])
                    for place, value in found
                    for step in part.steps(value)
                ]
        return [place for place, _ in found]

    def value(self, obj: Any) -> Any:
        """What is at the first place; None where there is none."""
        for place in self.places(obj):
            for step in place:
                obj = obj[step]
            return obj
        return None


def _part(match: re.Match[str]) -> _Key | _Index | _Each | _Select | None:
    """What a token means; None for those that change nothing."""
    if match["key"] is not None:
        text = match["key"].strip().strip(".[] \t")
        return _Key(str(_literal(text)) if text.startswith('"') else text)
    if match["index"] is not None:
        return _Index(int(match["index"].strip(".[] \t")))
    if match["each"] is not None:
        return _Each()
    if match["select"] is not None:
        return _Select(_condition(match["select"].strip()))
    return None


def _condition(text: str) -> Callable[[Any], bool]:
    if call := _CALL.fullmatch(text):
        path, wanted = JqPath.read(call["path"] or "."), _literal(call["literal"])
        if not isinstance(wanted, str):
            raise UnreadPathError(text)  # parts of lists and objects, and indices
        test = _TESTS[call["name"]]
        return lambda obj: test(path.value(obj), wanted)
    if compared := _COMPARISON.fullmatch(text):
        path, wanted = JqPath.read(compared["path"]), _literal(compared["literal"])
        equal = compared["op"] == "=="
        return lambda obj: (path.value(obj) == wanted) is equal
    path = JqPath.read(text)
    return lambda obj: path.value(obj) not in (None, False)


_TESTS: Final[dict[str, Callable[[Any, str], bool]]] = {
    "startswith": lambda value, wanted: isinstance(value, str) and value.startswith(wanted),
    "endswith": lambda value, wanted: isinstance(value, str) and value.endswith(wanted),
    "contains": lambda value, wanted: isinstance(value, str) and wanted in value,
    "has": lambda value, wanted: isinstance(value, dict) and wanted in value,
}


def _literal(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        raise UnreadPathError(text) from None
