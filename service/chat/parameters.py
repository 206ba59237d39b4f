"""Which parameters a model takes: the client's are refused or dropped, the operator's left out."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from service.errors import BadRequest

if TYPE_CHECKING:
    from collections.abc import Mapping

ALWAYS_TAKEN = frozenset({"messages", "model", "stream", "stream_options"})
"""What this service itself sees to."""

NAMED_MODELS = frozenset({"openai", "openai-compatible", "anthropic"})
"""Providers whose names of models tell what a model takes. Elsewhere a name is anybody's choice."""

OPENAI_MODEL = re.compile(r"(?:o(?P<series>\d)|gpt-(?P<generation>\d+))(?P<chat>-chat)?")
FIRST_REASONING_GPT = 5

CLAUDE_MODEL = re.compile(r"claude-(?:[a-z]+-)?(?P<major>\d+)(?:-(?P<minor>\d{1,2})(?!\d))?")
LAST_CLAUDE_WITH_TEMPERATURE = (4, 6)


def fit(
    body: Mapping[str, Any],
    supported: frozenset[str] | None,
    refuses: frozenset[str],
    *,
    drop: bool,
) -> tuple[dict[str, Any], tuple[str, ...]]:
    """The request without what its model cannot honour, and the names of what was left out.

    `supported` is what the provider takes (None: everything), `refuses` what the model does not.
    A null asks for nothing. Raises BadRequest unless such parameters are to be dropped.
    """
    fitting = dict(body)
    if supported is None and not refuses:
        return fitting, ()
    dropped = []
    for name, value in body.items():
        if value is None or name in ALWAYS_TAKEN:
            continue
        if name in refuses or (supported is not None and name not in supported):
            if not drop:
                raise _not_taken(name, "model" if name in refuses else "model's provider")
            del fitting[name]
            dropped.append(name)
    return fitting, tuple(dropped)


def defaults_for(
    model: str,
    provider: str,
    temperature: float | None,
    max_tokens: int | None,
    refuses: frozenset[str],
) -> dict[str, float | int]:
    """The operator's defaults as this model takes them; what it refuses is left out.

    `model` is the provider's name. A default must never be what fails a request, so that in
    doubt it is left out.
    """
    name = model.lower().rpartition("/")[2].removeprefix("ft:") if provider in NAMED_MODELS else ""
    defaults: dict[str, float | int] = {}
    if temperature is not None and _takes_temperature(name):
        defaults["temperature"] = temperature
    if max_tokens is not None:
        for limit in _token_limits(name):
            if limit not in refuses:
                defaults[limit] = max_tokens
                break
    return {name: value for name, value in defaults.items() if name not in refuses}


def _takes_temperature(name: str) -> bool:
    """Whether a model has a temperature to set.

    OpenAI's o1, o3, o4 ...: no [1]. gpt-5 and later: no [1, 2], but for gpt-5-chat [3]; gpt-5.1 to
    gpt-5.4 have one while they do not reason, which is for the client to say. Claude: up to 4.6
    yes, from Opus 4.7 on none has [4, 5].

    [1] https://github.com/leafo/lua-openai/issues/12, for gpt-5 nextlevelbuilder/goclaw#211: the
        errors that OpenAI answers
    [2] langchain-openai 1.7.3, data/_profiles.py
    [3] langchain-openai 1.7.3, chat_models/base.py, validate_temperature
    [4] https://platform.claude.com/docs/en/about-claude/models/migration-guide
    [5] langchain-anthropic 1.7.7, data/_profiles.py
    """
    openai = OPENAI_MODEL.match(name)
    if openai is not None:
        return not _reasons(openai) or openai["chat"] is not None
    if "claude-" not in name:
        return True
    claude = CLAUDE_MODEL.search(name.replace(".", "-"))
    if claude is None:
        return False
    return (int(claude["major"]), int(claude["minor"] or 0)) <= LAST_CLAUDE_WITH_TEMPERATURE


def _token_limits(name: str) -> tuple[str, ...]:
    """What this model calls the limit of an answer, best first.

    Reasoning models of OpenAI have `max_completion_tokens` alone; much that speaks OpenAI's
    language has only heard of `max_tokens`.
    """
    openai = OPENAI_MODEL.match(name)
    if openai is not None and _reasons(openai):
        return ("max_completion_tokens",)
    return ("max_tokens", "max_completion_tokens")


def _reasons(openai: re.Match[str]) -> bool:
    return openai["series"] is not None or int(openai["generation"]) >= FIRST_REASONING_GPT


def _not_taken(name: str, who: str) -> BadRequest:
    return BadRequest(
        f"This {who} does not take {_shown(name)}. Leave it out, or have the operator set "
        "LLM_DROP_UNSUPPORTED, so that what a model does not take is dropped.",
        code="unsupported_parameter",
        param=_shown(name),
    )


def _shown(name: str) -> str:
    """A name that a client made up, as a message may repeat it: short, and on one line."""
    return "".join(letter if letter.isprintable() else "?" for letter in name[:100])
