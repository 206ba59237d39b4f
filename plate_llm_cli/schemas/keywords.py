"""The value keywords of a schema (enum, ranges, lengths, patterns, formats) as small checks."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

from plate_llm_cli.schemas.formats import FORMATS, INTEGER_RANGES
from plate_llm_cli.schemas.patterns import matches
from plate_llm_cli.schemas.wording import either, near, show, type_of

if TYPE_CHECKING:
    from collections.abc import Iterator


class Complaint(NamedTuple):
    """What was expected instead, and how to get there ("" where there is nothing to add)."""

    expected: str
    help: str = ""


Check = Callable[[Any], Complaint | None]
"""Judges one value; values of a type that the keyword does not speak about pass."""

Maker = Callable[[Any, dict[str, Any]], Check | None]
"""Makes a keyword's check from its value and its schema; None where the value is malformed."""


def value_checks(raw: dict[str, Any]) -> tuple[Check, ...]:
    """The checks that the keywords of `raw` ask for; keywords of the wrong form ask for nothing."""
    return tuple(_checks(raw))


def _checks(raw: dict[str, Any]) -> Iterator[Check]:
    hint = raw.get("x-hint") if isinstance(raw.get("x-hint"), str) else ""
    for keyword, make in _MAKERS.items():
        if keyword in raw and (check := make(raw[keyword], raw)) is not None:
            yield _with_hint(check, hint) if hint else check


def _with_hint(check: Check, hint: str) -> Check:
    def hinted(value: Any) -> Complaint | None:
        complaint = check(value)
        return complaint and Complaint(complaint.expected, complaint.help or hint)

    return hinted


def same(left: object, right: object) -> bool:
    """JSON equality: `1` and `1.0` are the same, `1` and `true` are not."""
    return left == right and isinstance(left, bool) == isinstance(right, bool)


def _enum(options: Any, _: dict[str, Any]) -> Check | None:
    if not isinstance(options, list) or not options:
        return None

    def check(value: Any) -> Complaint | None:
        if any(same(value, option) for option in options):
            return None
        return Complaint(either(_plain(option) for option in options if option != ""), _hint(value))

    def _hint(value: Any) -> str:
        words = [option for option in options if isinstance(option, str) and option]
        found = near(value, words) if isinstance(value, str) else None
        return f'Did you mean "{found}"?' if found else ""

    return check


def _plain(option: Any) -> str:
    return option if isinstance(option, str) else show(option) or type_of(option)


def _const(option: Any, raw: dict[str, Any]) -> Check | None:
    return _enum([option], raw)


def _numeric(limit: Any) -> bool:
    return isinstance(limit, (int, float)) and not isinstance(limit, bool)


def _minimum(limit: Any, raw: dict[str, Any]) -> Check | None:
    if not _numeric(limit):
        return None
    exclusive = raw.get("exclusiveMinimum") is True
    return _bound(lambda value: value > limit if exclusive else value >= limit, raw, limit)


def _maximum(limit: Any, raw: dict[str, Any]) -> Check | None:
    if not _numeric(limit):
        return None
    exclusive = raw.get("exclusiveMaximum") is True
    return _bound(lambda value: value < limit if exclusive else value <= limit, raw, limit)


def _bound(holds: Callable[[Any], bool], raw: dict[str, Any], limit: float) -> Check:
    low, high = raw.get("minimum"), raw.get("maximum")
    words = f"at least {show(limit)}" if limit == low else f"at most {show(limit)}"
    if _numeric(low) and _numeric(high):
        words = f"a number from {show(low)} to {show(high)}"

    def check(value: Any) -> Complaint | None:
        return Complaint(words) if _numeric(value) and not holds(value) else None

    return check


def _above(limit: Any, _: dict[str, Any]) -> Check | None:
    if not _numeric(limit):
        return None
    return lambda v: Complaint(f"more than {show(limit)}") if _numeric(v) and v <= limit else None


def _below(limit: Any, _: dict[str, Any]) -> Check | None:
    if not _numeric(limit):
        return None
    return lambda v: Complaint(f"less than {show(limit)}") if _numeric(v) and v >= limit else None


def _multiple(step: Any, _: dict[str, Any]) -> Check | None:
    if not isinstance(step, int) or isinstance(step, bool) or step < 1:
        return None
    return lambda v: (
        Complaint(f"a multiple of {step}")
        if isinstance(v, int) and not isinstance(v, bool) and v % step
        else None
    )


def _sized(
    kind: type[str] | type[list[Any]] | type[dict[str, Any]], unit: str, *, least: bool
) -> Maker:
    def make(limit: Any, _: dict[str, Any]) -> Check | None:
        if not isinstance(limit, int) or isinstance(limit, bool):
            return None
        words = f"at {'least' if least else 'most'} {limit} {unit}{'' if limit == 1 else 's'}"

        def check(value: Any) -> Complaint | None:
            if not isinstance(value, kind):
                return None
            size = len(value)
            return Complaint(words) if (size < limit if least else size > limit) else None

        return check

    return make


def _unique(wanted: Any, _: dict[str, Any]) -> Check | None:
    if wanted is not True:
        return None

    def check(value: Any) -> Complaint | None:
        if not isinstance(value, list):
            return None
        seen = {(type_of(item), item) for item in value if not isinstance(item, (list, dict))}
        scalars = sum(not isinstance(item, (list, dict)) for item in value)
        return Complaint("items that differ from each other") if len(seen) < scalars else None

    return check


def _pattern(pattern: Any, _: dict[str, Any]) -> Check | None:
    if not isinstance(pattern, str):
        return None
    words = Complaint(f"text that matches {pattern}" if len(pattern) <= 80 else "another form")
    return lambda v: words if isinstance(v, str) and not matches(pattern, v) else None


def _format(name: Any, _: dict[str, Any]) -> Check | None:
    if not isinstance(name, str):
        return None
    if name in INTEGER_RANGES:
        return _integer_range(*INTEGER_RANGES[name])
    test = FORMATS.get(name)
    if test is None:
        return None

    def check(value: Any) -> Complaint | None:
        expected = test(value) if isinstance(value, str) else None
        return None if expected is None else Complaint(expected)

    return check


def _integer_range(low: int, high: int) -> Check:
    words = Complaint(f"an integer from {low} to {high}")
    return lambda v: words if _numeric(v) and not low <= v <= high else None


_MAKERS: dict[str, Maker] = {
    "enum": _enum,
    "const": _const,
    "minimum": _minimum,
    "maximum": _maximum,
    "exclusiveMinimum": _above,
    "exclusiveMaximum": _below,
    "multipleOf": _multiple,
    "minLength": _sized(str, "character", least=True),
    "maxLength": _sized(str, "character", least=False),
    "minItems": _sized(list, "item", least=True),
    "maxItems": _sized(list, "item", least=False),
    "minProperties": _sized(dict, "entry", least=True),
    "maxProperties": _sized(dict, "entry", least=False),
    "uniqueItems": _unique,
    "pattern": _pattern,
    "format": _format,
}
