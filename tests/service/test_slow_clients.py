"""Clients that are slow on purpose, or huge: they hold nothing, and the others are answered."""

from __future__ import annotations

import socket
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

import httpx2
import pytest

from tests.service.running import Service, Upstream

if TYPE_CHECKING:
    from collections.abc import Iterator

CHAT = "/v1/chat/completions"
HEAD = b"POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n"
START = (
    "import sys; from service.server import protocol; from service.web import body;"
    "protocol.HEAD_SECONDS = 0.4; protocol.UNREAD_SECONDS = 0.4; body.READ_SECONDS = 0.4;"
    "from service.__main__ import main; sys.exit(main([]))"
)
"""The service with short patience; what it does at the end of it is what is tested."""


@pytest.fixture(scope="module")
def service(provider: Upstream) -> Iterator[Service]:
    started = Service(
        command=["-c", START],
        AUTH_MODE="none",
        LLM_MODEL_NAME="openai:fake",
        LLM_BASE_URL=provider.url,
        OPENAI_API_KEY="sk-x",
    )
    yield started
    started.kill()


def resident(service: Service) -> float:
    """MiB that the process holds in memory."""
    status = Path(f"/proc/{service.process.pid}/status").read_text("utf-8")
    (line,) = (line for line in status.splitlines() if line.startswith("VmRSS"))
    return int(line.split()[1]) / 1024


def connect(service: Service) -> socket.socket:
    return socket.create_connection(("127.0.0.1", service.port), timeout=3)


def closed_within(client: socket.socket, seconds: float) -> bool:
    client.settimeout(seconds)
    try:
        return client.recv(1024) == b""
    except ConnectionResetError:
        return True
    except TimeoutError:
        return False


def test_a_connection_that_asks_nothing_is_closed(service: Service) -> None:
    with connect(service) as client:
        assert closed_within(client, 1)


def test_a_head_that_comes_drop_by_drop_is_not_waited_for(service: Service) -> None:
    with connect(service) as client:
        client.sendall(b"GET / HTTP/1.1\r\n")
        started = time.monotonic()
        while still_taken(client, b"x-a: b\r\n"):
            time.sleep(0.02)
        assert 0.3 < time.monotonic() - started < 1


def still_taken(client: socket.socket, data: bytes) -> bool:
    try:
        client.sendall(data)
    except OSError:
        return False
    return True


def test_a_second_request_is_waited_for_no_longer(service: Service) -> None:
    with connect(service) as client:
        client.sendall(b"GET /livez HTTP/1.1\r\nhost: x\r\n\r\n")
        answer = b""
        while b"live" not in answer:
            answer += client.recv(1024)
        client.sendall(b"GET /livez HTTP/1.1\r\n")
        assert closed_within(client, 1)


def test_a_body_that_comes_drop_by_drop_is_a_408(service: Service) -> None:
    with connect(service) as client:
        client.sendall(HEAD + b"content-length: 1000\r\n\r\n{")
        assert client.recv(1024).startswith(b"HTTP/1.1 408")


def test_a_body_that_never_begins_is_a_408(service: Service) -> None:
    with connect(service) as client:
        client.sendall(HEAD + b"content-length: 1000\r\n\r\n")
        assert client.recv(1024).startswith(b"HTTP/1.1 408")


def test_a_client_that_reads_nothing_is_let_go(service: Service, provider: Upstream) -> None:
    provider.control(n=2_000_000)
    provider.reset()
    body = b'{"messages":[{"role":"user","content":"hi"}],"stream":true}'
    with connect(service) as client:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        client.sendall(HEAD + b"content-length: %d\r\n\r\n" % len(body) + body)
        deadline = time.monotonic() + 5
        while provider.stats()["aborted"] == 0:
            assert time.monotonic() < deadline
            time.sleep(0.01)
    provider.control()
    assert resident(service) < 150


def test_a_huge_body_is_refused_and_others_are_answered_meanwhile(service: Service) -> None:
    before = resident(service)
    huge = b'{"messages":[{"role":"user","content":"' + b"x" * 50_000_000 + b'"}]}'
    slowest = 0.0
    stop = threading.Event()

    def probe() -> None:
        nonlocal slowest
        while not stop.is_set():
            started = time.monotonic()
            assert httpx2.get(service.url + "/livez").status_code == 200
            slowest = max(slowest, time.monotonic() - started)

    probing = threading.Thread(target=probe)
    probing.start()
    answer = httpx2.post(
        service.url + CHAT, content=huge, headers={"content-type": "application/json"}, timeout=10
    )
    stop.set()
    probing.join()
    assert answer.status_code == 413
    assert answer.json()["error"]["code"] == "request_too_large"
    assert slowest < 0.5
    assert resident(service) - before < 20


def test_a_huge_body_without_a_length_is_refused(service: Service) -> None:
    def pieces() -> Iterator[bytes]:
        for _ in range(30):
            yield b" " * 2**20

    answer = httpx2.post(
        service.url + CHAT,
        content=pieces(),
        headers={"content-type": "application/json"},
        timeout=10,
    )
    assert answer.status_code == 413


def test_a_thousand_idle_connections_are_let_go(service: Service) -> None:
    clients = [connect(service) for _ in range(1000)]
    assert httpx2.get(service.url + "/livez", timeout=2).status_code == 200
    assert all(closed_within(client, 2) for client in clients)
    for client in clients:
        client.close()
    assert resident(service) < 150
