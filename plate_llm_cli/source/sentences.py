"""What data does wrong, in sentences for people. None of them repeats a value: it may be a secret.

Imports pydantic, which takes 100 ms: only modules of models may import this one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from plate_llm_cli.source.model_fields import (
    all_names,
    description,
    field_names,
    format_place,
    model_at,
    places_of,
)
from plate_llm_cli.source.nodes import format_route
from plate_llm_cli.source.strict_types import FAULT
from plate_llm_cli.source.violations import (
    ModelViolation,
    ViolationKind,
    label,
    near_name,
    slip_of,
    type_name,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from pydantic_core import ErrorDetails

    from plate_llm_cli.source.model_fields import Place
    from plate_llm_cli.source.nodes import Route
    from plate_llm_cli.source.strict_model import StrictModel

_LISTED: Final = 12
"""Up to so many known names are worth printing."""

EXPECTED: Final = {
    "string_type": "text",
    "bool_type": "true or false",
    "int_type": "a whole number",
    "float_type": "a number",
    "list_type": "a list",
    "dict_type": "a mapping",
    "model_type": "a mapping",
}
"""pydantic's types of error that say which type was wanted."""

_QUOTES: Final = "Put it in quotes."
_NO_QUOTES: Final = "Write it without quotes."
_AS_LIST: Final = 'Write it as a list: every entry begins with "- ".'
_HELP: Final = {
    ("text", "a number"): _QUOTES,
    ("text", "true or false"): _QUOTES,
    ("true or false", "text"): _NO_QUOTES,
    ("a whole number", "text"): _NO_QUOTES,
    ("a number", "text"): _NO_QUOTES,
    ("a list", "text"): _AS_LIST,
    ("a list", "a mapping"): _AS_LIST,
}


def under(route: Route) -> str:
    """Where the fields of the mapping at `route` stand."""
    return f"under `{format_route(route)}`" if route else "at the top level"


def _there(place: Place) -> str:
    return f"under `{format_place(place)}`" if place else "at the top level"


def missing_field(model: type[StrictModel], route: Route) -> ModelViolation:
    """A field that has to be there is not."""
    message = f"`{route[-1]}` is missing {under(route[:-1])}"
    return ModelViolation(route, message, description(model, route), ViolationKind.MISSING_FIELD)


def unknown_field(model: type[StrictModel], route: Route) -> ModelViolation:
    """A field that the model does not know, at least not here."""
    name, parent = str(route[-1]), route[:-1]
    owner = model_at(model, parent)
    known = field_names(owner) if owner is not None else []
    places = [] if slip_of(name, known) else places_of(model, name, parent)
    if 0 < len(places) <= 2:
        message = f"`{name}` does not belong {under(parent)}"
        hint = f"It belongs {' or '.join(map(_there, places))}."
        return ModelViolation(route, message, hint, ViolationKind.MISPLACED_FIELD)
    message = f"there is no field `{name}` {under(parent)}"
    hint = _near_hint(model, name, parent, known)
    return ModelViolation(route, message, hint, ViolationKind.UNKNOWN_FIELD)


def _near_hint(model: type[StrictModel], name: str, parent: Route, known: list[str]) -> str:
    near = near_name(name, known)
    if near is not None:
        return f"Did you mean `{near}`?"
    elsewhere = slip_of(name, all_names(model))
    places = places_of(model, elsewhere, parent) if elsewhere else []
    if len(places) == 1:
        return f"Did you mean `{elsewhere}`? It belongs {_there(places[0])}."
    return f"Known here: {', '.join(known)}." if 0 < len(known) <= _LISTED else ""


def wrong_type(route: Route, kind: str, value: object) -> ModelViolation:
    """A value of another type than the one that pydantic's `kind` of error asks for."""
    found = "a fraction" if isinstance(value, float) and kind == "int_type" else type_name(value)
    message = f"{label(route)} must be {EXPECTED[kind]}, not {found}"
    hint = _HELP.get((EXPECTED[kind], found), "")
    return ModelViolation(route, message, hint, ViolationKind.WRONG_TYPE)


def _bound(words: str, key: str) -> Callable[[dict[str, Any]], str]:
    return lambda context: f"must be {words} {_as_written(context[key])}"


def _as_written(number: float) -> float:
    """A bound without the fraction that pydantic gives it."""
    return int(number) if number == int(number) else number


_SENTENCES: Final[dict[str, Callable[[dict[str, Any]], str]]] = {
    "greater_than": _bound("more than", "gt"),
    "greater_than_equal": _bound("at least", "ge"),
    "less_than_equal": _bound("at most", "le"),
    "too_short": lambda context: f"needs more entries: at least {context['min_length']}",
    "string_too_long": lambda context: f"must be at most {context['max_length']} characters long",
}


def bad_value(route: Route, error: ErrorDetails, *, is_key: bool) -> ModelViolation:
    """A value that the model's types refuse."""
    name = label(route, is_key=is_key)
    context = error.get("ctx", {})
    if error["type"] == FAULT:
        message = f"{name} {context['sentence']}"
        return ModelViolation(route, message, context["hint"], context["kind"])
    if error["type"] == "literal_error":
        return _not_in_list(route, context["expected"], error["input"])
    worded = _SENTENCES.get(error["type"])
    return ModelViolation(route, f"{name} {worded(context) if worded else error['msg']}")


def _not_in_list(route: Route, expected: str, value: object) -> ModelViolation:
    """`expected` is pydantic's list: `'a', 'b' or 'c'`."""
    options = expected.replace(" or ", ", ").replace("'", "").split(", ")
    words = "one of " if len(options) > 1 else ""
    near = near_name(value, options) if isinstance(value, str) else None
    hint = f"Did you mean `{near}`?" if near and len(options) > 1 else ""
    return ModelViolation(route, f"{label(route)} must be {words}{expected}", hint)
