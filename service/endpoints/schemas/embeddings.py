"""The body and the answer of POST /v1/embeddings."""

from __future__ import annotations

from service.endpoints.schemas.vocabulary import (
    Schema,
    listed,
    optional,
    record,
    text,
    whole,
    word,
)

MOST_INPUTS = 2048
COUNT = {"type": "integer", "minimum": 0}


def embeddings() -> dict[str, Schema]:
    """What is asked and what is given."""
    tokens = listed(whole(0), minItems=1)
    many = {"minItems": 1, "maxItems": MOST_INPUTS}
    texts = [text(minLength=1), listed(text(minLength=1), **many)]
    request = {
        "model": text("One of /v1/models. Without it, the first of them answers."),
        "encoding_format": word("float", "base64"),
        "dimensions": whole(1),
        "user": text(),
    }
    given = {"anyOf": [*texts, tokens, listed(tokens, **many)]}
    vector = {"anyOf": [listed({"type": "number"}), text("Base64 of little-endian 32-bit floats.")]}
    item = record(
        {"object": word("embedding"), "index": COUNT, "embedding": vector},
        ("object", "index", "embedding"),
    )
    usage = record(
        {"prompt_tokens": COUNT, "total_tokens": COUNT}, ("prompt_tokens", "total_tokens")
    )
    return {
        "EmbeddingsRequest": record({"input": given, **optional(request)}, ("input",)),
        "Embeddings": record(
            {"object": word("list"), "data": listed(item), "model": text(), "usage": usage},
            ("object", "data", "model"),
        ),
    }
