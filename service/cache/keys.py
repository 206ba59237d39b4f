"""Where an answer lies in the cache."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

import orjson

if TYPE_CHECKING:
    from service.chat.request import ChatRequest
    from service.models.catalogue import Model

PREFIX = b"plate-llm:answer:1:"
"""The number changes with whatever would make old answers wrong."""

_APART = frozenset(
    {
        "model",
        "user",
        "metadata",
        "store",
        "safety_identifier",
        "prompt_cache_key",
        "prompt_cache_retention",
    }
)
"""Fields that leave the answer as it is. The model counts by its own name, not by an alias."""


def cache_key(
    model: Model, request: ChatRequest, tenant: str, *, opted_in: bool = False
) -> bytes | None:
    """The key of a request's answer, or None where it is to be asked for anew.

    That is where chance plays a part in it (a temperature other than 0), unless the client
    `opted_in`; and where the provider is to store it, which a cached answer would not do.
    Requests share a key that differ in the order of their objects' fields alone. `tenant` is ""
    where tenants share answers.
    """
    body = request.body
    if body.get("store") or not (opted_in or _temperature(model, request) == 0):
        return None
    parameters = {name: value for name, value in body.items() if name not in _APART}
    asked = (model.provider, model.upstream, model.name, dict(model.defaults), tenant, parameters)
    canonical = orjson.dumps(asked, option=orjson.OPT_SORT_KEYS)
    return PREFIX + sha256(canonical).hexdigest().encode()


def _temperature(model: Model, request: ChatRequest) -> object:
    """What the provider is asked with; None where it picks one of its own."""
    if "temperature" in model.refuses:
        return None
    temperature = request.body.get("temperature")
    return model.defaults.get("temperature") if temperature is None else temperature
