"""One model of LLM_MODELS."""

from __future__ import annotations

import re
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from service.settings.kinds import Kind, refusal

PROVIDERS = ("openai", "openai-compatible", "anthropic", "langchain", "builtin")
BUILT_IN = ("builtin:echo", "builtin:echo-slow")

_NAME = re.compile(r"[!-~]{1,200}")
_FACTORY = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)+")
_PARAMETER = re.compile(r"[a-z][a-z0-9_]*")


def check_spec(spec: str) -> str:
    """A model as `<provider>:<model>`. Raises where the provider is none of ours."""
    provider, _, model = spec.partition(":")
    if provider not in PROVIDERS or not model:
        raise refusal(f"must be <provider>:<model>, with a provider of {', '.join(PROVIDERS)}")
    if not _NAME.fullmatch(model):
        raise refusal("must name a model of at most 200 characters, without spaces")
    if provider == "builtin" and spec not in BUILT_IN:
        raise refusal(f"has two built-in models: {' and '.join(BUILT_IN)}")
    if provider == "langchain" and not _FACTORY.fullmatch(model):
        raise refusal("must be langchain:<package>.<module>.<factory>")
    return spec


def _check_name(name: str) -> str:
    if not _NAME.fullmatch(name):
        raise refusal("must be a name of at most 200 characters, without spaces")
    return name


def _check_parameter(name: str) -> str:
    if not _PARAMETER.fullmatch(name):
        raise refusal("must be the name of a parameter, such as temperature")
    return name


Spec = Annotated[str, AfterValidator(check_spec), Kind("string", "<provider>:<model>")]
Name = Annotated[str, AfterValidator(_check_name)]
Parameter = Annotated[str, AfterValidator(_check_parameter)]


class ModelEntry(BaseModel):
    """A model that clients may ask for, as a text `<provider>:<model>` or as an object.

    The object's keys are camelCase: the chart's values are written into the variable as they are,
    where null means that a key is not there.
    """

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid", hide_input_in_errors=True)

    name: Name = ""
    """What clients call it; what stands after the provider where it is left out."""
    model: Spec
    aliases: tuple[Name, ...] = Field((), strict=False)
    """Further names."""
    max_tokens: int | None = Field(None, alias="maxTokens", ge=1)
    """Tokens of one answer: what a client gets that asks for none, and the most it may ask for."""
    temperature: float | None = Field(None, ge=0, le=2)
    """What a client gets that asks for none."""
    refuses: tuple[Parameter, ...] = Field((), strict=False)
    """Parameters that the model does not take."""
    stream_usage: bool = Field(True, alias="streamUsage")
    """Whether it may be asked to count the tokens of a stream."""
    requests_per_minute: int = Field(0, alias="requestsPerMinute", ge=0)
    """For each subject; 0 is no limit beside the general one."""
    tokens_per_minute: int = Field(0, alias="tokensPerMinute", ge=0)
    """For each subject; 0 is no limit beside the general one."""

    @model_validator(mode="before")
    @classmethod
    def _from_text(cls, entry: Any) -> Any:
        if isinstance(entry, str):
            entry = {"model": entry}
        if not isinstance(entry, dict):
            raise refusal("must be <provider>:<model> or an object with that as its `model`")
        given = {key: value for key, value in entry.items() if value is not None}
        if "name" not in given and isinstance(given.get("model"), str):
            given["name"] = given["model"].partition(":")[2] or "unnamed"
        return given

    @property
    def provider(self) -> str:
        """One of `PROVIDERS`."""
        return self.model.partition(":")[0]

    @property
    def upstream(self) -> str:
        """The provider's own name of the model; for `langchain` the factory."""
        return self.model.partition(":")[2]

    @property
    def names(self) -> tuple[str, ...]:
        """Everything that clients may call it; `name` is the first."""
        return (self.name, *self.aliases)
