"""What is wrong with settings, by variable, without any value."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from service.settings import kinds
from service.settings.entries import ModelEntry

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pydantic import ValidationError
    from pydantic.fields import FieldInfo

_KEY = re.compile(r"[A-Za-z_]{1,40}")
"""A key of an object that may be shown; anything else may be a secret in the wrong place."""


class Problem(NamedTuple):
    """`variable` names it, for example LLM_MODELS[0].maxTokens; `text` goes on after a colon."""

    variable: str
    text: str


def problems(error: ValidationError, fields: Mapping[str, FieldInfo]) -> list[Problem]:
    """Pydantic's errors in our words."""
    return [_problem(item, fields) for item in error.errors(include_url=False, include_input=False)]


def _problem(error: Any, fields: Mapping[str, FieldInfo]) -> Problem:
    name, *inner = error["loc"]
    field = fields[name]
    if error["type"] == "missing" and not inner:
        return Problem(name.upper(), f"is needed: {field.description}")
    route = name.upper() + "".join(_step(step) for step in inner)
    return Problem(route, _text(error, _meant(field, inner), inner))


def _text(error: Any, field: FieldInfo | None, inner: list[Any]) -> str:
    if error["type"] == kinds.OWN:
        return str(error["ctx"]["must"])
    if error["type"] == "missing":
        return "is needed"
    if error["type"] == "extra_forbidden":
        known = (info.alias or name for name, info in ModelEntry.model_fields.items())
        return f"is not known; a model has {', '.join(known)}"
    if field is None or (inner and isinstance(inner[-1], int)):
        return "must be a text"
    return f"must be {kinds.must_be(field)}"


def _meant(field: FieldInfo, inner: list[Any]) -> FieldInfo | None:
    """The field that a path leads to; None where there is none."""
    if len(inner) < 2:
        return field
    by_key = {info.alias or name: info for name, info in ModelEntry.model_fields.items()}
    return by_key.get(inner[1])


def _step(step: Any) -> str:
    if isinstance(step, int):
        return f"[{step}]"
    return f".{step}" if _KEY.fullmatch(step) else ".<a key>"
