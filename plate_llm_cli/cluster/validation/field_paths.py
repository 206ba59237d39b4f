"""The way into an object behind a field as API servers write it.

Sources: apimachinery `util/validation/field` (`spec.containers[0].image`, `data[key]`), and
structured-merge-diff `fieldpath` (`.spec.containers[name="app"].image`).
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

    from plate_llm_cli.source.nodes import Route

_KEY: Final = re.compile(r"[^.\[\]]+")
_BRACKETS: Final = re.compile(r'\[((?:"(?:\\.|[^"\\])*"|[^\]"])*)\]')
_PAIR: Final = re.compile(r'([^=,"]*)=("(?:\\.|[^"\\])*"|[^,]*)')


def route_of(field: str, obj: Mapping[str, Any]) -> Route:
    """The route in `obj` behind `field`, as far as it can be told.

    Keys may hold dots and stand without brackets: the longest that is there counts.
    """
    route: list[str | int] = []
    node: Any = obj
    rest = field.lstrip(".")
    while rest:
        step, rest = _step(rest, node)
        if step is None:
            break
        route.append(step)
        node = _below(node, step)
        rest = rest.removeprefix(".")
    return tuple(route)


def starts_in(field: str, obj: Mapping[str, Any]) -> bool:
    """Whether `field` is a way into `obj`, and no other text."""
    key = _KEY.match(field.lstrip("."))
    return key is not None and (key[0] in obj or key[0] in ("spec", "data", "metadata"))


def _step(text: str, node: Any) -> tuple[str | int | None, str]:
    brackets = _BRACKETS.match(text)
    if brackets:
        return _in_brackets(brackets[1], node), text[brackets.end() :]
    if isinstance(node, dict):
        known = [key for key in node if text == key or text.startswith((f"{key}.", f"{key}["))]
        if known:
            key = max(known, key=len)
            return key, text[len(key) :]
    key = _KEY.match(text)
    return (key[0], text[key.end() :]) if key else (None, "")


def _in_brackets(text: str, node: Any) -> str | int | None:
    if isinstance(node, dict):
        return _unquoted(text)
    if text.isdecimal():
        return int(text)
    if not isinstance(node, list):
        return None
    wanted = {key: _unquoted(said) for key, said in _PAIR.findall(text)}
    return next((index for index, item in enumerate(node) if _is(item, wanted)), None)


def _is(item: Any, wanted: Mapping[str, str]) -> bool:
    if not wanted:
        return False
    if list(wanted) == [""]:  # a list of values: [="x"]
        return str(item) == wanted[""]
    # The key may be there by default only, as a port's protocol.
    return isinstance(item, dict) and all(
        str(item[key]) == said for key, said in wanted.items() if key in item
    )


def _unquoted(text: str) -> str:
    try:
        return str(json.loads(text)) if text.startswith('"') else text
    except ValueError:
        return text


def _below(node: Any, step: str | int) -> Any:
    if isinstance(node, dict):
        return node.get(str(step))
    if isinstance(node, list) and isinstance(step, int) and step < len(node):
        return node[step]
    return None
