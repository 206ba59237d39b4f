"""The end of a pod: not ready, what runs is finished, exit code 0, and no request is lost."""

from __future__ import annotations

import signal
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import httpx2

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.service.running import Service, Upstream

    Start = Callable[..., Service]

CHAT = "/v1/chat/completions"
QUESTION: dict[str, Any] = {"messages": [{"role": "user", "content": "hi"}], "temperature": 0.5}


def settings(provider: Upstream, **more: str) -> dict[str, str]:
    return {
        "AUTH_MODE": "none",
        "LLM_MODEL_NAME": "openai:fake",
        "LLM_BASE_URL": provider.url,
        "OPENAI_API_KEY": "sk-x",
        **more,
    }


def test_an_idle_service_ends_at_once_with_0(service: Start, provider: Upstream) -> None:
    started = service(**settings(provider))
    begun = time.monotonic()
    assert started.terminate() == 0
    assert time.monotonic() - begun < 2


def test_ctrl_c_ends_it_as_well(service: Start, provider: Upstream) -> None:
    started = service(**settings(provider))
    started.process.send_signal(signal.SIGINT)
    assert started.process.wait(5) == 0


def test_a_running_stream_is_finished(service: Start, provider: Upstream) -> None:
    provider.control(ttft=50, itl=10, n=50)
    started = service(**settings(provider))
    with httpx2.stream("POST", started.url + CHAT, json={**QUESTION, "stream": True}) as answer:
        lines = answer.iter_lines()
        next(lines)
        started.process.send_signal(signal.SIGTERM)
        text = "\n".join(lines)
    assert text.rstrip().endswith("data: [DONE]")
    assert started.process.wait(5) == 0
    provider.control()


def test_a_stream_that_never_ends_is_cut_after_the_grace_period(
    service: Start, provider: Upstream
) -> None:
    provider.control(itl=10, n=100_000)
    started = service(**settings(provider, SHUTDOWN_GRACE_SECONDS="1"))
    with httpx2.stream("POST", started.url + CHAT, json={**QUESTION, "stream": True}) as answer:
        lines = answer.iter_lines()
        next(lines)
        begun = time.monotonic()
        assert started.terminate() == 0
        assert 0.9 < time.monotonic() - begun < 3
    provider.control()
    assert provider.idle()["in_flight"] == 0


def test_it_says_not_ready_and_goes_on_accepting_for_a_while(
    service: Start, provider: Upstream
) -> None:
    started = service(**settings(provider, SHUTDOWN_DELAY_SECONDS="1"))
    started.process.send_signal(signal.SIGTERM)
    ready = httpx2.get(started.url + "/readyz")
    while ready.status_code == 200:
        ready = httpx2.get(started.url + "/readyz")
    assert ready.status_code == 503
    assert ready.json()["reasons"] == [
        {"name": "shutdown", "message": "the service is shutting down"}
    ]
    answer = httpx2.post(started.url + CHAT, json=QUESTION)
    assert answer.status_code == 200
    assert answer.headers["connection"] == "close"
    assert started.process.wait(5) == 0


def test_no_request_is_lost_in_a_rolling_restart(service: Start, provider: Upstream) -> None:
    """Two pods behind a balancer that asks /readyz, and both are replaced under load."""
    provider.control(ttft=5)
    pods = [service(**settings(provider, SHUTDOWN_DELAY_SECONDS="0.5")) for _ in range(2)]
    ready = list(pods)
    stopping = threading.Event()
    statuses: list[int] = []

    def balance() -> None:
        while not stopping.is_set():
            for pod in list(pods):
                up = is_ready(pod)
                if up and pod not in ready:
                    ready.append(pod)
                elif not up and pod in ready:
                    ready.remove(pod)
            time.sleep(0.02)

    def ask(number: int) -> None:
        with httpx2.Client(timeout=10) as client:
            while not stopping.is_set():
                pod = ready[number % len(ready)]
                statuses.append(client.post(pod.url + CHAT, json=QUESTION).status_code)

    with ThreadPoolExecutor(7) as pool:
        running = [pool.submit(balance), *(pool.submit(ask, number) for number in range(6))]
        for pod in list(pods):
            pods.append(service(**settings(provider)))
            time.sleep(0.2)
            assert pod.terminate() == 0
            pods.remove(pod)
        stopping.set()
        for one in running:
            one.result()
    provider.control()
    assert len(statuses) > 50
    assert set(statuses) == {200}


def is_ready(pod: Service) -> bool:
    try:
        return httpx2.get(pod.url + "/readyz", timeout=1).status_code == 200
    except httpx2.TransportError:
        return False
