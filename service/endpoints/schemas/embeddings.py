"""The body and the answer of POST /v1/embeddings."""

from __future__ import annotations

from service.endpoints.schemas.vocabulary import (
    Schema,
    integer,
    listed,
    or_null,
    record,
    text,
    word,
)

MOST_INPUTS = 2048
COUNT = {"type": "integer", "minimum": 0}


def embeddings() -> dict[str, Schema]:
    """What is asked and what is given."""
    token = {"type": "integer", "minimum": 0}
    tokens = listed(token, minItems=1)
    many = {"minItems": 1, "maxItems": MOST_INPUTS}
    texts = [text(minLength=1), listed(text(minLength=1), **many)]
    request = {
        "model": or_null(text("One of /v1/models. Without it, the first of them answers.")),
        "input": {"anyOf": [*texts, tokens, listed(tokens, **many)]},
        "encoding_format": word("float", "base64"),
        "dimensions": integer(minimum=1),
        "user": text(),
    }
    vector = {"anyOf": [listed({"type": "number"}), text("Base64 of little-endian 32-bit floats.")]}
    item = record(
        {"object": word("embedding"), "index": COUNT, "embedding": vector},
        ("object", "index", "embedding"),
    )
    usage = record(
        {"prompt_tokens": COUNT, "total_tokens": COUNT}, ("prompt_tokens", "total_tokens")
    )
    return {
        "EmbeddingsRequest": record(request, ("input",)),
        "Embeddings": record(
            {"object": word("list"), "data": listed(item), "model": text(), "usage": usage},
            ("object", "data", "model"),
        ),
    }
