"""What OpenAI's client makes of the service's answers."""

from __future__ import annotations

import time
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import openai
import pytest

from tests.service.clients.conversations import (
    ASK,
    ASK_BOOK,
    ASK_PICTURE,
    ASK_WEATHER,
    ULYSSES,
    WEATHER,
    Book,
)
from tests.service.clients.gateway import HOUSE_MODEL, MODEL, OTHER_MODEL, PACED, PROVIDER_NAMES

if TYPE_CHECKING:
    from collections.abc import Iterable

    from openai import OpenAI
    from openai.types.chat import ChatCompletionChunk

    from tests.service.running import Upstream


def text_of(chunks: Iterable[ChatCompletionChunk], index: int = 0) -> str:
    """What one choice of a stream says."""
    choices = [choice for chunk in chunks for choice in chunk.choices if choice.index == index]
    return "".join(choice.delta.content or "" for choice in choices)


def test_a_whole_answer(client: OpenAI, upstream: Upstream) -> None:
    upstream.control(words=4)
    answer = client.chat.completions.create(model=MODEL, messages=ASK)
    (choice,) = answer.choices
    assert answer.object == "chat.completion"
    assert answer.model == MODEL
    assert answer.system_fingerprint == "fp_fake"
    assert (choice.message.role, choice.message.content) == ("assistant", "the quick brown fox")
    assert choice.finish_reason == "stop"
    assert answer.usage is not None
    assert (answer.usage.prompt_tokens, answer.usage.completion_tokens) == (17, 4)
    assert answer.usage.prompt_tokens_details is not None


def test_several_choices(client: OpenAI) -> None:
    answer = client.chat.completions.create(model=MODEL, messages=ASK, n=2)
    assert [choice.index for choice in answer.choices] == [0, 1]


def test_log_probabilities(client: OpenAI, upstream: Upstream) -> None:
    upstream.control(words=2)
    answer = client.chat.completions.create(
        model=MODEL, messages=ASK, logprobs=True, top_logprobs=1
    )
    logprobs = answer.choices[0].logprobs
    assert logprobs is not None
    assert logprobs.content is not None
    assert [entry.token for entry in logprobs.content] == ["the", "quick"]
    assert logprobs.content[0].top_logprobs[0].logprob == -0.25


def test_a_picture(client: OpenAI) -> None:
    answer = client.chat.completions.create(model=MODEL, messages=ASK_PICTURE)
    assert answer.choices[0].message.content


def test_a_stream(client: OpenAI, upstream: Upstream) -> None:
    upstream.control(n=3)
    with client.chat.completions.create(model=MODEL, messages=ASK, stream=True) as stream:
        chunks = list(stream)
    assert text_of(chunks) == "the quick brown "
    assert chunks[0].choices[0].delta.role == "assistant"
    assert [chunk.choices[0].finish_reason for chunk in chunks] == [None, None, None, None, "stop"]
    assert {chunk.object for chunk in chunks} == {"chat.completion.chunk"}
    assert len({chunk.id for chunk in chunks}) == 1


def test_a_stream_shows_no_usage_that_was_not_asked_for(client: OpenAI) -> None:
    stream = client.chat.completions.create(model=MODEL, messages=ASK, stream=True)
    assert not any("usage" in chunk.model_fields_set for chunk in stream)


def test_a_stream_shows_usage_that_was_asked_for(client: OpenAI, upstream: Upstream) -> None:
    upstream.control(n=3)
    stream = client.chat.completions.create(
        model=MODEL, messages=ASK, stream=True, stream_options={"include_usage": True}
    )
    *others, last = list(stream)
    assert last.choices == []
    assert last.usage is not None
    assert (last.usage.prompt_tokens, last.usage.completion_tokens) == (17, 3)
    assert [chunk.usage for chunk in others] == [None] * 5


