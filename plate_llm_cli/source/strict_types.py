"""Building blocks for the types of models: each checks without coercion and says so in JSON Schema.

The patterns are the common ground of Python, Rust (pydantic, jsonschema_rs) and Go (Helm): no
look-around, no back-references, no classes that depend on Unicode.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from pydantic_core import PydanticCustomError, core_schema

from plate_llm_cli.source.violations import ViolationKind

if TYPE_CHECKING:
    from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
    from pydantic.json_schema import JsonSchemaValue

FAULT = "fault"
"""Type of the error that `fault` makes."""


def fault(
    sentence: str, hint: str = "", kind: ViolationKind = ViolationKind.BAD_VALUE
) -> PydanticCustomError:
    """The error for a validator to raise; `sentence` goes on after the name of the field."""
    context = {"sentence": sentence, "hint": hint, "kind": kind}
    return PydanticCustomError(FAULT, "{sentence}", context)


@dataclass(frozen=True, eq=False)
class TextForm:
    """A text that matches `pattern` as a whole. `form` completes "must be ..."."""

    pattern: str
    form: str
    longest: int | None = None
    example: str | None = None
    hint: str = ""
    may_be_empty: bool = False

    @cached_property
    def _compiled(self) -> re.Pattern[str]:
        return re.compile(self.whole_pattern)

    @property
    def whole_pattern(self) -> str:
        """The pattern with its anchors, as JSON Schema needs it."""
        return f"^(?:{self.pattern})?$" if self.may_be_empty else f"^(?:{self.pattern})$"

    def matches(self, text: str) -> bool:
        """True when `text` has this form."""
        if self.longest is not None and len(text) > self.longest:
            return False
        return self._compiled.fullmatch(text) is not None

    def check(self, text: str) -> str:
        """`text` itself. Raises the fault that says what it must be."""
        if not self.matches(text):
            raise fault(f"must be {self.form}", self.hint)
        return text

    def json_schema(self) -> dict[str, Any]:
        """The same constraint in JSON Schema."""
        schema: dict[str, Any] = {"type": "string", "pattern": self.whole_pattern}
        if self.longest is not None:
            schema["maxLength"] = self.longest
        if self.example is not None:
            schema["examples"] = [self.example]
        return schema

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        return core_schema.no_info_after_validator_function(self.check, handler(source))

    def __get_pydantic_json_schema__(
        self, core: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        return {**handler(core), **self.json_schema()}


@dataclass(frozen=True)
class WholeNumber:
    """An integer from `least` to `most`. 1.0 is one, as JSON has no other kind of number."""

    least: int | None = None
    most: int | None = None

    @staticmethod
    def _integral(value: object) -> object:
        return int(value) if isinstance(value, float) and value.is_integer() else value

    def __get_pydantic_core_schema__(
        self, _source: Any, _handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        bounds = core_schema.int_schema(strict=True, ge=self.least, le=self.most)
        return core_schema.no_info_before_validator_function(self._integral, bounds)

    def __get_pydantic_json_schema__(
        self, _core: core_schema.CoreSchema, _handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        bounds = {"minimum": self.least, "maximum": self.most}
        return {"type": "integer", **{key: n for key, n in bounds.items() if n is not None}}
