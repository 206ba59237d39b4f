from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

from service.errors import BadRequest, Overloaded, RequestTimeout, TooLarge
from service.limits.budget import ByteBudget, Hold
from service.web import body
from service.web.body import ClientGoneError, read_json_body

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

LIMIT = 2**20
HOLD = Hold(ByteBudget(2**40))


def scope(**headers: str) -> dict[str, Any]:
    pairs = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return {"type": "http", "headers": pairs}


def receiving(*pieces: bytes, gone: bool = False) -> Callable[[], Awaitable[dict[str, Any]]]:
    messages: list[dict[str, Any]] = [
        {"type": "http.request", "body": piece, "more_body": gone or number + 1 < len(pieces)}
        for number, piece in enumerate(pieces)
    ]
    if gone:
        messages.append({"type": "http.disconnect"})

    async def receive() -> dict[str, Any]:
        return messages.pop(0)

    return receive


async def test_a_body_in_one_piece() -> None:
    assert await read_json_body(scope(), receiving(b"{}"), LIMIT, HOLD) == b"{}"


async def test_a_body_in_pieces() -> None:
    assert await read_json_body(scope(), receiving(b"[", b"1", b"]"), LIMIT, HOLD) == b"[1]"


async def test_a_length_over_the_limit_is_refused_before_anything_is_read() -> None:
    with pytest.raises(TooLarge, match="larger than 1 MiB"):
        await read_json_body(scope(content_length=str(LIMIT + 1)), receiving(), LIMIT, HOLD)


async def test_the_limit_holds_without_a_length() -> None:
    with pytest.raises(TooLarge):
        await read_json_body(scope(), receiving(b"x" * LIMIT, b"x", b"x"), LIMIT, HOLD)


async def test_a_body_of_just_the_limit_is_read() -> None:
    whole = b"x" * LIMIT
    assert await read_json_body(scope(), receiving(whole), LIMIT, HOLD) == whole


@pytest.mark.parametrize(
    "kind", ["application/json", "application/json; charset=utf-8", "application/vnd.api+JSON"]
)
async def test_content_types_that_are_json(kind: str) -> None:
    assert await read_json_body(scope(content_type=kind), receiving(b"{}"), LIMIT, HOLD) == b"{}"


@pytest.mark.parametrize(
    ("headers", "code"),
    [
        ({"content_type": "application/x-www-form-urlencoded"}, "unsupported_content_type"),
        ({"content_type": "text/plain"}, "unsupported_content_type"),
        ({"content_encoding": "gzip"}, "unsupported_content_encoding"),
    ],
)
async def test_other_bodies_are_refused(headers: dict[str, str], code: str) -> None:
    with pytest.raises(BadRequest) as raised:
        await read_json_body(scope(**headers), receiving(), LIMIT, HOLD)
    assert raised.value.code == code


async def test_a_client_that_leaves_in_the_middle() -> None:
    with pytest.raises(ClientGoneError):
        await read_json_body(scope(), receiving(b"{", gone=True), LIMIT, HOLD)


async def test_a_body_that_does_not_come_to_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(body, "READ_SECONDS", 0.02)

    async def drip() -> dict[str, Any]:
        await asyncio.sleep(0.005)
        return {"type": "http.request", "body": b"x", "more_body": True}

    with pytest.raises(RequestTimeout):
        await read_json_body(scope(), drip, LIMIT, HOLD)


async def test_large_bodies_together_find_no_room() -> None:
    budget = ByteBudget(10)
    first, second = Hold(budget), Hold(budget)
    await read_json_body(scope(), receiving(b"x" * 4, b"x" * 4), LIMIT, first)
    with pytest.raises(Overloaded):
        await read_json_body(scope(), receiving(b"x" * 3), LIMIT, second)
    first.release()
    second.release()
    assert budget.held == 0


async def test_a_length_that_is_only_promised_takes_no_room() -> None:
    budget = ByteBudget(10)
    hold = Hold(budget)
    await read_json_body(scope(content_length="1000"), receiving(b"x"), LIMIT, hold)
    assert budget.held == 1
