"""Whatever two objects hold: none differs from itself, and the changes lead to the other."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from plate_llm_cli.graph.differences import ABSENT, Item, Position, compare
from plate_llm_cli.report.differences import Differences, differences_json, differences_lines

NAMES = st.sampled_from(["a", "b", "name", "key", "x.y/z"])
SCALARS = st.one_of(
    st.integers(-2, 2), st.booleans(), st.sampled_from(["", "a", "b", "1", "a\nb"]), st.just(0.5)
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES, inner, max_size=4),
    max_leaves=12,
)
OBJECTS = st.dictionaries(NAMES, VALUES, max_size=4)
HELD = "s3cr3t-value"


def _thing(spec: dict[str, Any]) -> dict[str, Any]:
    return {"apiVersion": "x.io/v1", "kind": "Thing", "metadata": {"name": "t"}, "spec": spec}


@given(OBJECTS)
def test_nothing_differs_from_itself(spec: dict[str, Any]) -> None:
    assert compare([_thing(spec)], [_thing(json.loads(json.dumps(spec)))]) == []


@given(OBJECTS, OBJECTS)
def test_the_changes_lead_from_one_to_the_other(old: dict[str, Any], new: dict[str, Any]) -> None:
    changes = compare([_thing(old)], [_thing(new)])
    fields = [
        (field.route, field.after)
        for change in changes
        for field in change.fields
        if not field.reordered
    ]
    assert _sorted(_applied(_thing(old), fields)) == _sorted(_thing(new))


def _applied(before: Any, fields: list[tuple[tuple[Any, ...], Any]]) -> Any:
    """`before` with every change made."""
    if len(fields) == 1 and not fields[0][0]:
        return fields[0][1]
    below: dict[Any, list[tuple[tuple[Any, ...], Any]]] = {}
    for (step, *rest), after in fields:
        below.setdefault(step, []).append((tuple(rest), after))
    if isinstance(before, dict):
        made = {key: _applied(value, below.pop(key, [])) for key, value in before.items()}
        made |= {key: _applied(ABSENT, rest) for key, rest in below.items()}
        return {key: value for key, value in made.items() if value is not ABSENT}
    return _applied_list(before, below) if isinstance(before, list) else before


def _applied_list(before: list[Any], below: dict[Any, list[Any]]) -> list[Any]:
    steps = {_index(before, step): step for step in below}
    kept = [
        _applied(item, below[steps[index]]) if index in steps else item
        for index, item in enumerate(before)
    ]
    made = [item for item in kept if item is not ABSENT]
    for step, changed in below.items():
        if _index(before, step) is None:
            place = step.after if isinstance(step, Position) else len(made)
            made.insert(place or 0, _applied(ABSENT, changed))
    return made


def _index(before: list[Any], step: Any) -> int | None:
    if isinstance(step, Position):
        return step.before
    assert isinstance(step, Item)
    fits = (all(_same(item.get(name), value) for name, value in step.key) for item in before)
    return next((index for index, fit in enumerate(fits) if fit), None)


def _same(one: Any, other: Any) -> bool:
    return type(one) is type(other) and bool(one == other)


def _sorted(value: Any) -> Any:
    """Lists without order: where an item was added is not part of a change."""
    if isinstance(value, dict):
        return {key: _sorted(item) for key, item in value.items()}
    if isinstance(value, list):
        return sorted((_sorted(item) for item in value), key=_text)
    return value


def _text(value: Any) -> str:
    return json.dumps(value, sort_keys=True)


@given(st.sampled_from(["data", "stringData"]), NAMES, st.booleans())
def test_no_output_holds_what_a_secret_holds(field: str, key: str, new: bool) -> None:
    secret = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "s"}, field: {key: HELD}}
    other = {**secret, field: {key: "c2hvcnQ="}}
    changes = compare([] if new else [other], [secret])
    found = Differences("a", "b", (), tuple(changes))
    text = "".join(
        span for line in differences_lines(found, 80, everything=True) for span, _ in line
    )
    assert changes
    assert HELD not in text + differences_json(found) + repr(changes)
