"""Numbers that values hold, and the texts that may stand for one: 500m, 25%, a port's name.

Every type carries its constraint into JSON Schema. Source: Kubernetes' apimachinery
`api/resource` (quantities) and `util/intstr`.

Imports pydantic, which takes 100 ms: only modules of models may import this one.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Any, Final

from pydantic import PlainValidator, WithJsonSchema
from pydantic_core import core_schema

from plate_llm_cli.source.strict_types import TextForm, WholeNumber, fault
from plate_llm_cli.source.violations import ViolationKind

if TYPE_CHECKING:
    from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
    from pydantic.json_schema import JsonSchemaValue

Count = Annotated[int, WholeNumber(0)]
Positive = Annotated[int, WholeNumber(1)]
Percent = Annotated[int, WholeNumber(1)]
"""Of what a pod asks for; autoscaling may aim at more than 100."""
PortNumber = Annotated[int, WholeNumber(1, 65535)]

_QUANTITY: Final = TextForm(
    r"\+?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[numkMGTPE]|[KMGTPE]i|[eE][-+]?[0-9]{1,3})?",
    "a Kubernetes quantity such as 500m, 2 or 1Gi",
    hint="m is a thousandth, k, M and G are powers of 1000, Ki, Mi and Gi of 1024.",
)
_PERCENTAGE: Final = TextForm("(?:100|[1-9]?[0-9])%", 'a whole number or a percentage like "25%"')
_PORT: Final = TextForm(
    "[a-z0-9]*[a-z][a-z0-9]*(?:-[a-z0-9]+)*|[a-z0-9]+(?:-[a-z0-9]+)*-[a-z0-9]*[a-z][a-z0-9]*",
    "a port: a number from 1 to 65535, or its name",
    hint="A number goes without quotes; a name has at most 15 small letters, digits and -.",
    longest=15,
)

_FACTORS: Final = {
    **{suffix: Decimal(10) ** power for suffix, power in zip("num", (-9, -6, -3), strict=True)},
    **{suffix: Decimal(1000) ** (power + 1) for power, suffix in enumerate("kMGTPE")},
    **{f"{suffix}i": Decimal(1024) ** (power + 1) for power, suffix in enumerate("KMGTPE")},
}


@dataclass(frozen=True)
class RealNumber:
    """A number, whole or not, from `least` or above `above` up to `most`."""

    most: int
    least: int | None = None
    above: int | None = None

    def __get_pydantic_core_schema__(
        self, _source: Any, _handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        return core_schema.float_schema(
            strict=True, allow_inf_nan=False, ge=self.least, gt=self.above, le=self.most
        )

    def __get_pydantic_json_schema__(
        self, _core: core_schema.CoreSchema, _handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        bounds = {"minimum": self.least, "exclusiveMinimum": self.above, "maximum": self.most}
        return {"type": "number", **{key: n for key, n in bounds.items() if n is not None}}


Seconds = Annotated[float, RealNumber(86400, above=0)]
"""A time that is waited at most: up to a day, never none."""
WaitSeconds = Annotated[float, RealNumber(600, least=0)]
"""A time that is waited for sure."""
Share = Annotated[float, RealNumber(1, least=0)]
"""Of everything, from 0 to 1."""


class NumberOr:
    """A number from `least` to `most` (a whole one unless `fractions`), or a text of a form."""

    def __init__(
        self, form: TextForm, least: int = 0, most: int | None = None, *, fractions: bool = False
    ) -> None:
        self.form, self.least, self.most, self.fractions = form, least, most, fractions

    def __call__(self, value: object) -> object:
        """`value` itself. Raises the fault that says what it must be."""
        if isinstance(value, str):
            return self.form.check(value)
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise fault(f"must be {self.form.form}", self.form.hint, ViolationKind.WRONG_TYPE)
        if self._fits(value):
            return value
        raise fault(f"must be {self.form.form}", self.form.hint)

    def _fits(self, value: float) -> bool:
        if not math.isfinite(value) or (value != int(value) and not self.fractions):
            return False
        return self.least <= value and (self.most is None or value <= self.most)

    @property
    def schema(self) -> WithJsonSchema:
        """The same constraint in JSON Schema."""
        number = "number" if self.fractions else "integer"
        bounds = {"minimum": self.least, "maximum": self.most, "maxLength": self.form.longest}
        schema: dict[str, Any] = {"type": ["string", number], "pattern": self.form.whole_pattern}
        return WithJsonSchema(schema | {key: n for key, n in bounds.items() if n is not None})


_quantity = NumberOr(_QUANTITY, fractions=True)
_int_or_percent = NumberOr(_PERCENTAGE)
_port = NumberOr(_PORT, 1, 65535)

Quantity = Annotated[str | int | float, PlainValidator(_quantity), _quantity.schema]
"""CPU, memory, storage. A number is one too: `cpu: 1`."""
IntOrPercent = Annotated[str | int | float, PlainValidator(_int_or_percent), _int_or_percent.schema]
"""How many of a workload's pods, as budgets and roll-outs have it."""
Port = Annotated[str | int | float, PlainValidator(_port), _port.schema]
"""A container's port by number or by name."""


def quantity_value(quantity: str | float) -> Decimal:
    """The number that a Quantity stands for: cores or bytes."""
    text = str(quantity)
    for suffix in (text[-2:], text[-1:]):
        if suffix in _FACTORS:
            return Decimal(text.removesuffix(suffix)) * _FACTORS[suffix]
    return Decimal(text)
