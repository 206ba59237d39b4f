"""`plate-llm up` with everything that is real: OpenBao, a cache, the service."""

from __future__ import annotations

import json
import os
import secrets
import signal
import socket
import sys
import time
from typing import TYPE_CHECKING

import httpx2
import pytest

from plate_llm_cli.commands.up import EXAMPLE
from plate_llm_cli.local.ports import free_port
from tests.cli.up_runs import files_of, ours, said, start, text_of, until, whole
from tests.service.clients.anthropic_api import AnthropicApi
from tests.service.providers.anthropic_stand_in import KEY
from tests.service.running import Upstream

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.cli.conftest import Tree
    from tests.cli.up_runs import Run

__all__ = ["ours", "start", "whole"]

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")

CANARY = f"swordfish{secrets.token_hex(16)}"
QUICK = ("--check", "readyz", "--check", "valid-token")


def test_whole_system_starts_passes_its_checks_and_leaves_nothing(
    start: Callable[..., Run], tmp_path: Path
) -> None:
    file = tmp_path / "given.env"
    file.write_text(f"OPENAI_API_KEY=sk-{CANARY}\nHARBOR_STAGING__PASSWORD={CANARY}\n")
    file.chmod(0o600)
    run = start("--format", "json", "--from-env-file", str(file))
    written = set()
    while run.process.poll() is None:
        run.look()
        written |= {path.name for path in files_of(tmp_path) if CANARY in text_of(path)}
        time.sleep(0.02)
    code, err = said(run)
    assert code == 0, err
    assert written == set()
    found = json.loads("".join(run.out))
    assert (found["environment"], found["model"]) == ("stg", "echo")
    assert found["smoke"]["summary"]["fail"] == 0
    verdicts = {item["name"]: item["verdict"] for item in found["smoke"]["checks"]}
    assert (verdicts["cache"], verdicts["latency"]) == ("pass", "pass")
    names = [item["variable"] for item in found["differences"]]
    assert names[:3] == ["PORT", "METRICS_PORT", "LLM_MODEL_NAME"]
    assert "LANGCHAIN_TRACING_V2" in names
    steps = [line.split()[1] for line in err.splitlines() if line.startswith("  ok  ")]
    assert steps == ["validate", "OpenBao", "secrets", "sync", "cache", "service"]
    assert files_of(tmp_path) == []
    assert len(run.tokens) == 1
    shown = "".join([*run.out, err, *run.seen.values()])
    assert [value for value in (CANARY, *run.tokens) if value in shown] == []
    assert any("server -dev" in line for line in run.seen.values())


def test_kept_system_is_called_tested_and_ended(start: Callable[..., Run], tmp_path: Path) -> None:
    run = start("stg", "--keep", *QUICK)
    run.until("it runs until Ctrl-C")
    (url,) = [word for line in run.out for word in line.split() if word.endswith("/completions")]
    again = start("--token")
    assert said(again) == (0, "")
    (token,) = (line.strip() for line in again.out)
    question = {"messages": [{"role": "user", "content": "hello"}]}
    answer = httpx2.post(url, json=question, headers={"Authorization": f"Bearer {token}"})
    assert answer.json()["choices"][0]["message"]["content"] == "echo: hello"
    run.until(" 200 POST /v1/chat/completions ")
    second = start("--keep", *QUICK)
    code, err = said(second)
    assert (code, second.seen) == (2, {})
    assert "error: stg of this tree runs already, at http://127.0.0.1:" in err
    run.look()
    run.process.send_signal(signal.SIGINT)
    code, err = said(run)
    assert (code, err.splitlines()[-1]) == (0, "all of it has ended")
    assert files_of(tmp_path) == []
    assert token not in "".join([*run.out, err])


def test_nothing_of_it_is_reached_from_other_machines(start: Callable[..., Run]) -> None:
    run = start("stg", "--keep", "--check", "livez")
    run.until("it runs until Ctrl-C")
    (url,) = [word for line in run.out for word in line.split() if word.endswith("/completions")]
    with socket.create_server(("127.0.0.2", int(url.split(":")[2].partition("/")[0]))):
        pass  # at every address it would be taken here, too


def test_killed_one_leaves_no_process(start: Callable[..., Run]) -> None:
    run = start("--keep", "--check", "livez")
    run.until("it runs until Ctrl-C")
    assert len(run.left()) >= 2
    run.process.kill()
    assert run.end() == -signal.SIGKILL


