"""The fields of a chat completion request beside its messages: their types and ranges.

As OpenAI documents them (https://platform.openai.com/docs/api-reference/chat/create). A further
field is a line in `CHECKS`; one that is not there goes on unchecked.
"""

from __future__ import annotations

from typing import Any

from service.chat.checks import (
    NUMBERS,
    Check,
    check_required,
    fields,
    listed,
    name,
    number,
    one_of,
    record,
    switch,
    text,
    variants,
    whole,
    word,
)
from service.chat.document import kind, wrong_type, wrong_value
from service.errors import BadRequest

MOST_TOOLS = 128
MOST_STOPS = 4
MOST_BIAS = 100
MOST_PAIRS = 16
LONGEST_KEY = 64
LONGEST_VALUE = 512
"""Characters of a pair of metadata."""

TOOL_MODES = ("none", "auto", "required")
FORMATS = ("text", "json_object", "json_schema")


def _stop(value: Any, where: str) -> None:
    if type(value) is str:
        return
    if type(value) is not list:
        raise wrong_type(where, f"a string or a list of 1 to {MOST_STOPS} strings", value)
    _stops(value, where)


def _logit_bias(value: Any, where: str) -> None:
    record(value, where)
    for bias in value.values():
        if type(bias) not in NUMBERS or not -MOST_BIAS <= bias <= MOST_BIAS:
            expected = f"an object of numbers from {-MOST_BIAS} to {MOST_BIAS}"
            raise wrong_value(where, expected, f"{kind(bias)} in it")


def _metadata(value: Any, where: str) -> None:
    record(value, where)
    if len(value) > MOST_PAIRS:
        raise wrong_value(where, f"an object of at most {MOST_PAIRS} pairs", f"{len(value)}")
    expected = f"an object of strings, names up to {LONGEST_KEY} and values up to {LONGEST_VALUE}"
    for key, held in value.items():
        if type(held) is not str:
            raise wrong_type(where, expected, held)
        if len(key) > LONGEST_KEY or len(held) > LONGEST_VALUE:
            raise wrong_value(where, f"{expected} characters long", "a longer one")


def _choice_of(*modes: str, named: Check) -> Check:
    expected = f"{one_of(modes)} or an object that names one"

    def check(value: Any, where: str) -> None:
        if type(value) is dict:
            named(value, where)
        elif type(value) is not str:
            raise wrong_type(where, expected, value)
        elif value not in modes:
            raise wrong_value(where, expected, "another string")

    return check


def _response_format(value: Any, where: str) -> None:
    record(value, where)
    check_required(value, where, "type", _format)
    if value["type"] == "json_schema":
        check_required(value, where, "json_schema", _schema)


_format = word(*FORMATS)
_stops = listed(text, 1, MOST_STOPS)
_named = fields({"name": name}, {})
_function = fields({"name": name}, {"description": text, "parameters": record, "strict": switch})
_schema = fields({"name": name}, {"description": text, "schema": record, "strict": switch})
_tool = variants({"function": fields({"function": _function}, {})})
_penalty = number(-2, 2)
_tokens = whole(1)

CHECKS: dict[str, Check] = {
    "model": text,
    "temperature": number(0, 2),
    "top_p": number(0, 1),
    "n": whole(1, 128),
    "max_tokens": _tokens,
    "max_completion_tokens": _tokens,
    "presence_penalty": _penalty,
    "frequency_penalty": _penalty,
    "seed": whole(),
    "stop": _stop,
    "stream": switch,
    "stream_options": fields({}, {"include_usage": switch}),
    "tools": listed(_tool, 0, MOST_TOOLS),
    "tool_choice": _choice_of(
        *TOOL_MODES, named=variants({"function": fields({"function": _named}, {})})
    ),
    "parallel_tool_calls": switch,
    "functions": listed(_function, 0, MOST_TOOLS),
    "function_call": _choice_of("none", "auto", named=_named),
    "response_format": _response_format,
    "logprobs": switch,
    "top_logprobs": whole(0, 20),
    "logit_bias": _logit_bias,
    "modalities": listed(text, 0),
    "audio": record,
    "prediction": record,
    "reasoning_effort": text,
    "user": text,
    "metadata": _metadata,
    "service_tier": text,
    "store": switch,
}


def check_fields(body: dict[str, Any]) -> None:
    """Check each field of a request, and those that need each other. Raises BadRequest."""
    for field, value in body.items():
        if value is not None:
            check = CHECKS.get(field)
            if check is not None:
                check(value, field)
    if body.get("stream_options") is not None and not body.get("stream"):
        raise _needs("stream_options", "stream is true")
    if body.get("top_logprobs") is not None and not body.get("logprobs"):
        raise _needs("top_logprobs", "logprobs is true")
    choice = body.get("tool_choice")
    if choice not in (None, "none", "auto"):
        _check_tool_choice(choice, body.get("tools") or ())


def _check_tool_choice(choice: str | dict[str, Any], tools: Any) -> None:
    """`required` needs tools; a function that is named is one of them."""
    if not tools:
        raise _needs("tool_choice", "there are tools")
    if choice == "required" or not isinstance(choice, dict) or choice["type"] != "function":
        return
    wanted = choice["function"]["name"]
    if all(tool["type"] != "function" or tool["function"]["name"] != wanted for tool in tools):
        raise wrong_value("tool_choice.function.name", "the name of one of tools", "another one")


def _needs(field: str, condition: str) -> BadRequest:
    return BadRequest(
        f"{field} is only allowed when {condition}.", code="invalid_value", param=field
    )
