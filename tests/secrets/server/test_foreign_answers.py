"""What answers is no OpenBao, or loses the answer to what works once: an error, nothing worse."""

from __future__ import annotations

import socket
import threading
from typing import TYPE_CHECKING

import pytest

from plate_llm_cli.errors import OpenBaoError
from plate_llm_cli.secrets.addresses import Place
from plate_llm_cli.secrets.server.connection import Options, resolve
from plate_llm_cli.secrets.server.openbao import OpenBao
from plate_llm_cli.settings import Settings
from tests.secrets.stubs import Reply, stub

if TYPE_CHECKING:
    from collections.abc import Iterator

PLACE = Place("secret", "app")
SHAPES = {
    "a text where a mapping is due": '{"data": {"metadata": "x", "data": {}}}',
    "no time": '{"data": {"metadata": {"version": 1}, "data": {}}}',
    "a time that is none": (
        '{"data": {"metadata": {"version": 1, "created_time": "x"}, "data": {"a": "b"}}}'
    ),
    "a version that is none": (
        '{"data": {"metadata": {"version": "x", "created_time": "2026-01-01T00:00:00Z"}}}'
    ),
}


def client(address: str, **environ: str) -> OpenBao:
    return OpenBao(resolve(Settings(), {"BAO_ADDR": address, **environ}, Options()))


@pytest.mark.parametrize("shape", SHAPES)
def test_answer_of_another_shape(shape: str) -> None:
    with (
        stub(Reply(200, SHAPES[shape].encode())) as server,
        client(server.address, BAO_TOKEN="t") as bao,
        pytest.raises(OpenBaoError, match=r"is not OpenBao") as caught,
    ):
        bao.read(PLACE)
    assert caught.value.__cause__ is None


@pytest.fixture
def deaf() -> Iterator[str]:
    """A server that takes requests and closes the connection without an answer."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        ended = threading.Event()

        def serve() -> None:
            while not ended.is_set():
                connection, _ = listener.accept()
                with connection:
                    connection.recv(65536)

        thread = threading.Thread(target=serve)
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        ended.set()
        socket.create_connection(listener.getsockname()).close()
        thread.join()


@pytest.mark.parametrize(
    "credentials",
    [
        {"BAO_AUTH_METHOD": "approle", "BAO_ROLE_ID": "r", "BAO_SECRET_ID": "s"},
        {"BAO_AUTH_METHOD": "approle", "BAO_ROLE_ID": "r", "BAO_WRAPPED_SECRET_ID": "w"},
    ],
)
def test_login_whose_answer_is_lost_is_not_tried_again(
    credentials: dict[str, str], deaf: str
) -> None:
    with client(deaf, **credentials) as bao, pytest.raises(OpenBaoError) as caught:
        bao.read(PLACE)
    assert caught.value.message == (
        f"OpenBao at {deaf} may have taken the login, and the connection broke off"
    )
    assert caught.value.hint == ("run the command again; a credential that works once is used up")
