"""The base of every model: no unknown field, no coercion, names as Kubernetes spells them.

Imports pydantic, which takes 100 ms: only modules of models may import this one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, model_validator
from pydantic.alias_generators import to_camel

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Self

    from plate_llm_cli.source.nodes import Route
    from plate_llm_cli.source.violations import ModelViolation

SHAPE_ONLY = "shape-only"
"""Key of the validation context: leave out what is wrong between fields."""


class StrictModel(BaseModel):
    """A mapping with known fields. A field of null counts as not there."""

    model_config = ConfigDict(
        extra="forbid",
        strict=True,
        hide_input_in_errors=True,
        alias_generator=to_camel,
        validate_by_name=True,
        validate_by_alias=True,
        defer_build=True,
        protected_namespaces=(),
    )

    def complaints(self) -> Iterator[ModelViolation]:
        """What is wrong between the fields of this mapping; routes start at this mapping."""
        return iter(())

    def parts(self, route: Route = ()) -> Iterator[tuple[Route, StrictModel]]:
        """This mapping, which is at `route`, and all mappings below it, with their routes."""
        yield route, self
        for name, info in type(self).model_fields.items():
            yield from _parts(getattr(self, name), (*route, info.alias or name))

    @model_validator(mode="after")
    def _refuse_complaints(self, info: ValidationInfo) -> Self:
        if not (info.context and info.context.get(SHAPE_ONLY)):
            for found in self.complaints():
                raise ValueError(found.message)
        return self

    def as_plain(self) -> dict[str, Any]:
        """The data as Kubernetes reads it: its spelling of the names, nothing that is not set."""
        return self.model_dump(mode="json", by_alias=True, exclude_none=True)


def _parts(value: object, route: Route) -> Iterator[tuple[Route, StrictModel]]:
    if isinstance(value, StrictModel):
        yield from value.parts(route)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _parts(item, (*route, index))
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _parts(item, (*route, key))


def needed(about: str, **details: Any) -> Any:
    """A field without which the mapping means nothing."""
    return Field(description=about, **details)


def optional(about: str, **details: Any) -> Any:
    """A field that may be left out."""
    return Field(default=None, description=about, **details)
