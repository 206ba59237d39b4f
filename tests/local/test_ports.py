from __future__ import annotations

import socket

import pytest

from plate_llm_cli.errors import UsageError
from plate_llm_cli.local.ports import free_port, require_free


def test_free_port_can_be_listened_on() -> None:
    with socket.create_server(("127.0.0.1", free_port(beside=1))):
        pass


def test_port_of_another_program_is_refused() -> None:
    with socket.create_server(("", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(UsageError) as caught:
            require_free(port, "--port")
    assert caught.value.message == f"--port {port}: address already in use"
    assert caught.value.hint == "leave it out to get a free one"
