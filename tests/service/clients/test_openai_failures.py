"""How OpenAI's client tells what went wrong, tries again, and leaves."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import openai
import pytest

from tests.service.clients.conversations import ASK, PIXEL
from tests.service.clients.gateway import (
    BREAKING,
    FIRST_TOKEN_SECONDS,
    HANGING,
    KEY,
    LARGEST_BODY,
    MODEL,
    SLOW,
)
from tests.service.running import token

if TYPE_CHECKING:
    from openai import OpenAI
    from openai.types.chat import ChatCompletionChunk

    from tests.service.clients.passing import Sent
    from tests.service.running import Upstream

STATUSES: dict[int, tuple[type[openai.APIStatusError], int]] = {
    400: (openai.BadRequestError, 400),
    401: (openai.InternalServerError, 502),
    403: (openai.InternalServerError, 502),
    404: (openai.NotFoundError, 404),
    409: (openai.ConflictError, 409),
    422: (openai.UnprocessableEntityError, 422),
    429: (openai.RateLimitError, 429),
    500: (openai.InternalServerError, 500),
    503: (openai.InternalServerError, 503),
    529: (openai.InternalServerError, 503),
}
"""What the provider answers, and what the client makes of it. A key of the provider's that is
refused is no fault of the client's token."""


@pytest.fixture(autouse=True)
def settled(client: OpenAI, sent: Sent, upstream: Upstream) -> None:
    """No failure of an earlier test keeps the circuit of the model open."""
    client.chat.completions.create(model=MODEL, messages=ASK)
    sent.bodies.clear()
    upstream.reset()


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "stream"])
@pytest.mark.parametrize("status", STATUSES)
def test_a_failure_of_the_provider(
    status: int, stream: bool, client: OpenAI, upstream: Upstream
) -> None:
    kind, shown = STATUSES[status]
    upstream.control(mode="err", status=status)
    with pytest.raises(openai.APIStatusError) as raised:
        client.chat.completions.create(model=MODEL, messages=ASK, stream=stream)
    assert type(raised.value) is kind
    assert raised.value.status_code == shown
    assert raised.value.request_id
    assert KEY not in str(raised.value)


def test_a_failure_keeps_what_the_provider_said_of_it(client: OpenAI, upstream: Upstream) -> None:
    upstream.control(mode="err", status=429, message="Slow down.")
    with pytest.raises(openai.RateLimitError) as raised:
        client.chat.completions.create(model=MODEL, messages=ASK)
    assert "Slow down." in raised.value.message
    assert (raised.value.code, raised.value.type) == ("rate_limit_exceeded", "requests")


def test_a_bad_request(client: OpenAI, upstream: Upstream) -> None:
    with pytest.raises(openai.BadRequestError) as raised:
        client.chat.completions.create(model=MODEL, messages=ASK, temperature=3)
    assert raised.value.param == "temperature"
    assert raised.value.type == "invalid_request_error"
    assert upstream.stats()["requests"] == 0


@pytest.mark.parametrize(
    "key", ["sk-anything", token(seconds=-60)], ids=["no token", "an old token"]
)
def test_a_token_that_is_none(key: str, client: OpenAI, upstream: Upstream) -> None:
    with pytest.raises(openai.AuthenticationError) as raised:
        client.with_options(api_key=key).chat.completions.create(model=MODEL, messages=ASK)
    assert raised.value.code == "invalid_api_key"
    assert upstream.stats()["requests"] == 0


def test_a_model_that_is_not_there(client: OpenAI) -> None:
    with pytest.raises(openai.NotFoundError) as raised:
        client.chat.completions.create(model="gpt-99", messages=ASK)
    assert (raised.value.code, raised.value.param) == ("model_not_found", "model")


def test_a_model_that_is_looked_up_and_not_there(client: OpenAI) -> None:
    with pytest.raises(openai.NotFoundError) as raised:
        client.models.retrieve("gpt-99")
    assert raised.value.code == "model_not_found"


def test_an_api_that_is_not_there(client: OpenAI) -> None:
    with pytest.raises(openai.NotFoundError, match="/v1/responses"):
        client.responses.create(model=MODEL, input="Hello")