def test_a_stream_of_several_choices(client: OpenAI, upstream: Upstream) -> None:
    upstream.control(n=2)
    chunks = list(client.chat.completions.create(model=MODEL, messages=ASK, stream=True, n=2))
    assert text_of(chunks, 0) == text_of(chunks, 1) == "the quick "


def test_a_stream_with_log_probabilities(client: OpenAI, upstream: Upstream) -> None:
    upstream.control(n=1)
    stream = client.chat.completions.create(
        model=MODEL, messages=ASK, stream=True, logprobs=True, top_logprobs=2
    )
    logprobs = next(
        choice.logprobs for chunk in stream for choice in chunk.choices if choice.logprobs
    )
    assert logprobs.content is not None
    assert [entry.token for entry in logprobs.content] == ["the "]
    assert len(logprobs.content[0].top_logprobs) == 2


def test_a_stream_comes_piece_by_piece(client: OpenAI) -> None:
    """The provider takes 25 ms for each of 12 pieces."""
    stream = client.chat.completions.create(model=PACED, messages=ASK, stream=True)
    times = [time.monotonic() for _ in stream]
    gaps = [after - before for before, after in pairwise(times)]
    assert sum(gap > 0.01 for gap in gaps) >= 4


def test_a_stream_that_is_read_as_lines(client: OpenAI) -> None:
    with client.chat.completions.with_streaming_response.create(
        model=MODEL, messages=ASK, stream=True
    ) as response:
        lines = [line for line in response.iter_lines() if line]
    assert response.headers["content-type"] == "text/event-stream; charset=utf-8"
    assert response.request_id
    assert all(line.startswith("data: ") for line in lines)
    assert lines[-1] == "data: [DONE]"


def test_a_whole_answer_that_is_read_as_a_stream(client: OpenAI) -> None:
    with client.chat.completions.with_streaming_response.create(
        model=MODEL, messages=ASK
    ) as response:
        assert response.headers["content-type"] == "application/json"
        assert response.parse().choices[0].message.content


def test_an_answer_has_an_id_of_its_request(client: OpenAI) -> None:
    first = client.chat.completions.with_raw_response.create(model=MODEL, messages=ASK)
    second = client.chat.completions.with_raw_response.create(model=MODEL, messages=ASK)
    assert first.headers["x-request-id"] == first.parse()._request_id
    assert first.headers["x-request-id"] != second.headers["x-request-id"]
    assert first.headers["x-model"] == MODEL


def test_the_clients_own_id_comes_back(client: OpenAI) -> None:
    answer = client.chat.completions.create(
        model=MODEL, messages=ASK, extra_headers={"x-request-id": "mine-1"}
    )
    assert answer._request_id == "mine-1"


def test_a_tool_is_called_and_its_result_answered(client: OpenAI) -> None:
    first = client.chat.completions.create(model=MODEL, messages=ASK_WEATHER, tools=WEATHER)
    message = first.choices[0].message
    assert first.choices[0].finish_reason == "tool_calls"
    assert message.tool_calls is not None
    (call,) = message.tool_calls
    assert call.type == "function"
    assert (call.function.name, call.function.arguments) == ("get_weather", '{"city":"Paris"}')
    result: Any = {"role": "tool", "tool_call_id": call.id, "content": "sunny"}
    history: Any = [*ASK_WEATHER, message, result]
    second = client.chat.completions.create(model=MODEL, messages=history, tools=WEATHER)
    assert second.choices[0].finish_reason == "stop"
    assert second.choices[0].message.content


def test_tools_are_called_in_parallel(client: OpenAI, upstream: Upstream) -> None:
    upstream.control(calls=2)
    answer = client.chat.completions.create(model=MODEL, messages=ASK_WEATHER, tools=WEATHER)
    calls = answer.choices[0].message.tool_calls
    assert calls is not None
    assert [call.id for call in calls] == ["call_fake0001", "call_fake0002"]


