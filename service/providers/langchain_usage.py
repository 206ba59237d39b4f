"""Counts of tokens, as LangChain and as OpenAI's API write them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from langchain_core.messages.ai import UsageMetadata

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from langchain_core.messages import BaseMessage
    from langchain_core.messages.ai import InputTokenDetails, OutputTokenDetails

    from service.exchange import Usage

CHARACTERS_PER_TOKEN = 4
"""Of English text, with the tokenizers in use; for estimates alone."""

_INPUT = (("audio", "audio_tokens"), ("cache_read", "cached_tokens"))
_OUTPUT = (("audio", "audio_tokens"), ("reasoning", "reasoning_tokens"))
"""LangChain's and OpenAI's words for the parts of a count."""


def to_langchain(usage: Any) -> UsageMetadata | None:
    """The `usage` of an OpenAI answer for LangChain; None where it is not counted."""
    if not isinstance(usage, dict):
        return None
    incoming, outgoing = _count(usage, "prompt_tokens"), _count(usage, "completion_tokens")
    counted = UsageMetadata(
        input_tokens=incoming, output_tokens=outgoing, total_tokens=incoming + outgoing
    )
    if details := _renamed(usage.get("prompt_tokens_details"), _INPUT):
        counted["input_token_details"] = cast("InputTokenDetails", details)
    if details := _renamed(usage.get("completion_tokens_details"), _OUTPUT):
        counted["output_token_details"] = cast("OutputTokenDetails", details)
    return counted


def to_openai(counted: UsageMetadata | None, usage: Usage) -> dict[str, Any]:
    """The `usage` of an answer, from what a model counted or else from the estimate in `usage`."""
    if counted is None:
        return _totals(usage)
    usage.input_tokens = counted["input_tokens"]
    usage.output_tokens = counted["output_tokens"]
    usage.estimated = False
    shown = _totals(usage)
    incoming: Mapping[str, Any] = counted.get("input_token_details") or {}
    outgoing: Mapping[str, Any] = counted.get("output_token_details") or {}
    if details := _openai_names(incoming, _INPUT):
        shown["prompt_tokens_details"] = details
    if details := _openai_names(outgoing, _OUTPUT):
        shown["completion_tokens_details"] = details
    return shown


def estimate(usage: Usage, messages: Iterable[BaseMessage], answer: int) -> None:
    """Write down what a model that does not count may have used. `answer` is in characters."""
    asked = sum(len(message.text) for message in messages)
    usage.input_tokens = -(-asked // CHARACTERS_PER_TOKEN)
    usage.output_tokens = -(-answer // CHARACTERS_PER_TOKEN)
    usage.estimated = True


def _totals(usage: Usage) -> dict[str, Any]:
    return {
        "prompt_tokens": usage.input_tokens,
        "completion_tokens": usage.output_tokens,
        "total_tokens": usage.total,
    }


def _count(counts: Mapping[str, Any], name: str) -> int:
    value = counts.get(name)
    return value if isinstance(value, int) else 0


def _renamed(details: Any, names: tuple[tuple[str, str], ...]) -> dict[str, int]:
    """OpenAI's details in LangChain's words."""
    if not isinstance(details, dict):
        return {}
    return {ours: details[theirs] for ours, theirs in names if isinstance(details.get(theirs), int)}


def _openai_names(details: Mapping[str, Any], names: tuple[tuple[str, str], ...]) -> dict[str, int]:
    return {theirs: details[ours] for ours, theirs in names if isinstance(details.get(ours), int)}
