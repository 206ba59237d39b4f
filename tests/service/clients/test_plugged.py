"""OpenAI's client against a chat model that an operator has plugged in."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import openai
import pytest

from tests.service.clients.gateway import MODES, api_key
from tests.service.running import SECRET, Service

if TYPE_CHECKING:
    from collections.abc import Iterator

    import httpx2
    from openai import OpenAI

MODEL = "loud"
ASK: Any = [{"role": "user", "content": "hello you"}]


@pytest.fixture(scope="module")
def notes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file in which the model's callback writes."""
    return tmp_path_factory.mktemp("plugged") / "notes.jsonl"


@pytest.fixture(scope="module", params=MODES)
def plugged(request: pytest.FixtureRequest, notes: Path) -> Iterator[Service]:
    started = Service(
        AUTH_JWT_SECRET=SECRET,
        CACHE_TTL_SECONDS="0",
        LLM_MODEL_NAME="langchain:plugged_model.shouting",
        LLM_MODELS=json.dumps([{"name": MODEL, "model": "langchain:plugged_model.shouting"}]),
        LLM_PASSTHROUGH=str(request.param),
        LLM_RETRIES="0",
        PLUGGED_MODEL_NOTES=str(notes),
        PYTHONPATH=str(Path(__file__).parent / "plugin"),
    )
    yield started
    started.kill()
    assert started.other_output == []


@pytest.fixture
def loud(plugged: Service, notes: Path, http: httpx2.Client) -> OpenAI:
    notes.write_text("", "utf-8")
    return openai.OpenAI(
        base_url=plugged.url + "/v1", api_key=api_key(), http_client=http, max_retries=0
    )


def noted(notes: Path) -> list[dict[str, Any]]:
    """What the callback has heard."""
    return [json.loads(line) for line in notes.read_text("utf-8").splitlines()]


def test_a_whole_answer(loud: OpenAI, notes: Path) -> None:
    answer = loud.chat.completions.create(model=MODEL, messages=ASK)
    assert answer.choices[0].message.content == "HELLO YOU AT 0.5"
    assert answer.choices[0].finish_reason == "stop"
    assert answer.model == MODEL
    assert answer.usage is not None
    assert (answer.usage.prompt_tokens, answer.usage.completion_tokens) == (2, 3)
    assert noted(notes) == [{"start": ["hello you"]}, {"end": "HELLO YOU AT 0.5"}]


def test_a_stream(loud: OpenAI, notes: Path) -> None:
    stream = loud.chat.completions.create(
        model=MODEL, messages=ASK, stream=True, stream_options={"include_usage": True}
    )
    *said, last = list(stream)
    assert "".join(chunk.choices[0].delta.content or "" for chunk in said) == "HELLO YOU AT 0.5 "
    assert last.usage is not None
    assert last.usage.completion_tokens > 0
    heard = "".join(event.get("token", "") for event in noted(notes))
    assert heard == "HELLO YOU AT 0.5 "
    assert noted(notes)[-1] == {"end": heard}


def test_a_parameter_that_the_model_has(loud: OpenAI) -> None:
    hot = loud.chat.completions.create(model=MODEL, messages=ASK, temperature=1.5)
    assert hot.choices[0].message.content == "HELLO YOU AT 1.5"
    same = loud.chat.completions.create(model=MODEL, messages=ASK)
    assert same.choices[0].message.content == "HELLO YOU AT 0.5"


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "stream"])
def test_a_parameter_that_the_model_has_not(stream: bool, loud: OpenAI, notes: Path) -> None:
    with pytest.raises(openai.BadRequestError) as raised:
        loud.chat.completions.create(model=MODEL, messages=ASK, seed=7, stream=stream)
    assert (raised.value.code, raised.value.param) == ("unsupported_parameter", "seed")
    assert noted(notes) == []


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "stream"])
def test_a_failure_of_the_model(stream: bool, loud: OpenAI) -> None:
    with pytest.raises(openai.InternalServerError) as raised:
        loud.chat.completions.create(model=MODEL, messages=ASK, temperature=2, stream=stream)
    assert (raised.value.status_code, raised.value.code) == (502, "upstream_failed")
    assert "sk-a-key-of-the-operator" not in str(raised.value)
