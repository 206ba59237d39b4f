"""OpenAI's client against a Claude: the whole way there and back, through LangChain."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import openai
import pytest

from tests.service.clients.anthropic_api import AnthropicApi
from tests.service.clients.conversations import (
    ASK,
    ASK_BOOK,
    ASK_PICTURE,
    ASK_WEATHER,
    PIXEL,
    ULYSSES,
    WEATHER,
    Book,
)
from tests.service.clients.gateway import MODES, api_key
from tests.service.providers.anthropic_stand_in import (
    KEY,
    MODEL,
    AnthropicStandIn,
    Failure,
    text,
    thinking,
    tool_use,
)
from tests.service.running import SECRET, Service

if TYPE_CHECKING:
    from collections.abc import Iterator

    import httpx2
    from openai import OpenAI

CLAUDE = "claude-sonnet-4-5"
UNSUPPORTED: dict[str, Any] = {
    "frequency_penalty": 0.5,
    "logit_bias": {"50256": -100},
    "logprobs": True,
    "metadata": {"job": "nightly"},
    "n": 2,
    "presence_penalty": 0.5,
    "seed": 7,
    "service_tier": "flex",
    "store": True,
}
FAILURES: dict[str, tuple[int, type[openai.APIStatusError], int]] = {
    "invalid_request_error": (400, openai.BadRequestError, 400),
    "authentication_error": (401, openai.InternalServerError, 502),
    "not_found_error": (404, openai.NotFoundError, 404),
    "rate_limit_error": (429, openai.RateLimitError, 429),
    "api_error": (500, openai.InternalServerError, 500),
    "overloaded_error": (529, openai.InternalServerError, 503),
}
"""Anthropic's word and status, and what OpenAI's client makes of it."""


@pytest.fixture(scope="module")
def anthropic() -> Iterator[AnthropicApi]:
    with AnthropicApi() as started:
        yield started


def start(mode: str, anthropic: AnthropicApi, **more: str) -> Service:
    return Service(
        ANTHROPIC_API_KEY=KEY,
        ANTHROPIC_BASE_URL=anthropic.server.url,
        AUTH_JWT_SECRET=SECRET,
        CACHE_TTL_SECONDS="0",
        LLM_MODEL_NAME=f"anthropic:{CLAUDE}",
        LLM_PASSTHROUGH=mode,
        LLM_RETRIES="0",
        **more,
    )


@pytest.fixture(scope="module", params=MODES)
def strict(request: pytest.FixtureRequest, anthropic: AnthropicApi) -> Iterator[Service]:
    """A service that refuses what a Claude does not take."""
    started = start(str(request.param), anthropic)
    yield started
    started.kill()
    assert started.other_output == []


@pytest.fixture(scope="module", params=MODES)
def dropping(request: pytest.FixtureRequest, anthropic: AnthropicApi) -> Iterator[Service]:
    """A service that leaves such things out."""
    started = start(str(request.param), anthropic, LLM_DROP_UNSUPPORTED="true")
    yield started
    started.kill()
    assert started.other_output == []


@pytest.fixture
def api(anthropic: AnthropicApi) -> AnthropicStandIn:
    return anthropic.reset()


@pytest.fixture
def claude(strict: Service, api: AnthropicStandIn, http: httpx2.Client) -> OpenAI:
    del api
    return openai.OpenAI(
        base_url=strict.url + "/v1", api_key=api_key(), http_client=http, max_retries=0
    )


def test_a_whole_answer(claude: OpenAI, api: AnthropicStandIn) -> None:
    answer = claude.chat.completions.create(
        model=CLAUDE, messages=ASK, max_tokens=50, temperature=0.3, stop=["END"], user="ann"
    )
    (choice,) = answer.choices
    assert (choice.message.content, choice.finish_reason) == ("Hello there", "stop")
    assert answer.model == MODEL
    assert answer.usage is not None
    assert (answer.usage.prompt_tokens, answer.usage.completion_tokens) == (11, 5)
    assert api.last == {
        "model": CLAUDE,
        "max_tokens": 50,
        "messages": [{"role": "user", "content": "Say something."}],
        "metadata": {"user_id": "ann"},
        "stop_sequences": ["END"],
        "temperature": 0.3,
    }


def test_instructions_of_the_developer(claude: OpenAI, api: AnthropicStandIn) -> None:
    claude.chat.completions.create(
        model=CLAUDE, messages=[{"role": "developer", "content": "Be brief."}, *ASK]
    )
    assert api.last["system"] == "Be brief."


def test_a_stream(claude: OpenAI) -> None:
    chunks = list(
        claude.chat.completions.create(
            model=CLAUDE, messages=ASK, stream=True, stream_options={"include_usage": True}
        )
    )
    *said, last = chunks
    assert "".join(chunk.choices[0].delta.content or "" for chunk in said) == "Hello there"
    assert said[-1].choices[0].finish_reason == "stop"
    assert last.usage is not None
    assert (last.usage.prompt_tokens, last.usage.completion_tokens) == (11, 5)


def test_a_stream_shows_no_usage_that_was_not_asked_for(claude: OpenAI) -> None:
    stream = claude.chat.completions.create(model=CLAUDE, messages=ASK, stream=True)
    assert not any("usage" in chunk.model_fields_set for chunk in stream)


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "stream"])
def test_a_tool_is_called_and_its_result_answered(
    stream: bool, claude: OpenAI, api: AnthropicStandIn
) -> None:
    api.blocks = [
        text("I look."),
        tool_use("toolu_1", "get_weather", city="Paris"),
        tool_use("toolu_2", "get_time", city="Paris"),
    ]
    api.stop_reason = "tool_use"
    message, finish = asked(claude, ASK_WEATHER, stream=stream)
    assert finish == "tool_calls"
    assert [(call.id, call.function.arguments) for call in message.tool_calls] == [
        ("toolu_1", '{"city":"Paris"}'),
        ("toolu_2", '{"city":"Paris"}'),
    ]
    api.blocks, api.stop_reason = [text("Sunny at noon.")], "end_turn"
    results: Any = [
        {"role": "tool", "tool_call_id": "toolu_1", "content": "sunny"},
        {"role": "tool", "tool_call_id": "toolu_2", "content": "noon"},
    ]
    answer, finish = asked(claude, [*ASK_WEATHER, message, *results], stream=stream)
    assert (answer.content, finish) == ("Sunny at noon.", "stop")
    check_history(api.last["messages"])


def asked(claude: OpenAI, messages: Any, *, stream: bool) -> tuple[Any, str]:
    """The message that answers, and why it ended."""
    if stream:
        with claude.chat.completions.stream(
            model=CLAUDE, messages=messages, tools=WEATHER
        ) as streamed:
            choice: Any = streamed.get_final_completion().choices[0]
    else:
        answer = claude.chat.completions.create(model=CLAUDE, messages=messages, tools=WEATHER)
        choice = answer.choices[0]
    return choice.message, choice.finish_reason


def check_history(turns: list[dict[str, Any]]) -> None:
    """The calls and their results, in Anthropic's words."""
    assert [turn["role"] for turn in turns] == ["user", "assistant", "user"]
    calls = [block for block in turns[1]["content"] if block["type"] == "tool_use"]
    assert [(call["id"], call["name"], call["input"]) for call in calls] == [
        ("toolu_1", "get_weather", {"city": "Paris"}),
        ("toolu_2", "get_time", {"city": "Paris"}),
    ]
    results = turns[2]["content"]
    assert [(result["type"], result["tool_use_id"]) for result in results] == [
        ("tool_result", "toolu_1"),
        ("tool_result", "toolu_2"),
    ]


