"""Reads and checks the body of a request for embeddings."""

from __future__ import annotations

from typing import Any

from service.chat.checks import Check, check_length, text, whole, word
from service.chat.document import MISSING, read_object, wrong_type, wrong_value
from service.errors import BadRequest

MOST_INPUTS = 2048
"""As OpenAI documents it: https://platform.openai.com/docs/api-reference/embeddings/create."""

INPUT = "a string, a list of strings, a list of tokens or a list of such lists"

CHECKS: dict[str, Check] = {
    "model": text,
    "encoding_format": word("float", "base64"),
    "dimensions": whole(1),
    "user": text,
}


def parse_embeddings(raw: bytes) -> dict[str, Any]:
    """The request that `raw` holds. Raises BadRequest."""
    body = read_object(raw)
    _check_input(body.get("input", MISSING))
    for field, check in CHECKS.items():
        value = body.get(field)
        if value is not None:
            check(value, field)
    return body


def _check_input(given: Any) -> None:
    if type(given) is list:
        check_length(given, "input", 1, None)
        kind = type(given[0])
        if kind is int:
            _check_tokens(given, "input")
            return
        check_length(given, "input", 1, MOST_INPUTS)
        for index, item in enumerate(given):
            place = f"input[{index}]"
            if type(item) is not kind:
                raise _unlike(place)
            _check_item(item, place)
    else:
        _check_text(given, "input")


def _check_item(item: Any, where: str) -> None:
    if type(item) is list:
        check_length(item, where, 1, None)
        _check_tokens(item, where)
    else:
        _check_text(item, where)


def _check_text(given: Any, where: str) -> None:
    if type(given) is not str:
        raise wrong_type(where, INPUT, given)
    if not given:
        raise wrong_value(where, "a string that is not empty", "an empty one")


def _check_tokens(tokens: list[Any], where: str) -> None:
    for index, token in enumerate(tokens):
        if type(token) is not int:
            raise wrong_type(f"{where}[{index}]", "a token, a whole number", token)
        if token < 0:
            raise wrong_value(f"{where}[{index}]", "a token, at least 0", "a smaller one")


def _unlike(where: str) -> BadRequest:
    return BadRequest(
        f"{where} must be of the kind of input[0]; input must be {INPUT}.",
        code="invalid_type",
        param=where,
    )
