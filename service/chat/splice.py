"""Changes top-level fields in the bytes of a request; every other byte stays as the client sent it.

A request that is decoded and written again has lost what Python does not keep: the spelling of
numbers, duplicate keys, the order in which somebody signed it. And it costs more than all the
rest of a pass-through.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import orjson

from service.errors import BadRequest

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

MODEL = "model"
MODEL_TOKEN = b'"model"'
ESCAPE = b"\\"
ESCAPED_LETTER = rb"\u006"
"""How every escape of a letter of `model` begins: they are 6c, 64, 65, 6d and 6f in hexadecimal.
JSON has no other escape for a letter, and the `u` is always a small one."""

BLANK = rb"[ \t\r\n]*+"
STRING = rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"'
KEY = re.compile(BLANK + b"(" + STRING + b")" + BLANK + b":" + BLANK, re.DOTALL)
SCALAR = re.compile(STRING + rb"|[^,} \t\r\n]++", re.DOTALL)
NEXT_BRACKET = re.compile(rb'(?:[^"{}\[\]]++|' + STRING + rb")*+[{}\[\]]", re.DOTALL)
MOST_FIELDS = 1000
"""Of a body, each counted as often as it is there. Nobody means more, and each takes its time."""
COMMA = re.compile(BLANK + b",")
OPENING = frozenset({b"{", b"["})


def spliced(
    raw: bytes, body: Mapping[str, Any], model: str | None, defaults: Mapping[str, Any]
) -> bytes:
    """`raw` with this `model` (None: its own) and with those `defaults` that it has no value for.

    `body` is what `raw` holds, an object. Raises BadRequest where `raw` names two models, as a
    provider might read the other one, and where it has more than MOST_FIELDS fields.
    """
    inserted = {name: value for name, value in defaults.items() if name not in body}
    # A null is as good as nothing to us. Beside a second value it would be the one that counts.
    changed = {name: value for name, value in defaults.items() if body.get(name, name) is None}
    if model is not None:
        if MODEL not in body:
            inserted = {MODEL: model, **inserted}
        elif body[MODEL] != model:
            changed[MODEL] = model
    if changed.keys() <= {MODEL} and (MODEL not in body or _names_one_model(raw)):
        if changed:
            raw = _with_model(raw, orjson.dumps(model))
    else:
        raw = _replaced(raw, changed)
    return _inserted(raw, inserted, alone=not body) if inserted else raw


def _names_one_model(raw: bytes) -> bool:
    """Whether the one `"model"` in an object that has this key is the key.

    1. A key that reads `model` is spelled without escapes, as an escape would begin with
       ESCAPED_LETTER. So its bytes, quotes included, are MODEL_TOKEN.
    2. So each top-level key `model` is one occurrence of MODEL_TOKEN. There is at least one.
    3. If MODEL_TOKEN occurs once, then that is the key, and there is no second one.

    What else MODEL_TOKEN may be (a value, a nested key, the end of a string that holds an escaped
    quote: `"say \\"model"`) only makes for a second occurrence, never for a wrong one.
    """
    first = raw.find(MODEL_TOKEN)
    return raw.find(MODEL_TOKEN, first + 1) < 0 and (ESCAPE not in raw or ESCAPED_LETTER not in raw)


def _with_model(raw: bytes, model: bytes) -> bytes:
    """`raw` with another value for the one MODEL_TOKEN in it, which is the key."""
    start = _end(KEY, raw, raw.find(MODEL_TOKEN))
    return raw[:start] + model + raw[_end_of_value(raw, start) :]


def _replaced(raw: bytes, changed: Mapping[str, Any]) -> bytes:
    """`raw` with other values for top-level fields that it has. Refuses two models."""
    pieces = []
    end = models = 0
    for number, (key, start, stop) in enumerate(_top_level(raw)):
        if number == MOST_FIELDS:
            raise BadRequest("The body has too many fields.", code="invalid_json")
        models += key == MODEL
        if key in changed:
            pieces += [raw[end:start], orjson.dumps(changed[key])]
            end = stop
    if models > 1:
        raise BadRequest(
            "The body has more than one model; name one.", code="duplicate_field", param=MODEL
        )
    pieces.append(raw[end:])
    return b"".join(pieces)


def _inserted(raw: bytes, fields: Mapping[str, Any], *, alone: bool) -> bytes:
    """`raw` with more fields, right after its opening brace; `alone` where it has none."""
    start = raw.index(b"{") + 1
    text = orjson.dumps(dict(fields))[1:-1]
    return raw[:start] + text + (b"" if alone else b",") + raw[start:]


def _top_level(raw: bytes) -> Iterator[tuple[str, int, int]]:
    """Each field of an object that is valid JSON: its key, and where its value starts and ends."""
    position = raw.index(b"{") + 1
    while key := KEY.match(raw, position):
        start = key.end()
        end = _end_of_value(raw, start)
        yield orjson.loads(key[1]), start, end
        comma = COMMA.match(raw, end)
        position = comma.end() if comma else len(raw)


def _end_of_value(raw: bytes, start: int) -> int:
    """Where a value ends that starts here: the brackets outside of strings are in pairs."""
    if raw[start : start + 1] not in OPENING:
        return _end(SCALAR, raw, start)
    depth = 1
    end = start + 1
    while depth:
        end = _end(NEXT_BRACKET, raw, end)
        depth += 1 if raw[end - 1 : end] in OPENING else -1
    return end


def _end(pattern: re.Pattern[bytes], raw: bytes, start: int) -> int:
    found = pattern.match(raw, start)
    if found is None:
        raise ValueError("this is not a JSON object")
    return found.end()
