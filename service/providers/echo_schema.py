"""Makes a value that a JSON Schema allows: always the same, and no larger than it must be."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

Schema = dict[str, Any]

MOST_VALUES = 1000
DEEP = 4
DEEPEST = 16
LONGEST_LIST = 100
LONGEST_TEXT = 10_000
"""A schema may ask for anything. From DEEP on, a value holds only what it must; beyond the others
it need not fit."""

EXACT = 2**53
SMALLEST_STEP = 1e-9
"""Numbers that can be counted with, and written as JSON, without a loss."""

NULL = {"type": "null"}
FORMATS = {
    "date": "2026-01-01",
    "date-time": "2026-01-01T00:00:00Z",
    "duration": "PT1S",
    "email": "echo@example.com",
    "hostname": "example.com",
    "ipv4": "192.0.2.1",
    "ipv6": "2001:db8::1",
    "time": "00:00:00Z",
    "uri": "https://example.com/",
    "uuid": "00000000-0000-4000-8000-000000000000",
}
TELLING = {
    "object": ("properties", "required", "additionalProperties"),
    "array": ("items", "prefixItems", "minItems"),
    "number": ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"),
}
"""What tells the type of a value in a schema that does not say it."""


def instance(schema: Any, numbers: Iterable[float] = ()) -> Any:
    """A value that fits `schema`. `numbers` are used up where the schema has room for them.

    Understands types, `enum`, `const`, `$ref` within the schema, `anyOf`, `oneOf`, `allOf`, items,
    required properties, formats and sizes; not `pattern`, `not` and `if`.
    """
    return _Maker(schema, numbers).make(schema, "echo", 0)


class _Maker:
    def __init__(self, root: Any, numbers: Iterable[float]) -> None:
        self._root = root
        self._numbers = list(numbers)
        self._left = MOST_VALUES

    def make(self, schema: Any, name: str, depth: int, index: int = 0) -> Any:
        """A value for `schema`. A string says its `name`; an `index` makes it another value."""
        self._left -= 1
        ended = depth > DEEPEST or self._left <= 0
        plain = self._resolved(schema, spare=depth > DEEP)
        if "const" in plain:
            return plain["const"]
        if choices := _list(plain, "enum"):
            return choices[index % len(choices)]
        match _type_of(plain):
            case "object":
                made: Any = {} if ended else self._object(plain, depth)
            case "array":
                made = [] if ended else self._array(plain, name, depth)
            case "integer" | "number" as kind:
                made = self._number(_Range(plain, whole=kind == "integer"), index)
            case "boolean" | "null" as kind:
                made = True if kind == "boolean" else None
            case _:
                made = _text(plain, name if index == 0 else f"{name} {index + 1}")
        return made

    def _resolved(self, schema: Any, *, spare: bool, level: int = 0) -> Schema:
        """The schema without references and alternatives.

        Its parts may be the schema itself, or twice what is twice another: they count as values.
        """
        self._left -= level > 0
        if level > DEEPEST or self._left <= 0 < level:
            return {}
        plain = _as_schema(schema)
        for _ in range(DEEPEST):
            if "$ref" in plain:
                plain = _joined(self._target(plain["$ref"]), _without(plain, "$ref"))
            elif _list(plain, "allOf"):
                parts = [
                    self._resolved(part, spare=spare, level=level + 1) for part in plain["allOf"]
                ]
                plain = _joined(*parts, _without(plain, "allOf"))
            elif options := _list(plain, "anyOf") or _list(plain, "oneOf"):
                plain = _joined(_chosen(options, spare=spare), _without(plain, "anyOf", "oneOf"))
            else:
                break
        return plain

    def _target(self, reference: Any) -> Schema:
        """What a reference points to within the schema; anything for one that points nowhere."""
        place = self._root
        if not isinstance(reference, str) or not reference.startswith("#"):
            return {}
        for step in filter(None, unquote(reference[1:]).split("/")):
            key = step.replace("~1", "/").replace("~0", "~")
            if isinstance(place, list) and key.isdecimal() and int(key) < len(place):
                place = place[int(key)]
            else:
                place = place.get(key) if isinstance(place, dict) else None
        return _as_schema(place)

    def _object(self, schema: Schema, depth: int) -> dict[str, Any]:
        known = _as_schema(schema.get("properties"))
        names = list(filter(_is_text, _list(schema, "required")))
        least = min(_size(schema, "minProperties", 0), LONGEST_LIST)
        if not names and depth <= DEEP:
            names = list(known)
        names += [name for name in known if name not in names][: max(0, least - len(names))]
        names += [f"key {number}" for number in range(1, least - len(names) + 1)]
        other = schema.get("additionalProperties")
        return {name: self.make(known.get(name, other), name, depth + 1) for name in names}

    def _array(self, schema: Schema, name: str, depth: int) -> list[Any]:
        first = _list(schema, "prefixItems")
        rest = schema.get("items")
        most = _size(schema, "maxItems", LONGEST_LIST)
        wished = len(first) or int(rest is not False and depth <= DEEP)
        count = min(max(_size(schema, "minItems", 0), wished), most, LONGEST_LIST)
        return [
            self.make(first[index] if index < len(first) else rest, name, depth + 1, index)
            for index in range(count)
        ]

    def _number(self, span: _Range, index: int) -> float:
        for position, number in enumerate(self._numbers):
            if span.holds(number):
                return self._numbers.pop(position)
        return span.number(index)


class _Range:
    """Which numbers a schema allows."""

    def __init__(self, schema: Schema, *, whole: bool) -> None:
        self._whole = whole
        self._low, self._above = _bound(schema, "minimum"), _bound(schema, "exclusiveMinimum")
        self._high, self._below = _bound(schema, "maximum"), _bound(schema, "exclusiveMaximum")
        step = _bound(schema, "multipleOf")
        self._step = step if step and step > SMALLEST_STEP else (1 if whole else None)

    def holds(self, number: float) -> bool:
        """Whether a number is one of them."""
        return (
            (self._low is None or number >= self._low)
            and (self._above is None or number > self._above)
            and (self._high is None or number <= self._high)
            and (self._below is None or number < self._below)
            and not (self._whole and number != int(number))
            and (self._step is None or number % self._step == 0)
        )

    def number(self, index: int) -> float:
        """One of them: 1 where that is allowed, else near a border."""
        step = self._step or 1
        low, high = _outer(max, self._low, self._above), _outer(min, self._high, self._below)
        candidates: list[float] = [1 + index * step]
        if low is not None:
            first = math.ceil(low / step) * step
            candidates += [first + index * step, first + (index + 1) * step, low]
        if high is not None:
            last = math.floor(high / step) * step
            candidates += [last - index * step, last - (index + 1) * step, high]
        if low is not None and high is not None:
            candidates.append((low + high) / 2)
        return next(filter(self.holds, [*candidates, step]), 1)


def _chosen(options: list[Any], *, spare: bool) -> Schema:
    """The first alternative that is not null, or null where that is enough."""
    nulls = [option for option in options if option == NULL]
    others = [option for option in options if option != NULL]
    return _as_schema(((nulls or others) if spare else (others or nulls))[0])


def _joined(*schemas: Schema) -> Schema:
    """One schema that says what all of them say."""
    joined: Schema = {}
    for schema in schemas:
        required = [*_list(joined, "required"), *_list(schema, "required")]
        properties = {
            **_as_schema(joined.get("properties")),
            **_as_schema(schema.get("properties")),
        }
        joined = {**joined, **schema}
        if required:
            joined["required"] = list(dict.fromkeys(filter(_is_text, required)))
        if properties:
            joined["properties"] = properties
    return joined


def _without(schema: Schema, *keywords: str) -> Schema:
    return {name: value for name, value in schema.items() if name not in keywords}


def _type_of(schema: Schema) -> str:
    said = schema.get("type")
    if isinstance(said, list):
        said = next((one for one in said if one != "null"), "null")
    if isinstance(said, str):
        return said
    for kind, keywords in TELLING.items():
        if any(keyword in schema for keyword in keywords):
            return kind
    return "string"


def _text(schema: Schema, name: str) -> str:
    said = schema.get("format")
    text = FORMATS.get(said, name) if isinstance(said, str) else name
    least = min(_size(schema, "minLength", 0), LONGEST_TEXT)
    if len(text) < least:
        text = ((text or "echo") * least)[:least]
    return text[: _size(schema, "maxLength", LONGEST_TEXT)]


def _size(schema: Schema, keyword: str, otherwise: int) -> int:
    """A length that a schema asks for."""
    value = schema.get(keyword)
    return value if type(value) is int and value >= 0 else otherwise


def _bound(schema: Schema, keyword: str) -> float | None:
    """A border between numbers, if it is one that can be counted with."""
    value = schema.get(keyword)
    if isinstance(value, bool) or not isinstance(value, int | float) or abs(value) >= EXACT:
        return None
    return value


def _outer(choose: Callable[[list[float]], float], *bounds: float | None) -> float | None:
    given = [bound for bound in bounds if bound is not None]
    return choose(given) if given else None


def _list(schema: Schema, keyword: str) -> list[Any]:
    value = schema.get(keyword)
    return value if isinstance(value, list) else []


def _as_schema(schema: Any) -> Schema:
    """`true` allows anything, as does an empty schema; for `false` there is no value."""
    return schema if isinstance(schema, dict) else {}


def _is_text(value: object) -> bool:
    return isinstance(value, str)
