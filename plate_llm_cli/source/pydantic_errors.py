"""Data against a model: everything that pydantic finds, and what the model itself says.

Imports pydantic, which takes 100 ms: only modules of models may import this one.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from pydantic import ValidationError

from plate_llm_cli.source import sentences
from plate_llm_cli.source.model_fields import model_at
from plate_llm_cli.source.strict_model import SHAPE_ONLY, StrictModel

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pydantic_core import ErrorDetails

    from plate_llm_cli.source.nodes import Plain, Route
    from plate_llm_cli.source.violations import ModelViolation

UNKNOWN: Final = "extra_forbidden"
"""pydantic's type of error for a field that the model does not know."""


def violations_of(
    model: type[StrictModel], data: Plain, *, partial: bool = False
) -> list[ModelViolation]:
    """Everything that `model` forbids in `data`, in the order of the model's fields.

    With `partial` the data is one file of several: fields may be missing, except in the items of
    lists, and nothing is said about how fields go together.
    """
    cleaned = without_nulls(data)
    valid, errors = _validate(model, cleaned)
    found = [violation for error in errors for violation in _translate(model, error, partial)]
    if partial:
        return found
    if valid is not None:
        return list(_complaints(valid, (), set()))
    # What is wrong in one place must not hide what does not go together in another.
    wrong = [error for error in errors if error["type"] != "missing"]
    healed = _without(cleaned, {_removable(error) for error in wrong})
    removed = {_removable(error) for error in wrong if error["type"] != UNKNOWN}
    return found + list(_complaints_below(model, healed, (), removed))


def _complaints(valid: StrictModel, here: Route, removed: set[Route]) -> Iterator[ModelViolation]:
    """What the mappings say that are as they were; the others may miss what was removed."""
    for route, part in valid.parts(here):
        if not any(gone[: len(route)] == route for gone in removed):
            yield from (replace(found, route=route + found.route) for found in part.complaints())


def _complaints_below(
    model: type[StrictModel], data: Plain, here: Route, removed: set[Route]
) -> Iterator[ModelViolation]:
    """The complaints of the largest parts of `data`, which is at `here`, that are whole."""
    valid, _ = _validate(model, data)
    if valid is not None:
        yield from _complaints(valid, here, removed)
    elif isinstance(data, dict):
        for key, value in data.items():
            parts = [((key,), value), *(((key, step), item) for step, item in _items(value))]
            for step, part in parts:
                below = model_at(model, step)
                if below is not None and issubclass(below, StrictModel):
                    yield from _complaints_below(below, part, (*here, *step), removed)


def _items(value: Plain) -> Iterable[tuple[str | int, Plain]]:
    if isinstance(value, list):
        return enumerate(value)
    return value.items() if isinstance(value, dict) else ()


def without_nulls(data: Plain) -> Plain:
    """`data` without the keys that are null, which both Helm and Kubernetes take as not there."""
    if isinstance(data, dict):
        return {key: without_nulls(value) for key, value in data.items() if value is not None}
    if isinstance(data, list):
        return [without_nulls(item) for item in data]
    return data


def _validate(
    model: type[StrictModel], data: Plain
) -> tuple[StrictModel | None, list[ErrorDetails]]:
    """The shape only; the complaints are asked for once all of it is right."""
    try:
        valid = model.model_validate(data, context={SHAPE_ONLY: True}, by_alias=True, by_name=False)
    except ValidationError as error:
        return None, error.errors(include_url=False)
    return valid, []


def _without(data: Plain, routes: set[Route], here: Route = ()) -> Plain:
    """A copy of `data` without what is at `routes`; items of lists keep their places."""
    if isinstance(data, dict):
        kept = ((key, value) for key, value in data.items() if (*here, key) not in routes)
        return {key: _without(value, routes, (*here, key)) for key, value in kept}
    if isinstance(data, list):
        return [_without(item, routes, (*here, index)) for index, item in enumerate(data)]
    return data


def _removable(error: ErrorDetails) -> Route:
    """What to take away, so that the rest is whole: the field, or the list that it is in."""
    route = _route(error)
    while route and isinstance(route[-1], int):
        route = route[:-1]
    return route


def _route(error: ErrorDetails) -> Route:
    return error["loc"][:-1] if _is_key(error) else error["loc"]


def _is_key(error: ErrorDetails) -> bool:
    """True when the error is about a key itself, which pydantic marks by a last step."""
    return error["type"] != UNKNOWN and error["loc"][-1:] == ("[key]",)


def _translate(
    model: type[StrictModel], error: ErrorDetails, partial: bool
) -> Iterator[ModelViolation]:
    route = _route(error)
    kind = error["type"]
    if kind == UNKNOWN:
        yield sentences.unknown_field(model, route)
    elif kind == "missing":
        if not partial or any(isinstance(step, int) for step in route):
            yield sentences.missing_field(model, route)
    elif kind in sentences.EXPECTED:
        yield sentences.wrong_type(route, kind, error["input"])
    else:
        yield sentences.bad_value(route, error, is_key=_is_key(error))
