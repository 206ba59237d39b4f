"""Embeddings in OpenAI's form: short vectors that depend on the input alone."""

from __future__ import annotations

import base64
import hashlib
import struct
from typing import Any

import orjson

Json = dict[str, Any]

DIMENSIONS = 8


def answer(body: Json) -> bytes:
    """The list of embeddings for `body`: a text, texts, a text's tokens or several texts'."""
    given = body.get("input", "")
    several = isinstance(given, list) and not all(isinstance(item, int) for item in given)
    inputs = given if several else [given]
    encoded = body.get("encoding_format") == "base64"
    data = [
        {"object": "embedding", "index": index, "embedding": _vector(item, body, encoded)}
        for index, item in enumerate(inputs)
    ]
    usage = {"prompt_tokens": len(inputs), "total_tokens": len(inputs)}
    found = {"object": "list", "data": data, "model": body.get("model", ""), "usage": usage}
    return orjson.dumps(found)


def _vector(item: Any, body: Json, encoded: bool) -> list[float] | str:
    count = body.get("dimensions") or DIMENSIONS
    digest = hashlib.shake_128(orjson.dumps(item)).digest(count)
    numbers = [byte / 256 for byte in digest]
    return base64.b64encode(struct.pack(f"<{count}f", *numbers)).decode() if encoded else numbers
