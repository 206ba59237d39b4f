"""Ctrl-C and SIGTERM: at once, quietly, with nothing left behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.cli.conftest import command

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.cli.conftest import Tree

ENDLESS = "{{ range until 100000 }}{{ range until 100000 }}{{ end }}{{ end }}"

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")


@pytest.fixture
def start(tree: Tree) -> Iterator[Callable[..., subprocess.Popen[bytes]]]:
    """Start the command in a tree whose charts render without end."""
    tree.write("charts/web/templates/x.yaml", ENDLESS)
    started: list[subprocess.Popen[bytes]] = []

    def made(*arguments: str, **environment: str) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(  # noqa: S603 - our own command
            command(*arguments),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=tree.root,
            env=os.environ | environment,
        )
        started.append(process)
        return process

    yield made
    for process in started:
        process.kill()
        process.communicate()


def _children(number: int) -> list[int]:
    """The processes that `number` has started."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text("utf-8").rpartition(")")[2].split()
            except (FileNotFoundError, ProcessLookupError):
                continue
            if int(fields[1]) == number:
                found.append(int(entry.name))
    return found


def _wait(condition: Callable[[], object], seconds: float = 20.0) -> None:
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.01)


def _busy(process: subprocess.Popen[bytes]) -> list[int]:
    """The children of `process` once one of them has computed for half a second."""

    def burning() -> bool:
        ticks = os.sysconf("SC_CLK_TCK")
        for child in _children(process.pid):
            try:
                stat = Path(f"/proc/{child}/stat").read_text("utf-8")
            except FileNotFoundError:  # `helm version`, for one, has ended meanwhile
                continue
            fields = stat.rpartition(")")[2].split()
            if int(fields[11]) > ticks / 2:
                return True
        return False

    _wait(burning)
    return _children(process.pid)


@pytest.mark.parametrize(
    ("arguments", "sent", "code"),
    [
        (["render", "web-stg"], signal.SIGINT, 130),
        (["render", "web-stg"], signal.SIGTERM, 143),
        (["render", "web-stg"], signal.SIGHUP, 129),
        (["validate"], signal.SIGINT, 130),
    ],
)
def test_signal_during_a_slow_render(
    arguments: list[str],
    sent: signal.Signals,
    code: int,
    start: Callable[..., subprocess.Popen[bytes]],
) -> None:
    process = start(*arguments)
    children = _busy(process)
    before = time.monotonic()
    process.send_signal(sent)
    out, err = process.communicate(timeout=10)
    assert time.monotonic() - before < 2  # a tenth of that on an idle machine
    assert (process.returncode, out, err) == (code, b"", b"")
    _wait(lambda: not any(Path(f"/proc/{child}").exists() for child in children))


def test_signal_ends_the_helm_binary(
    start: Callable[..., subprocess.Popen[bytes]], helm_binary: Path
) -> None:
    path = f"{helm_binary.resolve().parent}{os.pathsep}{os.environ['PATH']}"
    process = start("render", "web-stg", "--engine", "helm", PATH=path)
    children = _busy(process)
    process.send_signal(signal.SIGTERM)
    out, err = process.communicate(timeout=10)
    assert (process.returncode, out, err) == (143, b"", b"")
    _wait(lambda: not any(Path(f"/proc/{child}").exists() for child in children))


def test_interrupt_while_the_command_is_still_loading(
    start: Callable[..., subprocess.Popen[bytes]],
) -> None:
    process = start("render", "web-stg")
    _wait(lambda: _children(process.pid))  # Helm loads beside the imports
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=10)
    assert (process.returncode, out, err) == (130, b"", b"")


def test_command_that_was_started_to_survive_a_hangup(tree: Tree) -> None:
    tree.write("charts/web/templates/x.yaml", ENDLESS)
    process = subprocess.Popen(  # noqa: S603 - our own command
        ["/bin/sh", "-c", 'trap "" HUP INT; exec "$@"', "sh", *command("render", "web-stg")],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd=tree.root,
    )
    try:
        _busy(process)
        process.send_signal(signal.SIGHUP)
        process.send_signal(signal.SIGINT)
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(timeout=0.5)
    finally:
        process.terminate()
        assert process.wait(timeout=10) == 143


def test_interrupt_while_watching(start: Callable[..., subprocess.Popen[bytes]]) -> None:
    process = start("validate", "--watch")
    _busy(process)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=10)
    assert (process.returncode, out, err) == (130, b"", b"")
