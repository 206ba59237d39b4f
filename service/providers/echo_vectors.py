"""Embeddings of the built-in provider: texts that share words have vectors that are near."""

from __future__ import annotations

import base64
import math
import struct
from hashlib import blake2b
from typing import Any

DIMENSIONS = 256
MOST_DIMENSIONS = 4096
PLACES = "<8I"


def inputs(given: Any) -> list[str]:
    """What is to be embedded, each as a text; a token counts as a word."""
    if isinstance(given, str):
        return [given]
    if isinstance(given[0], int):
        return [_words(given)]
    return [item if isinstance(item, str) else _words(item) for item in given]


def vector(text: str, dimensions: int) -> list[float]:
    """A vector of length 1. Each word has its places in it, and so has a text without words."""
    values = [0.0] * dimensions
    for word in text.lower().split() or [text]:
        # Several places, so that two words that share one do not cancel each other out.
        for place in struct.unpack(PLACES, blake2b(word.encode(), digest_size=32).digest()):
            values[(place >> 1) % dimensions] += 1.0 if place & 1 else -1.0
    length = math.sqrt(sum(value * value for value in values))
    if not length:
        return [1.0, *values[1:]]
    return [value / length for value in values]


def encoded(values: list[float]) -> str:
    """Little-endian 32-bit floats in base64, as OpenAI writes them."""
    return base64.b64encode(struct.pack(f"<{len(values)}f", *values)).decode()


def _words(tokens: list[int]) -> str:
    return " ".join(map(str, tokens))
