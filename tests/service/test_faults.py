"""What a client sees when a provider misbehaves: status, time, and that nothing is left behind.

The whole table runs on both ways to OpenAI's API: with the client's bytes, and through LangChain.
"""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import httpx2
import pytest

from tests.service.running import Service, Upstream, metric

if TYPE_CHECKING:
    from collections.abc import Iterator

FIRST, STALL, TOTAL = 0.4, 0.3, 1.0
"""Seconds, as the service is told."""


@dataclass(frozen=True)
class Fault:
    """How the provider behaves, and what is seen of it. `seconds` is the longest it may take."""

    provider: str
    status: int
    code: str | None
    seconds: float = 0.5
    attempts: int = 1
    retry_after: str | None = None


ANSWERS = {
    "bad request": Fault("mode=err,status=400", 400, None),
    "refused key": Fault("mode=err,status=401", 502, "upstream_unauthorized"),
    "forbidden": Fault("mode=err,status=403", 502, "upstream_unauthorized"),
    "no such model": Fault("mode=err,status=404", 404, None),
    "too many": Fault("mode=err,status=429", 429, "rate_limit_exceeded", 1, 2),
    "too many, come later": Fault(
        "mode=err,status=429,retry_after=30", 429, "rate_limit_exceeded", retry_after="30"
    ),
    "broken": Fault("mode=err,status=500", 500, None, 1, 2),
    "unavailable": Fault("mode=err,status=503", 503, None, 1, 2),
    "overloaded": Fault("mode=err,status=529", 503, None, 1, 2),
    "redirect": Fault("mode=err,status=302", 502, None),
    "connection reset": Fault("mode=reset", 502, "upstream_lost", 1, 2),
    "garbage": Fault("mode=garbage", 502, "upstream_invalid", 1, 2),
}
WHOLE = {
    **ANSWERS,
    "hangs": Fault("mode=hang", 504, "upstream_timeout", TOTAL + 0.5),
    "cut in the body": Fault("mode=drop", 502, "upstream_lost", 1, 2),
    "slow headers": Fault("mode=slowheaders,drip=20", 504, "upstream_timeout", TOTAL + 0.5),
    "drips": Fault("mode=drip,drip=20", 504, "upstream_timeout", TOTAL + 0.5),
}
STREAMS = {
    **ANSWERS,
    "hangs": Fault("mode=hang", 504, "upstream_timeout", FIRST + 0.5),
    "another content type": Fault("mode=wrongtype", 502, "upstream_invalid", 1, 2),
    "cut at once": Fault("mode=drop,at=0", 502, "upstream_lost", 1, 2),
    "an error at once": Fault("mode=errstream,at=0", 502, None, 1, 2),
}
BROKEN_STREAMS = {
    "cut": Fault("mode=drop,at=3", 200, "upstream_lost"),
    "ends without [DONE]": Fault("mode=nodone,at=3", 200, "upstream_lost"),
    "half an event": Fault("mode=half,at=3", 200, "upstream_lost"),
    "an event that is no JSON": Fault("mode=badevent,at=3,itl=20", 200, "upstream_invalid"),
    "an error event": Fault("mode=errstream,at=3,itl=20", 200, None),
    "stalls": Fault("mode=stall,at=3", 200, "upstream_timeout", STALL + 0.5),
    "too slow on the whole": Fault("itl=100,n=600", 200, "upstream_timeout", TOTAL + 0.5),
}
EVERY_FAULT = {fault.provider: fault for fault in [*WHOLE.values(), *STREAMS.values()]} | {
    fault.provider: fault for fault in BROKEN_STREAMS.values()
}


def model(fault: Fault) -> str:
    """The name under which a fault can be asked for: a circuit breaker for each."""
    return fault.provider.replace("=", "-").replace(",", "_")


@pytest.fixture(scope="module", params=["auto", "off"])
def service(request: pytest.FixtureRequest, provider: Upstream) -> Iterator[Service]:
    names = [
        {"name": model(fault), "model": f"openai:fake:{fault.provider}"}
        for fault in EVERY_FAULT.values()
    ]
    started = Service(
        AUTH_MODE="none",
        LLM_MODEL_NAME="openai:fake",
        LLM_MODELS=json.dumps(names),
        LLM_BASE_URL=provider.origin + "/v1",
        LLM_PASSTHROUGH=str(request.param),
        LLM_RETRIES="1",
        LLM_FIRST_TOKEN_SECONDS=str(FIRST),
        LLM_STALL_SECONDS=str(STALL),
        LLM_TIMEOUT_SECONDS=str(TOTAL),
        OPENAI_API_KEY="sk-of-the-operator",
        CACHE_TTL_SECONDS="0",
    )
    yield started
    started.kill()
    assert started.other_output == []


@pytest.fixture(autouse=True)
def nothing_is_left_behind(service: Service, provider: Upstream) -> Iterator[None]:
    provider.control()
    provider.reset()
    yield
    provider.idle()
    assert metric(service, "plate_llm_in_flight_requests") == 0


def ask(service: Service, fault: Fault, *, stream: bool) -> tuple[httpx2.Response, float]:
    body: dict[str, Any] = {
        "model": model(fault),
        "messages": [{"role": "user", "content": "hi"}],
        "stream": stream,
    }
    started = time.monotonic()
    answer = httpx2.post(service.url + "/v1/chat/completions", json=body, timeout=10)
    return answer, time.monotonic() - started


def check_error(answer: httpx2.Response, fault: Fault) -> None:
    assert answer.status_code == fault.status, answer.text
    error = answer.json()["error"]
    assert set(error) == {"message", "type", "param", "code"}
    if fault.code is not None:
        assert error["code"] == fault.code
    assert answer.headers.get("retry-after") == fault.retry_after
    for private in ("sk-of-the-operator", "127.0.0.1", "Traceback"):
        assert private not in answer.text


@pytest.mark.parametrize("name", WHOLE)
def test_an_answer_that_fails(name: str, service: Service, provider: Upstream) -> None:
    fault = WHOLE[name]
    answer, seconds = ask(service, fault, stream=False)
    check_error(answer, fault)
    assert seconds < fault.seconds
    assert provider.idle()["requests"] == fault.attempts


@pytest.mark.parametrize("name", STREAMS)
def test_a_stream_that_fails_before_it_begins(
    name: str, service: Service, provider: Upstream
) -> None:
    fault = STREAMS[name]
    answer, seconds = ask(service, fault, stream=True)
    check_error(answer, fault)
    assert seconds < fault.seconds
    assert provider.idle()["requests"] == fault.attempts


@pytest.mark.parametrize("name", BROKEN_STREAMS)
def test_a_stream_that_breaks_ends_with_an_error_and_without_done(
    name: str, service: Service, provider: Upstream
) -> None:
    fault = BROKEN_STREAMS[name]
    answer, seconds = ask(service, fault, stream=True)
    events = [event.removeprefix("data: ") for event in answer.text.split("\n\n") if event]
    assert answer.status_code == 200
    assert "choices" in json.loads(events[0])
    error = json.loads(events[-1])["error"]
    if fault.code is not None:
        assert error["code"] == fault.code
    assert "[DONE]" not in events
    assert seconds < fault.seconds
    assert provider.idle()["requests"] == 1