def test_a_forced_tool(claude: OpenAI, api: AnthropicStandIn) -> None:
    claude.chat.completions.create(
        model=CLAUDE,
        messages=ASK_WEATHER,
        tools=WEATHER,
        tool_choice={"type": "function", "function": {"name": "get_time"}},
        parallel_tool_calls=False,
    )
    assert api.last["tool_choice"] == {
        "type": "tool",
        "name": "get_time",
        "disable_parallel_tool_use": True,
    }
    assert [tool["name"] for tool in api.last["tools"]] == ["get_weather", "get_time"]


def test_a_picture(claude: OpenAI, api: AnthropicStandIn) -> None:
    claude.chat.completions.create(model=CLAUDE, messages=ASK_PICTURE)
    words, picture = api.last["messages"][0]["content"]
    assert words == {"type": "text", "text": "What is this?"}
    assert picture["source"] == {
        "type": "base64",
        "media_type": "image/png",
        "data": PIXEL.partition(",")[2],
    }


def test_an_answer_by_a_schema(claude: OpenAI, api: AnthropicStandIn) -> None:
    api.blocks = [text(ULYSSES.model_dump_json())]
    answer = claude.chat.completions.parse(model=CLAUDE, messages=ASK_BOOK, response_format=Book)
    assert answer.choices[0].message.parsed == ULYSSES
    wanted = api.last["output_config"]["format"]
    assert wanted["type"] == "json_schema"
    assert set(wanted["schema"]["properties"]) == {"title", "pages"}


