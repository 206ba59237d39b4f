"""The models that the service offers, as values name them.

Imports pydantic, which takes 100 ms: only modules of models may import this one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Final

from pydantic import PlainValidator, model_validator

from plate_llm_cli.source.strict_model import StrictModel, needed, optional
from plate_llm_cli.source.strict_types import TextForm, fault
from plate_llm_cli.source.violations import ViolationKind
from plate_llm_cli.values.quantities import Count, NumberOr, Positive, RealNumber

if TYPE_CHECKING:
    from pydantic import GetJsonSchemaHandler
    from pydantic.json_schema import JsonSchemaValue
    from pydantic_core import core_schema

_SPEC: Final = (
    "(?:openai|openai-compatible|anthropic):[!-~]{1,200}|builtin:echo|"
    r"langchain:[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)+"
)
_FORM: Final = "<provider>:<model>"
_HINT: Final = (
    "Providers are openai, openai-compatible, anthropic, langchain (langchain:package.factory) "
    "and builtin (builtin:echo)."
)

MODEL: Final = TextForm(_SPEC, _FORM, hint=_HINT, example="openai:gpt-4o-mini")
ModelSpec = Annotated[str, MODEL]
OptionalModelSpec = Annotated[
    str, TextForm(_SPEC, _FORM, hint=_HINT, example="openai:gpt-4o-mini", may_be_empty=True)
]
ModelName = Annotated[str, TextForm("[!-~]{1,200}", "a name of a model, without spaces")]
ParameterName = Annotated[
    str, TextForm("[a-z][a-z0-9_]*", "the name of a parameter", example="temperature")
]

_temperature = NumberOr(
    TextForm(r"[01](?:\.[0-9]+)?|2(?:\.0+)?", "a number from 0 to 2", may_be_empty=True),
    0,
    2,
    fractions=True,
)
_max_tokens = NumberOr(TextForm("[1-9][0-9]*", "a whole number from 1", may_be_empty=True), 1)
Temperature = Annotated[str | int | float, PlainValidator(_temperature), _temperature.schema]
"""How much chance a model leaves to its answers; "" leaves it to the service."""
MaxTokens = Annotated[str | int, PlainValidator(_max_tokens), _max_tokens.schema]
"""The longest answer; "" leaves it to the service."""


class ModelEntry(StrictModel):
    """A model that clients may ask for: <provider>:<model>, or a mapping with that and limits."""

    name: ModelName | None = optional("What clients call it; otherwise what follows the provider.")
    model: ModelSpec = needed("The model, as <provider>:<model>.")
    aliases: list[ModelName] | None = optional("Further names.")
    max_tokens: Positive | None = optional(
        "Tokens of one answer: what a client gets that asks for none, and the most it may ask for."
    )
    temperature: Annotated[float, RealNumber(2, least=0)] | None = optional(
        "Where the client sends none."
    )
    refuses: list[ParameterName] | None = optional("Parameters that the model does not take.")
    stream_usage: bool | None = optional("Whether it can count the tokens of a stream.")
    requests_per_minute: Count | None = optional("For each subject; 0 is no limit.")
    tokens_per_minute: Count | None = optional("For each subject; 0 is no limit.")

    @model_validator(mode="before")
    @classmethod
    def _from_text(cls, entry: object) -> object:
        if isinstance(entry, str):
            return {"model": MODEL.check(entry)}
        if isinstance(entry, dict):
            return entry
        sentence = "must be <provider>:<model>, or a mapping with that as its `model`"
        raise fault(sentence, _HINT, ViolationKind.WRONG_TYPE)

    @classmethod
    def __get_pydantic_json_schema__(
        cls, core: core_schema.CoreSchema, handler: GetJsonSchemaHandler, /
    ) -> JsonSchemaValue:
        reference = handler(core)
        text: dict[str, Any] = {"type": ["string", "object"], "pattern": MODEL.whole_pattern}
        handler.resolve_ref_schema(reference).update(text)
        return reference

    @property
    def names(self) -> list[str]:
        """Everything that clients may call it."""
        return [self.name or self.model.partition(":")[2], *(self.aliases or ())]
