"""`python -m service` as a person meets it."""

from __future__ import annotations

import os
import socket
import subprocess
import sys

import pytest

from tests.service.running import QUICK, ROOT, Service

ECHO = {"AUTH_MODE": "none", "LLM_MODEL_NAME": "builtin:echo"}
CANARY = "sk-canary-that-must-never-be-seen"


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603 - ours
        [sys.executable, "-m", "service", *arguments],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], **QUICK, **environment},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )


def test_settings_that_are_wrong_end_the_start_and_are_named() -> None:
    ended = run(LLM_TEMPERATURE="hot", AUTH_MODE="none")
    assert ended.returncode == 2
    assert ended.stdout == ""
    assert ended.stderr.splitlines() == [
        "LLM_MODEL_NAME: is needed: Default model, as <provider>:<model>.",
        "LLM_TEMPERATURE: must be a number from 0 to 2",
    ]


@pytest.mark.parametrize(
    ("environment", "message"),
    [
        (
            {"LLM_ENVIRONMENT": "production", "AUTH_MODE": "none", "LLM_MODEL_NAME": "openai:x"},
            "AUTH_MODE",
        ),
        ({"LLM_MODEL_NAME": "openai:x"}, "AUTH_JWT_SECRET"),
        ({"LLM_MODEL_NAME": "openai:x", "AUTH_JWT_SECRET": CANARY[:20]}, "AUTH_JWT_SECRET"),
        ({"LLM_MODEL_NAME": "openai:x", "AUTH_PUBLIC_KEY": CANARY}, "AUTH_PUBLIC_KEY"),
    ],
)
def test_what_must_not_run_does_not_start(environment: dict[str, str], message: str) -> None:
    ended = run(**environment)
    assert ended.returncode == 2
    assert message in ended.stderr
    assert CANARY[:20] not in ended.stderr


def test_settings_are_shown_without_their_secrets() -> None:
    ended = run(
        "settings", **ECHO, OPENAI_API_KEY=CANARY, CACHE_URL=f"redis://u:{CANARY}@cache:6379/0"
    )
    assert ended.returncode == 0
    shown = dict(line.split("=", 1) for line in ended.stdout.splitlines())
    assert shown["OPENAI_API_KEY"] == "set"
    assert shown["CACHE_URL"] == "redis://cache:6379/0"
    assert shown["LLM_MODEL_NAME"] == "builtin:echo"
    assert CANARY not in ended.stdout + ended.stderr


def test_a_variable_that_nothing_reads_is_named() -> None:
    ended = run("settings", **ECHO, LLM_TEMPRATURE="1")
    assert "LLM_TEMPRATURE" in ended.stderr
    assert "LLM_TEMPERATURE" in ended.stderr


def test_an_unknown_command_shows_what_there_is() -> None:
    ended = run("sevre")
    assert ended.returncode == 2
    assert "python -m service settings" in ended.stderr


def test_a_taken_port_is_one_line_and_1() -> None:
    with socket.create_server(("", 0), family=socket.AF_INET6, dualstack_ipv6=True) as taken:
        ended = run(**{**ECHO, "PORT": str(taken.getsockname()[1])})
    assert ended.returncode == 1
    assert "the service cannot start: Address already in use" in ended.stdout
    assert "Traceback" not in ended.stdout + ended.stderr


def test_a_factory_that_is_not_there_ends_the_start() -> None:
    ended = run(AUTH_MODE="none", LLM_MODEL_NAME="langchain:nowhere.at.all")
    assert ended.returncode == 2
    assert "LLM_MODEL_NAME" in ended.stderr
    assert ended.stderr.count("\n") == 1
    assert "Unclosed" not in ended.stdout


def test_langchain_is_not_loaded_where_no_model_needs_it() -> None:
    program = (
        "import sys, os, threading, signal\n"
        "threading.Timer(1.5, os.kill, (os.getpid(), signal.SIGTERM)).start()\n"
        "from service.__main__ import main\n"
        "code = main([])\n"
        "print('loaded:', sorted(name for name in sys.modules if name in "
        "('langchain', 'langchain_core', 'langsmith', 'openai', 'anthropic', 'redis')))\n"
        "sys.exit(code)"
    )
    service = Service(command=["-c", program], **ECHO)
    assert service.process.wait(20) == 0
    service.kill()
    assert service.other_output == ["loaded: []\n"]