def test_thoughts_are_not_shown(claude: OpenAI, api: AnthropicStandIn) -> None:
    api.blocks = [thinking("Greet them."), text("Hello there")]
    message, _ = asked(claude, ASK, stream=True)
    assert message.content == "Hello there"


def test_an_answer_that_was_cut(claude: OpenAI, api: AnthropicStandIn) -> None:
    api.stop_reason = "max_tokens"
    answer = claude.chat.completions.create(model=CLAUDE, messages=ASK, max_completion_tokens=5)
    assert answer.choices[0].finish_reason == "length"


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "stream"])
@pytest.mark.parametrize("kind", FAILURES)
def test_a_failure_of_the_provider(
    kind: str, stream: bool, claude: OpenAI, api: AnthropicStandIn
) -> None:
    status, error, shown = FAILURES[kind]
    claude.chat.completions.create(model=CLAUDE, messages=ASK)  # closes the circuit again
    api.failure = Failure(status, kind, f"It is {kind}.", {"retry-after": "7"})
    with pytest.raises(openai.APIStatusError) as raised:
        claude.chat.completions.create(model=CLAUDE, messages=ASK, stream=stream)
    assert type(raised.value) is error
    assert raised.value.status_code == shown
    assert KEY not in str(raised.value)
    if shown in {429, 503}:
        assert raised.value.response.headers["retry-after"] == "7"
        assert f"It is {kind}." in raised.value.message


def test_a_stream_that_breaks_is_an_error_and_no_end(claude: OpenAI, api: AnthropicStandIn) -> None:
    api.breaks_at = 4
    stream = claude.chat.completions.create(model=CLAUDE, messages=ASK, stream=True)
    with pytest.raises(openai.APIError, match="Overloaded"):
        list(stream)


def test_a_client_that_gives_up_frees_the_provider(claude: OpenAI, api: AnthropicStandIn) -> None:
    api.hangs = True
    with pytest.raises(openai.APITimeoutError):
        claude.with_options(timeout=0.2).chat.completions.create(model=CLAUDE, messages=ASK)
    check_freed(api)


def test_a_stream_that_is_closed_frees_the_provider(claude: OpenAI, api: AnthropicStandIn) -> None:
    api.breaks_at, api.breaks = 4, "hang"
    stream = claude.chat.completions.create(model=CLAUDE, messages=ASK, stream=True)
    next(stream)
    stream.close()
    check_freed(api)


def check_freed(api: AnthropicStandIn) -> None:
    """The provider has nobody to answer any more."""
    end = time.monotonic() + 1
    while not api.left.is_set():
        assert time.monotonic() < end
        time.sleep(0.005)


@pytest.mark.parametrize("name", UNSUPPORTED)
def test_what_a_claude_does_not_take_is_refused(
    name: str, claude: OpenAI, api: AnthropicStandIn
) -> None:
    field: dict[str, Any] = {name: UNSUPPORTED[name]}
    with pytest.raises(openai.BadRequestError) as raised:
        claude.chat.completions.create(model=CLAUDE, messages=ASK, **field)
    assert (raised.value.code, raised.value.param) == ("unsupported_parameter", name)
    assert api.requests == []


def test_what_a_claude_does_not_take_is_dropped_where_the_operator_says_so(
    dropping: Service, api: AnthropicStandIn, http: httpx2.Client
) -> None:
    claude = openai.OpenAI(
        base_url=dropping.url + "/v1", api_key=api_key(), http_client=http, max_retries=0
    )
    fields: dict[str, Any] = UNSUPPORTED
    claude.chat.completions.create(model=CLAUDE, messages=ASK, max_tokens=5, **fields)
    assert api.last == {
        "model": CLAUDE,
        "max_tokens": 5,
        "messages": [{"role": "user", "content": "Say something."}],
    }


def test_embeddings_are_not_what_a_claude_has(claude: OpenAI) -> None:
    with pytest.raises(openai.BadRequestError) as raised:
        claude.embeddings.create(model=CLAUDE, input="a")
    assert raised.value.code == "unsupported_model"
