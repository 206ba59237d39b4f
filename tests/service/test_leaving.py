"""Clients that leave: the provider is left at once as well, whatever the answer was to be."""

from __future__ import annotations

import json
import socket
import time
from typing import TYPE_CHECKING

import httpx2
import pytest

from tests.service.running import Service, Upstream, metric

if TYPE_CHECKING:
    from collections.abc import Iterator

AT_ONCE = 0.5
"""Seconds, on a machine that is busy with other things."""
HANGING, ENDLESS = "openai:fake:mode=hang", "openai:fake:itl=5,n=100000"


@pytest.fixture(scope="module", params=["auto", "off"])
def service(request: pytest.FixtureRequest, provider: Upstream) -> Iterator[Service]:
    started = Service(
        AUTH_MODE="none",
        LLM_MODEL_NAME="openai:fake",
        LLM_MODELS=json.dumps(
            [{"name": "hanging", "model": HANGING}, {"name": "endless", "model": ENDLESS}]
        ),
        LLM_BASE_URL=provider.url,
        LLM_PASSTHROUGH=str(request.param),
        OPENAI_API_KEY="sk-x",
    )
    yield started
    started.kill()


@pytest.fixture(autouse=True)
def fresh(provider: Upstream) -> None:
    provider.control()
    provider.reset()


def request(model: str, *, stream: bool, content: str = "hi") -> bytes:
    body = json.dumps(
        {
            "model": model,
            "messages": [{"role": "user", "content": content}],
            "stream": stream,
            "temperature": 0,
        }
    ).encode()
    head = f"POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\ncontent-length: {len(body)}\r\n"
    return head.encode() + b"content-type: application/json\r\n\r\n" + body


def until(provider: Upstream, name: str, value: int) -> float:
    """Seconds until a count of the provider is this."""
    started = time.monotonic()
    while provider.stats()[name] != value:
        assert time.monotonic() - started < 3, provider.stats()
        time.sleep(0.002)
    return time.monotonic() - started


@pytest.mark.parametrize(
    ("model", "stream"), [("hanging", False), ("hanging", True), ("endless", True)]
)
def test_the_provider_is_left_at_once(
    model: str, stream: bool, service: Service, provider: Upstream
) -> None:
    with socket.create_connection(("127.0.0.1", service.port)) as client:
        client.sendall(request(model, stream=stream))
        until(provider, "in_flight", 1)
    assert until(provider, "aborted", 1) < AT_ONCE
    assert provider.idle()["in_flight"] == 0


def test_leaving_is_counted_and_logged_as_499(service: Service, provider: Upstream) -> None:
    series = 'plate_llm_requests_total{method="POST",route="/v1/chat/completions",status="499"}'
    try:
        before = metric(service, series)
    except ValueError:
        before = 0
    with socket.create_connection(("127.0.0.1", service.port)) as client:
        client.sendall(request("hanging", stream=False))
        until(provider, "in_flight", 1)
    until(provider, "aborted", 1)
    deadline = time.monotonic() + 2
    while metric(service, series) != before + 1:
        assert time.monotonic() < deadline


def test_a_half_sent_request_leaves_nothing_behind(service: Service, provider: Upstream) -> None:
    with socket.create_connection(("127.0.0.1", service.port)) as client:
        client.sendall(request("fake", stream=False)[:-5])
    assert httpx2.get(service.url + "/livez").status_code == 200
    assert provider.stats()["requests"] == 0


def test_one_of_two_that_share_an_answer_may_leave(service: Service, provider: Upstream) -> None:
    provider.control(ttft=150)
    with socket.create_connection(("127.0.0.1", service.port)) as first:
        first.sendall(request("fake", stream=False))
        until(provider, "in_flight", 1)
        with socket.create_connection(("127.0.0.1", service.port)) as second:
            second.sendall(request("fake", stream=False))
            time.sleep(0.03)
            first.close()
            answer = second.recv(65536)
    assert answer.startswith(b"HTTP/1.1 200")
    assert b"x-cache: shared" in answer
    assert provider.stats()["requests"] == 1


def test_many_streams_that_are_left_leave_nothing_behind(
    service: Service, provider: Upstream
) -> None:
    for number in range(100):
        with socket.create_connection(("127.0.0.1", service.port)) as client:
            client.sendall(request("endless", stream=True, content=str(number)))
            client.recv(100)
    until(provider, "aborted", 100)
    assert provider.idle()["connections"] == 1, "only the one that asks for the count"
    assert metric(service, "plate_llm_in_flight_requests") == 0


def test_tokens_of_a_shared_answer_are_counted_when_the_first_one_leaves(
    service: Service, provider: Upstream
) -> None:
    series = 'plate_llm_tokens_total{kind="output",model="fake",provider="openai"}'
    before = metric(service, series)
    provider.control(ttft=150)
    asked = request("fake", stream=False, content="counted")
    with socket.create_connection(("127.0.0.1", service.port)) as first:
        first.sendall(asked)
        until(provider, "in_flight", 1)
        with socket.create_connection(("127.0.0.1", service.port)) as second:
            second.sendall(asked)
            time.sleep(0.03)
            first.close()
            assert second.recv(65536).startswith(b"HTTP/1.1 200")
    assert metric(service, series) == before + 80