def test_a_request_that_is_too_large(client: OpenAI) -> None:
    picture = {"type": "image_url", "image_url": {"url": PIXEL + "A" * LARGEST_BODY}}
    messages: Any = [{"role": "user", "content": [picture]}]
    with pytest.raises(openai.APIStatusError) as raised:
        client.chat.completions.create(model=MODEL, messages=messages)
    assert raised.value.status_code == 413
    assert raised.value.type == "invalid_request_error"


def test_nonsense_of_the_provider(client: OpenAI, upstream: Upstream) -> None:
    upstream.control(mode="garbage")
    with pytest.raises(openai.InternalServerError) as raised:
        client.chat.completions.create(model=MODEL, messages=ASK)
    assert (raised.value.status_code, raised.value.code) == (502, "upstream_invalid")


def test_a_provider_that_is_silent(client: OpenAI, upstream: Upstream) -> None:
    started = time.monotonic()
    with pytest.raises(openai.InternalServerError) as raised:
        client.chat.completions.create(model=HANGING, messages=ASK, stream=True)
    assert (raised.value.status_code, raised.value.code) == (504, "upstream_timeout")
    assert time.monotonic() - started < FIRST_TOKEN_SECONDS + 1
    assert upstream.idle()["aborted"] == 1


def test_a_stream_that_breaks_is_an_error_and_no_end(client: OpenAI) -> None:
    stream = client.chat.completions.create(model=BREAKING, messages=ASK, stream=True)
    pieces: list[ChatCompletionChunk] = []
    with pytest.raises(openai.APIError, match="the connection to the provider was lost") as raised:
        pieces.extend(stream)
    assert raised.value.code == "upstream_lost"
    assert len(pieces) == 4


def test_a_failure_that_passes_is_tried_again(client: OpenAI, upstream: Upstream) -> None:
    upstream.control(seq=["mode=err,status=503"])
    patient = client.with_options(max_retries=2)
    assert patient.chat.completions.create(model=MODEL, messages=ASK).choices
    assert upstream.stats()["requests"] == 2


def test_a_stream_that_cannot_begin_is_tried_again(client: OpenAI, upstream: Upstream) -> None:
    upstream.control(seq=["mode=err,status=503"])
    patient = client.with_options(max_retries=2)
    assert list(patient.chat.completions.create(model=MODEL, messages=ASK, stream=True))
    assert upstream.stats()["requests"] == 2


def test_the_client_waits_as_long_as_the_provider_asks(client: OpenAI, upstream: Upstream) -> None:
    """By itself it would come back after half a second."""
    upstream.control(seq=["mode=err,status=429,retry_after=1"])
    started = time.monotonic()
    client.with_options(max_retries=1).chat.completions.create(model=MODEL, messages=ASK)
    assert 1 <= time.monotonic() - started < 2
    assert upstream.stats()["requests"] == 2


def test_a_bad_request_is_not_tried_again(client: OpenAI, upstream: Upstream) -> None:
    upstream.control(mode="err", status=400)
    with pytest.raises(openai.BadRequestError):
        client.with_options(max_retries=2).chat.completions.create(model=MODEL, messages=ASK)
    assert upstream.stats()["requests"] == 1


def test_a_client_that_gives_up_frees_the_provider(client: OpenAI, upstream: Upstream) -> None:
    with pytest.raises(openai.APITimeoutError):
        client.with_options(timeout=0.2).chat.completions.create(model=HANGING, messages=ASK)
    assert upstream.idle()["aborted"] == 1


def test_a_stream_that_is_closed_frees_the_provider(client: OpenAI, upstream: Upstream) -> None:
    stream = client.chat.completions.create(model=SLOW, messages=ASK, stream=True)
    next(stream)
    stream.close()
    assert upstream.idle()["aborted"] == 1


def test_leaving_the_block_of_a_stream_frees_the_provider(
    client: OpenAI, upstream: Upstream
) -> None:
    with client.chat.completions.stream(model=SLOW, messages=ASK) as stream:
        next(iter(stream))
    assert upstream.idle()["aborted"] == 1
