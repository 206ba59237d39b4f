"""What a setting may be, and the sentence that says so.

A sentence never repeats a value: a key that was put into the wrong variable must not get into the
log of a failed start.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import NoneType, UnionType
from typing import TYPE_CHECKING, Any, Literal, Union, get_args, get_origin

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
    kind, bare = _kind(field), _without_none(field.annotation)
    if kind is not None:
        return kind.word
    if get_origin(bare) is tuple:
        return "json"
    return {bool: "boolean", int: "integer", float: "number"}.get(bare, "string")


def must_be(field: FieldInfo) -> str:
    """What a field's value must be, for the sentence `must be ...`."""
    kind, bare = _kind(field), _without_none(field.annotation)
    if kind is not None:
        return kind.must_be
    if get_origin(bare) is Literal:
        return _either([str(choice) for choice in get_args(bare)])
    if get_origin(bare) is tuple:
        return "a JSON list of texts" if get_args(bare)[0] is str else "a JSON list"
    if bare in (int, float):
        return ("a whole number" if bare is int else "a number") + _range(field)
    return "true or false" if bare is bool else "a text"


def is_secret(field: FieldInfo) -> bool:
    """Whether the whole value is a secret; `CACHE_URL` only holds one."""
    return _without_none(field.annotation) is SecretStr and word(field) != "url"


def _kind(field: FieldInfo) -> Kind | None:
    return next((item for item in field.metadata if isinstance(item, Kind)), None)


def _without_none(annotation: Any) -> Any:
    if get_origin(annotation) in (Union, UnionType):
        return next(part for part in get_args(annotation) if part is not NoneType)
    return annotation


def _range(field: FieldInfo) -> str:
    low = next((f"{bound.ge:g}" for bound in field.metadata if isinstance(bound, Ge)), None)
    above = next((f"{bound.gt:g}" for bound in field.metadata if isinstance(bound, Gt)), None)
    high = next((_plain(bound.le) for bound in field.metadata if isinstance(bound, Le)), None)
    if low is not None:
        return f" from {low} to {high}" if high else f" of at least {low}"
    if above is not None:
        return f" over {above}" + (f" and at most {high}" if high else "")
    return ""


def _plain(bound: Any) -> str:
    return str(bound)


def _either(choices: list[str]) -> str:
    return " or ".join([", ".join(choices[:-1]), choices[-1]] if len(choices) > 1 else choices)
