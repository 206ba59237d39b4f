"""Who answers, and with which model."""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from plate_llm_cli.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping


class Provider(StrEnum):
    """Whose models the service asks."""

    BUILTIN = "builtin"
    OPENAI = "openai"
    ANTHROPIC = "anthropic"


ECHO: Final = "builtin:echo"
"""Repeats what it is asked: no key, no cost, no network."""
BUILT_IN: Final = (ECHO, "builtin:echo-slow")
"""What the service has of its own."""
KEYS: Final = {Provider.OPENAI: "OPENAI_API_KEY", Provider.ANTHROPIC: "ANTHROPIC_API_KEY"}
_DEFAULTS: Final = {
    Provider.BUILTIN: ECHO,
    Provider.OPENAI: "openai:gpt-4o-mini",
    Provider.ANTHROPIC: "anthropic:claude-haiku-4-5",
}
_MODEL: Final = "LLM_MODEL_NAME"
_MODELS: Final = "LLM_MODELS"
FURTHER: Final = (_MODELS, "LLM_FALLBACK_MODELS")
"""The variables with models besides the default one; the second has names of the first."""


@dataclass(frozen=True, slots=True)
class Models:
    """The default model, and whether the further ones of the deployment stay."""

    default: str
    keep_others: bool


def models_for(provider: Provider, named: str, plain: Mapping[str, str]) -> Models:
    """What `provider` answers with: `named` by the person, the deployment's own, or a usual one.

    `plain` are the deployment's settings. Its further models stay where all of them are the
    provider's: there is no key for others.

    Raises:
        UsageError: `named` is of another provider, or none of the built-in one's.
    """
    own = plain.get(_MODEL, "")
    prefix = f"{provider}:"
    if named:
        given, colon, _ = named.partition(":")
        if colon and given != provider and given in list(Provider):
            raise UsageError(
                f"--model {named} is none of --provider {provider}",
                f"--provider {given} --model {named}",
            )
        default = named if named.startswith(prefix) else f"{prefix}{named}"
        if provider is Provider.BUILTIN and default not in BUILT_IN:
            raise UsageError(
                f"--model {named}: the built-in provider has {' and '.join(BUILT_IN)}",
                f"--provider openai --model {named} asks a real one, with your key",
            )
    else:
        default = own if own.startswith(prefix) else _DEFAULTS[provider]
    return Models(default, default == own and _all_of(prefix, plain))


def _all_of(prefix: str, plain: Mapping[str, str]) -> bool:
    try:
        entries = json.loads(plain.get(_MODELS) or "[]")
    except ValueError:
        entries = None
    if not isinstance(entries, list):
        return True  # the service says what is wrong with it
    if not isinstance(entries, list):
        return True  # as above
    specs = [entry.get("model", "") if isinstance(entry, dict) else entry for entry in entries]
    return all(str(spec).startswith(prefix) for spec in specs)
