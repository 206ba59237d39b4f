"""What a setting may be, and the sentence that says so.

A sentence never repeats a value: a key that was put into the wrong variable must not get into the
log of a failed start.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import NoneType, UnionType
from typing import TYPE_CHECKING, Annotated, Any, Literal, Union, get_args, get_origin

from annotated_types import Ge, Gt, Le
from pydantic import SecretStr
from pydantic_core import PydanticCustomError

if TYPE_CHECKING:
    from pydantic.fields import FieldInfo

OWN = "setting"
"""The type of errors whose text is ours, and may be shown."""


@dataclass(frozen=True, slots=True)
class Kind:
    """Marks a type whose values are text. `word` is for the contract, `must_be` for messages."""

    word: str
    must_be: str


def refusal(must: str) -> PydanticCustomError:
    """What a validator raises. `must` goes on after the variable's name, and holds no value."""
    return PydanticCustomError(OWN, "{must}", {"must": must})


def word(field: FieldInfo) -> str:
    """The type of a field in the contract: string, url, boolean, integer, number or json."""
    bare, kind = _opened(field)
    if kind is not None:
        return kind.word
    if get_origin(bare) is tuple:
        return "json"
    return {bool: "boolean", int: "integer", float: "number"}.get(bare, "string")


def must_be(field: FieldInfo) -> str:
    """What a field's value must be, for the sentence `must be ...`."""
    bare, kind = _opened(field)
    if kind is not None:
        return kind.must_be
    if get_origin(bare) is Literal:
        return _either([str(choice) for choice in get_args(bare)])
    if get_origin(bare) is tuple:
        return "a JSON list"
    if bare in (int, float):
        return ("a whole number" if bare is int else "a number") + _range(field)
    return "true or false" if bare is bool else "a text"


def is_secret(field: FieldInfo) -> bool:
    """Whether the whole value is a secret. A URL may hold one, and may be shown without it."""
    return _opened(field)[0] is SecretStr and word(field) != "url"


def _opened(field: FieldInfo) -> tuple[Any, Kind | None]:
    """A field's type without None and annotations, and its mark."""
    bare, marks = field.annotation, list(field.metadata)
    if get_origin(bare) in (Union, UnionType):
        bare = next(part for part in get_args(bare) if part is not NoneType)
    if get_origin(bare) is Annotated:
        bare, *more = get_args(bare)
        marks += more
    return bare, next((mark for mark in marks if isinstance(mark, Kind)), None)


def _range(field: FieldInfo) -> str:
    bounds = {type(bound): bound for bound in field.metadata}
    low, above, high = (bounds.get(kind) for kind in (Ge, Gt, Le))
    if low is not None:
        return f" from {low.ge} to {high.le}" if high else f" of at least {low.ge}"
    return f" over {above.gt} and at most {high.le}" if above and high else ""


def _either(choices: list[str]) -> str:
    return f"{', '.join(choices[:-1])} or {choices[-1]}"
