"""The page about smoke: its commands, in its order, on a copy of this tree that runs here."""

from __future__ import annotations

import re
import shlex
import signal
import sys
import xml.etree.ElementTree as ET
from typing import TYPE_CHECKING

import httpx2
import pytest

from plate_llm_cli.local.ports import free_port
from tests.cli.deployments import ROOT
from tests.cli.up_runs import ours, said, start, whole

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.cli.conftest import Call, Tree
    from tests.cli.up_runs import Run

__all__ = ["ours", "start", "whole"]

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")

PAGE = (ROOT / "docs" / "smoke.md").read_text("utf-8")
COMMANDS = re.findall(r"^\$ (.*)$", PAGE, flags=re.MULTILINE)
KEY = f"sk-ant-{'a1' * 30}"
"""Of a form that both providers' keys have; no model is asked."""
ASSIGNED = re.compile(r"(\w+)=(\S+) ")


def arguments_of(command: str, line: str) -> list[str]:
    """What follows `plate-llm COMMAND` in a line."""
    program, name, *arguments = shlex.split(line)
    assert (program, name) == ("plate-llm", command)
    return arguments


def lines(begin: str) -> list[str]:
    return [line for line in COMMANDS if line.startswith(begin)]


def test_page_has_no_command_that_is_not_tried() -> None:
    begins = ("plate-llm smoke ", "plate-llm up", "TOKEN=$(", "curl ", "OPENAI_", "ANTHROPIC_")
    assert [line for line in COMMANDS if not line.startswith(begins)] == []
    assert len(lines("curl ")) == len(lines("TOKEN=$(")) == len(lines("plate-llm up --keep")) == 1


def test_every_option_of_the_page_is_one(call: Call) -> None:
    known = call("smoke", "--help").out + call("up", "--help").out
    named = set(re.findall(r"--[a-z][a-z0-9-]+", PAGE))
    assert [option for option in sorted(named) if option not in known] == []


def test_commands_around_a_system_that_is_left_running(
    whole: Tree,
    call: Call,
    start: Callable[..., Run],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    port = str(free_port())
    (keep,) = lines("plate-llm up --keep")
    run = start(*arguments_of("up", keep.replace("8000", port)))
    run.until("it runs until Ctrl-C")
    monkeypatch.setenv("XDG_RUNTIME_DIR", str((tmp_path / "run").resolve()))
    monkeypatch.chdir(whole.root)

    (assigned,) = lines("TOKEN=$(")
    inner = re.fullmatch(r"TOKEN=\$\((.*)\)", assigned)
    assert inner is not None
    token = call("up", *arguments_of("up", inner[1])).out.strip()
    (curl,) = lines("curl ")
    _, _, url, _, header = shlex.split(curl.replace("8000", port).replace("$TOKEN", token))
    name, _, value = header.partition(": ")
    assert [item["id"] for item in httpx2.get(url, headers={name: value}).json()["data"]] == [
        "echo"
    ]

    monkeypatch.setenv("TOKEN", token)
    here = ("--url", url.removesuffix("/v1/models"), "--token-env", "TOKEN")
    for line in lines("plate-llm smoke "):
        arguments = arguments_of("smoke", line)
        ended = call("smoke", *arguments, *(() if "--local" in arguments else here))
        assert (ended.code, ended.err) == (0, ""), (line, ended.out)
    tried = ET.parse(whole.root / "smoke.xml").getroot()  # noqa: S314 - our own
    assert tried.findall(".//failure") == []

    run.process.send_signal(signal.SIGINT)
    assert said(run)[0] == 0


def test_commands_that_run_the_system_once(start: Callable[..., Run]) -> None:
    for line in COMMANDS:
        given = ASSIGNED.match(line)
        bare = line[given.end() :] if given else line
        if not bare.startswith("plate-llm up") or "--keep" in bare:
            continue
        keys = {given[1]: KEY} if given else {}
        code, err = said(start(*arguments_of("up", bare), "--check", "readyz", **keys))
        assert code == 0, (line, err)