def test_streamed_calls_of_tools_add_up(client: OpenAI, upstream: Upstream) -> None:
    upstream.control(calls=2)
    with client.chat.completions.stream(model=MODEL, messages=ASK_WEATHER, tools=WEATHER) as stream:
        events = list(stream)
    message = stream.get_final_completion().choices[0].message
    assert message.tool_calls is not None
    assert [(call.id, call.function.arguments) for call in message.tool_calls] == [
        ("call_fake0001", '{"city":"Paris"}'),
        ("call_fake0002", '{"city":"Paris"}'),
    ]
    assert sum(event.type == "tool_calls.function.arguments.done" for event in events) == 2


def test_an_answer_by_a_schema(client: OpenAI) -> None:
    answer = client.chat.completions.parse(model=MODEL, messages=ASK_BOOK, response_format=Book)
    assert answer.choices[0].message.parsed == ULYSSES


def test_an_answer_by_a_schema_under_the_clients_older_name(client: OpenAI) -> None:
    answer = client.beta.chat.completions.parse(
        model=MODEL, messages=ASK_BOOK, response_format=Book
    )
    assert answer.choices[0].message.parsed == ULYSSES


def test_a_stream_by_a_schema(client: OpenAI) -> None:
    with client.chat.completions.stream(
        model=MODEL, messages=ASK_BOOK, response_format=Book
    ) as stream:
        kinds = {event.type for event in stream}
    assert stream.get_final_completion().choices[0].message.parsed == ULYSSES
    assert {"chunk", "content.delta", "content.done"} <= kinds


def test_arguments_of_a_tool_by_a_schema(client: OpenAI) -> None:
    tools: Any = [openai.pydantic_function_tool(Book)]
    answer = client.chat.completions.parse(model=MODEL, messages=ASK_BOOK, tools=tools)
    calls = answer.choices[0].message.tool_calls
    assert calls is not None
    assert calls[0].function.parsed_arguments == ULYSSES


def test_an_answer_by_a_schema_that_was_cut(client: OpenAI, upstream: Upstream) -> None:
    upstream.control(finish="length")
    with pytest.raises(openai.LengthFinishReasonError):
        client.chat.completions.parse(model=MODEL, messages=ASK_BOOK, response_format=Book)


def test_the_models(client: OpenAI) -> None:
    listed = [model.id for model in client.models.list()]
    assert listed[:2] == [MODEL, OTHER_MODEL]
    assert set(listed) == {*PROVIDER_NAMES, "house-model"} - {HOUSE_MODEL}


def test_one_model(client: OpenAI) -> None:
    model = client.models.retrieve(OTHER_MODEL)
    assert (model.id, model.object, model.owned_by) == (OTHER_MODEL, "model", "openai")


def test_one_model_by_its_alias(client: OpenAI) -> None:
    assert client.models.retrieve(HOUSE_MODEL).id == "house-model"


def test_embeddings_as_the_client_asks_by_itself(client: OpenAI, upstream: Upstream) -> None:
    """It asks for base64 and decodes it."""
    answer = client.embeddings.create(model=MODEL, input=["a", "b"])
    assert '"encoding_format":"base64"' in upstream.last()["body"]
    assert [len(one.embedding) for one in answer.data] == [8, 8]
    assert answer.usage.total_tokens == 2


def test_embeddings_as_numbers_are_the_same(client: OpenAI) -> None:
    encoded = client.embeddings.create(model=MODEL, input="a")
    numbers = client.embeddings.create(model=MODEL, input="a", encoding_format="float")
    assert encoded.data[0].embedding == numbers.data[0].embedding


def test_embeddings_of_tokens_with_all_fields(client: OpenAI) -> None:
    answer = client.embeddings.create(
        model=MODEL, input=[[1, 2], [3]], dimensions=4, encoding_format="float", user="ann",
        extra_body={"input_type": "query"},
    )  # fmt: skip
    assert [len(one.embedding) for one in answer.data] == [4, 4]
