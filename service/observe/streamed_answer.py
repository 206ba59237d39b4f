"""A streamed answer put together again, as it would have been without streaming."""

from __future__ import annotations

from typing import Any

import orjson

Object = dict[str, Any]

DATA = b"data: "
REPLACED = frozenset({"role", "id", "type", "index"})
"""Strings of a delta that are whole at once; all others come in pieces."""


def joined(events: bytes) -> Object:
    """The `chat.completion` that the server-sent events of a stream make up.

    Events that are not understood are left out; an error event is kept under `error`.
    """
    answer: Object = {}
    choices: dict[int, Object] = {}
    for line in events.split(b"\n"):
        chunk = _chunk(line)
        for choice in _objects(chunk.pop("choices", None)):
            _add_choice(choices, choice)
        answer |= {name: value for name, value in chunk.items() if value is not None}
    answer["object"] = "chat.completion"
    answer["choices"] = [choices[index] for index in sorted(choices)]
    return answer


def _chunk(line: bytes) -> Object:
    if not line.startswith(DATA):
        return {}
    try:
        chunk = orjson.loads(line[len(DATA) :])
    except orjson.JSONDecodeError:
        # [DONE], or an event that was cut.
        return {}
    return chunk if isinstance(chunk, dict) else {}


def _objects(value: Any) -> list[Object]:
    """The objects in a list; none where it is no list."""
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def _add_choice(choices: dict[int, Object], choice: Object) -> None:
    index = choice.get("index")
    if not isinstance(index, int):
        return
    whole = choices.setdefault(index, {"index": index, "message": {}, "finish_reason": None})
    if choice.get("finish_reason"):
        whole["finish_reason"] = choice["finish_reason"]
    delta = choice.get("delta")
    if isinstance(delta, dict):
        _add_delta(whole["message"], delta)


def _add_delta(whole: Object, delta: Object) -> None:
    """Strings are appended, objects added to in the same way, lists by the index of each item."""
    for name, piece in delta.items():
        known = whole.get(name)
        if isinstance(piece, str) and isinstance(known, str) and name not in REPLACED:
            whole[name] = known + piece
        elif isinstance(piece, dict) and isinstance(known, dict):
            _add_delta(known, piece)
        elif isinstance(piece, list):
            _add_items(whole, name, piece)
        elif piece is not None or known is None:
            whole[name] = piece


def _add_items(whole: Object, name: str, pieces: list[Any]) -> None:
    """As of `tool_calls`: each piece names the item that it belongs to."""
    items = whole.get(name)
    if not isinstance(items, list):
        items = whole[name] = []
    for piece in _objects(pieces):
        index = piece.get("index")
        same = (item for item in _objects(items) if item.get("index") == index)
        known = next(same, None) if index is not None else None
        if known is None:
            items.append({"index": index, **piece})
        else:
            _add_delta(known, piece)
