"""Tracing that is off opens no connection, whatever the environment says to LangChain."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
CHAT = """
from langchain_core.language_models import FakeListChatModel
from langchain_core.tracers.langchain import wait_for_all_tracers
assert FakeListChatModel(responses=["Hello"]).invoke("Hi").content == "Hello"
wait_for_all_tracers()
"""
SWITCH_OFF = """
from service.observe.langsmith import switch_off_environment_tracing
switch_off_environment_tracing()
"""


def connections(code: str, *variables: str) -> bool:
    """Whether a process that runs this code, with these variables set, connects to LangSmith."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        endpoint = f"http://127.0.0.1:{listener.getsockname()[1]}"
        environment = {
            **os.environ,
            **dict.fromkeys(variables, "true"),
            "LANGCHAIN_ENDPOINT": endpoint,
            "LANGSMITH_ENDPOINT": endpoint,
            "LANGCHAIN_API_KEY": "lsv2_pt_0123456789abcdef",
        }
        subprocess.run(  # noqa: S603 - our own interpreter and code
            [sys.executable, "-c", code], env=environment, cwd=ROOT, check=True, timeout=60
        )
        listener.settimeout(0.01)
        try:
            listener.accept()[0].close()
        except TimeoutError:
            return False
        return True


@pytest.mark.parametrize(
    "variable", ["LANGCHAIN_TRACING_V2", "LANGSMITH_TRACING", "LANGSMITH_TRACING_V2"]
)
def test_langchain_opens_no_connection_once_it_is_switched_off(variable: str) -> None:
    assert not connections(SWITCH_OFF + CHAT, variable)


def test_the_log_and_the_metrics_open_none() -> None:
    code = """
import service.observe.langsmith, service.observe.log, service.observe.metrics, sys
assert not [name for name in sys.modules if name.split(".")[0] in ("langsmith", "langchain_core")]
"""
    assert not connections(code, "LANGCHAIN_TRACING_V2")


def test_langchain_would_connect_if_it_were_not() -> None:
    code = CHAT.replace(
        "wait_for_all_tracers()\n", "import os, time; time.sleep(0.3); os._exit(0)\n"
    )
    assert connections(code, "LANGCHAIN_TRACING_V2")
