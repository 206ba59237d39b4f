"""What clients may do with their connections, byte by byte."""

from __future__ import annotations

import socket
import time
from typing import TYPE_CHECKING

import pytest

from tests.service.running import Service

if TYPE_CHECKING:
    from collections.abc import Iterator

START = (
    "import sys; from service.server import protocol, run;"
    "protocol.HEAD_SECONDS = protocol.REST_SECONDS = 0.4; run.KEEP_ALIVE_SECONDS = 1;"
    "from service.__main__ import main; sys.exit(main([]))"
)
"""The service with short patience; what it does at the end of it is what is tested."""

LIVE = b"GET /livez HTTP/1.1\r\nhost: x\r\n\r\n"
QUESTION = b'{"messages":[{"role":"user","content":"hi"}]}'
UPGRADE = (
    b"POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n"
    b"connection: Upgrade, HTTP2-Settings\r\nupgrade: h2c\r\nhttp2-settings: AAMAAABkAAQ\r\n"
    b"content-length: %d\r\n\r\n" % len(QUESTION)
)
"""As Java's own client begins, unless it is told not to."""


@pytest.fixture(scope="module")
def service() -> Iterator[Service]:
    started = Service(command=["-c", START], AUTH_MODE="none", LLM_MODEL_NAME="builtin:echo")
    yield started
    started.kill()


@pytest.fixture
def client(service: Service) -> Iterator[socket.socket]:
    with socket.create_connection(("127.0.0.1", service.port), timeout=3) as connected:
        yield connected


def read_until(client: socket.socket, ending: bytes) -> bytes:
    """What comes, up to this."""
    answer = b""
    while ending not in answer:
        answer += client.recv(4096)
    return answer


def is_closed(client: socket.socket) -> bool:
    """Whether the service ends the connection within 3 seconds."""
    try:
        while client.recv(4096):
            pass
    except ConnectionResetError:
        return True
    except TimeoutError:
        return False
    return True


def taken(client: socket.socket, data: bytes, times: int) -> int:
    """How often the data was taken before the service had enough."""
    for count in range(times):
        try:
            client.sendall(data)
        except OSError:
            return count
    return times


def test_line_ends_do_not_keep_an_idle_connection(client: socket.socket) -> None:
    client.sendall(LIVE)
    assert client.recv(4096).startswith(b"HTTP/1.1 200")
    client.sendall(b"\r\n")
    assert is_closed(client)


def test_the_rest_of_a_refused_body_is_not_waited_for(client: socket.socket) -> None:
    client.sendall(b"POST /nothing HTTP/1.1\r\nhost: x\r\ncontent-length: 99\r\n\r\n")
    assert client.recv(4096).startswith(b"HTTP/1.1 404")
    client.sendall(b"{")
    assert is_closed(client)


def test_a_head_without_end_is_a_431(client: socket.socket) -> None:
    client.sendall(b"GET /livez HTTP/1.1\r\nhost: x\r\n" + b"a: b\r\n" * 11_000)
    assert client.recv(4096).startswith(b"HTTP/1.1 431")


def test_a_field_without_end_is_a_431(client: socket.socket) -> None:
    client.sendall(b"GET /livez HTTP/1.1\r\nhost: x\r\na: " + b"b" * 66_000)
    assert client.recv(4096).startswith(b"HTTP/1.1 431")


def test_trailers_without_end_are_not_kept(client: socket.socket) -> None:
    client.sendall(b"POST /nothing HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n")
    assert client.recv(4096).startswith(b"HTTP/1.1 404")
    client.sendall(b"1\r\n{\r\n0\r\n")
    assert taken(client, b"a: b\r\n" * 100_000, times=50) < 50


def test_a_body_may_be_longer_than_a_head(client: socket.socket) -> None:
    body = QUESTION.replace(b"hi", b"x" * 300_000)
    head = UPGRADE.replace(b"connection: Upgrade, HTTP2-Settings\r\n", b"")
    client.sendall(head.replace(b"%d" % len(QUESTION), b"%d" % len(body)) + body)
    assert client.recv(4096).startswith(b"HTTP/1.1 200")


@pytest.mark.parametrize("pause", [0.0, 0.05])
def test_who_asks_for_http_2_is_answered_in_http_1(client: socket.socket, pause: float) -> None:
    for _ in range(2):
        client.sendall(UPGRADE)
        time.sleep(pause)
        client.sendall(QUESTION)
        assert read_until(client, b"}}").startswith(b"HTTP/1.1 200")
    client.sendall(LIVE)
    assert read_until(client, b"live").startswith(b"HTTP/1.1 200")


def test_a_head_and_its_body_may_come_together(client: socket.socket) -> None:
    client.sendall(UPGRADE + QUESTION + LIVE)
    assert read_until(client, b'{"status":"live"}').count(b"HTTP/1.1 200") == 2


def test_a_web_socket_is_not_opened(client: socket.socket) -> None:
    client.sendall(LIVE[:-2] + b"connection: upgrade\r\nupgrade: websocket\r\n\r\n")
    assert client.recv(4096).startswith(b"HTTP/1.1 200")