@pytest.mark.parametrize("ended", ["bao", "service"])
def test_program_that_ends_by_itself_is_told(ended: str, start: Callable[..., Run]) -> None:
    run = start("--keep", "--check", "livez")
    run.until("it runs until Ctrl-C")
    words = {"bao": "server -dev", "service": "-m service"}
    (number,) = (number for number, line in run.seen.items() if words[ended] in line)
    os.kill(number, signal.SIGKILL)
    code, err = said(run)
    names = {"bao": "OpenBao", "service": "the service"}
    assert f"{names[ended]} has ended by itself (SIGKILL)" in err
    assert code == {"bao": 3, "service": 1}[ended]


@pytest.mark.parametrize("after", ["", "OpenBao", "secrets", "service"])
def test_interrupt_at_any_moment_leaves_nothing(
    after: str, start: Callable[..., Run], tmp_path: Path
) -> None:
    run = start(*QUICK)
    if after:
        run.until(f"  ok  {after}")
    else:
        until(run.look)  # Helm's worker
    run.look()
    run.process.send_signal(signal.SIGINT)
    code, err = said(run)
    assert code == 130
    assert "error:" not in err
    assert files_of(tmp_path) == []


def test_real_provider_answers_with_the_key_that_is_given(
    whole: Tree, start: Callable[..., Run]
) -> None:
    upstream = Upstream()
    try:
        whole.replace(
            "charts/plate-llm/values-stg.yaml", "llm:\n", f"llm:\n  baseUrl: {upstream.url}\n"
        )
        key = f"sk-{CANARY}"
        arguments = ("--provider", "openai", "--check", "valid-token", "--check", "chat-openai")
        code, err = said(start(*arguments, OPENAI_API_KEY=key))
        asked = upstream.last()
    finally:
        upstream.end()
    assert code == 0, err
    assert "openai:gpt-4o-mini answers" in err
    assert asked["headers"]["authorization"] == f"Bearer {key}"


def test_anthropic_answers_with_the_key_that_is_given(
    whole: Tree, start: Callable[..., Run]
) -> None:
    whole.replace(
        "environments/secrets.yaml",
        "pattern: sk-ant-[A-Za-z0-9_-]+\n        minLength: 40",
        "pattern: sk-ant-[A-Za-z0-9_-]+\n        minLength: 8",
    )
    with AnthropicApi() as api:
        whole.replace(
            "charts/plate-llm/values-stg.yaml",
            "llm:\n",
            f"llm:\n  anthropicBaseUrl: {api.server.url}\n",
        )
        arguments = ("--provider", "anthropic", "--check", "chat-openai", "--check", "valid-token")
        code, err = said(start(*arguments, ANTHROPIC_API_KEY=KEY))
        asked = list(api.server.requests)
    assert code == 0, err
    assert "anthropic:claude-haiku-4-5 answers" in err
    assert [question["model"] for question in asked] == ["claude-haiku-4-5"]


def test_real_provider_is_not_timed(whole: Tree, start: Callable[..., Run]) -> None:
    del whole
    arguments = ("--provider", "openai", "--check", "latency", "--format", "json")
    run = start(*arguments, OPENAI_API_KEY=f"sk-{CANARY}")
    code, _ = said(run)
    (check,) = json.loads("".join(run.out))["smoke"]["checks"]
    assert code == 1
    assert check["message"] == "skipped: no budget given (plate-llm smoke --p95)"


def test_machine_without_a_cache_server_caches_in_the_service(
    whole: Tree, start: Callable[..., Run]
) -> None:
    run = start("--format", "json", "--check", "readyz", PATH=str(whole.root))
    code, err = said(run)
    assert code == 0, err
    differences = json.loads("".join(run.out))["differences"]
    (cache,) = (item for item in differences if item["variable"] == "CACHE_URL")
    assert (cache["there"], cache["here"]) == ("redis://plate-cache:6379/0", None)


def test_examples_of_the_help_start_and_end(start: Callable[..., Run], tmp_path: Path) -> None:
    file = tmp_path / "openai.env"
    file.write_text(f"OPENAI_API_KEY=sk-{CANARY}\n")
    file.chmod(0o600)
    for line in EXAMPLE.strip().splitlines()[1:]:  # the first is what the whole system starts with
        _, _, *arguments = (
            line.replace("openai.env", str(file)).replace("8000", str(free_port())).split()
        )
        run = start(*arguments, "--check", "livez")
        run.until("it runs until Ctrl-C" if "--keep" in arguments else "all of it has ended")
        run.process.send_signal(signal.SIGTERM)
        run.end()
        assert "error:" not in "".join(run.err)
