"""Answers, their headers, and what each status of an error means."""

from __future__ import annotations

from typing import Any

from service.endpoints.schemas.vocabulary import Schema, ref

REQUEST_ID = "x-request-id"
RETRY_AFTER = "retry-after"
RATE_HEADERS = tuple(
    f"x-ratelimit-{what}-{unit}"
    for unit in ("requests", "tokens")
    for what in ("limit", "remaining", "reset")
)
CHAT_HEADERS = ("x-cache", "x-model", *RATE_HEADERS)

MEANINGS = {
    "400": "The request itself is wrong, or asks for what its model cannot do",
    "401": "No token, or one that does not verify",
    "403": "A token that does not cover this",
    "404": "No such model",
    "408": "The body did not arrive in time",
    "413": "Over a limit of size",
    "429": "Over a limit of rate, ours or the provider's",
    "500": "A fault of the service",
    "502": "The provider could not be reached, or gave nonsense",
    "503": "Too many requests at once, a setting that is missing, or a provider that is away",
    "504": "The provider was too slow",
    "4XX": "The provider refused the request",
    "5XX": "The provider failed",
}


def answer(
    description: str, content: dict[str, Schema], headers: tuple[str, ...] = ()
) -> dict[str, Any]:
    """An answer by content type. It names its request, whatever else it tells."""
    return {
        "description": description,
        "headers": {
            name: {"$ref": f"#/components/headers/{name}"} for name in (REQUEST_ID, *headers)
        },
        "content": {kind: {"schema": schema} for kind, schema in content.items()},
    }


def errors(*statuses: str) -> dict[str, Any]:
    """The answers with these statuses, in OpenAI's form."""
    return {status: _error(status) for status in statuses}


def _error(status: str) -> dict[str, Any]:
    headers: tuple[str, ...] = ()
    if status == "401":
        headers = ("www-authenticate",)
    elif status == "429":
        headers = (RETRY_AFTER, *RATE_HEADERS)
    elif status == "503":
        headers = (RETRY_AFTER,)
    return answer(MEANINGS[status], {"application/json": ref("Error")}, headers)


def headers() -> dict[str, Any]:
    """Every header that an answer may have and that a client may want."""
    return {
        REQUEST_ID: _header("Names this request in the log; the client's own, where it sent one.")
        | {"required": True},
        "x-cache": {
            "description": "Where the answer is from; absent where nothing may be cached.",
            "schema": {"enum": ["hit", "miss", "shared"]},
        },
        "x-model": _header("The model that answered: the one asked, or one of its fallbacks."),
        RETRY_AFTER: _header("Seconds until another attempt makes sense.", "integer"),
        "www-authenticate": _header("How to authenticate."),
        "x-ratelimit-limit-requests": _header("Requests a minute.", "integer"),
        "x-ratelimit-remaining-requests": _header("Requests left.", "integer"),
        "x-ratelimit-reset-requests": _header("Time until all of them are back, as in `6s`."),
        "x-ratelimit-limit-tokens": _header("Tokens a minute.", "integer"),
        "x-ratelimit-remaining-tokens": _header("Tokens left.", "integer"),
        "x-ratelimit-reset-tokens": _header("Time until all of them are back, as in `6m0s`."),
    }


def _header(description: str, kind: str = "string") -> dict[str, Any]:
    return {"description": description, "schema": {"type": kind}}
