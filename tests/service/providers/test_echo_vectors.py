"""Embeddings of the built-in provider."""

from __future__ import annotations

import base64
import math
import struct
from typing import Any

import orjson
import pytest

from service.chat.request import ChatRequest
from service.errors import BadRequest
from service.providers.base import Call
from service.providers.echo import EchoProvider

ECHO = EchoProvider()


def asked(**body: Any) -> Call:
    request = ChatRequest(raw=b"", body=body, stream=False, include_usage=False)
    return Call(request, "echo", body, None, "r1")


async def embedded(given_input: Any, **fields: Any) -> list[Any]:
    document = orjson.loads(await ECHO.embed(asked(input=given_input, **fields)))
    assert [item["index"] for item in document["data"]] == list(range(len(document["data"])))
    return [item["embedding"] for item in document["data"]]


async def test_a_vector_has_the_length_one() -> None:
    for vector in await embedded(["a cat", "", "a b c d e f g h"]):
        assert len(vector) == 256
        assert math.isclose(math.sqrt(sum(value * value for value in vector)), 1)


async def test_a_text_has_the_same_vector_each_time() -> None:
    assert await embedded("a cat") == await embedded(["A  cat"])


async def test_texts_that_share_words_are_near() -> None:
    cat, kitten, ship = await embedded(["the cat sleeps", "the cat eats", "ships sail away"])

    def nearness(one: list[float], other: list[float]) -> float:
        return sum(a * b for a, b in zip(one, other, strict=True))

    assert nearness(cat, kitten) > 0.5 > abs(nearness(cat, ship))


async def test_tokens_are_embedded_like_words() -> None:
    assert await embedded([1, 2]) == await embedded("1 2")
    assert await embedded([[1], [2, 3]]) == await embedded(["1", "2 3"])


async def test_a_vector_has_as_many_dimensions_as_were_asked_for() -> None:
    (vector,) = await embedded("a cat", dimensions=3)

    assert len(vector) == 3


async def test_too_many_dimensions_are_refused() -> None:
    with pytest.raises(BadRequest) as caught:
        await embedded("a", dimensions=4097)

    assert caught.value.param == "dimensions"


async def test_a_vector_in_base64_is_the_vector() -> None:
    (plain,) = await embedded("a cat", dimensions=4)
    (packed,) = await embedded("a cat", dimensions=4, encoding_format="base64")

    unpacked = struct.unpack("<4f", base64.b64decode(packed))
    assert unpacked == pytest.approx(plain, abs=1e-6)


async def test_embeddings_count_their_words() -> None:
    document = orjson.loads(await ECHO.embed(asked(input=["a b", "c"])))

    assert document["usage"] == {"prompt_tokens": 3, "total_tokens": 3}
    assert (document["object"], document["model"]) == ("list", "echo")
