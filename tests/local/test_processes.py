from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from plate_llm_cli.local.processes import Process, ending

if TYPE_CHECKING:
    from collections.abc import Callable

HERE = Path(__file__).parents[2]


def python(text: str, **more: object) -> Process:
    return Process([sys.executable, "-c", text], {}, Path("/"), **more)  # type: ignore[arg-type]


def until(condition: Callable[[], object], seconds: float = 20.0) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.01)


def test_its_lines_are_kept_and_heard() -> None:
    heard: list[str] = []
    process = python("print('one'); print('two'); raise SystemExit(3)", heard=heard.append)
    assert process.wait(20) == 3
    assert list(process.lines) == heard == ["one", "two"]


def test_it_gets_the_environment_that_is_given_and_nothing_else() -> None:
    text = "import os; print(sorted(os.environ))"
    process = Process([sys.executable, "-c", text], {"LC_ALL": "C.UTF-8"}, Path("/"))
    assert process.wait(20) == 0
    assert list(process.lines) == ["['LC_ALL']"]


def test_it_ends_kindly_where_there_is_time() -> None:
    text = (
        "import signal, sys, time\n"
        "def end(*_): print('ended'); sys.exit(0)\n"
        "signal.signal(signal.SIGTERM, end); print('up', flush=True)\n"
        "while True: time.sleep(1)"
    )
    process = python(text)
    until(lambda: process.lines)
    process.stop(20)
    assert (process.code, list(process.lines)) == (0, ["up", "ended"])


def test_it_ends_at_once_when_it_does_not_want_to() -> None:
    text = (
        "import signal, time\n"
        "signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True)\n"
        "while True: time.sleep(1)"
    )
    process = python(text)
    until(lambda: process.lines)
    process.stop(0.1)
    assert process.code == -signal.SIGKILL


def test_what_it_has_started_ends_with_it() -> None:
    text = (
        "import subprocess, sys, time\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'])\n"
        "print(child.pid, flush=True); time.sleep(600)"
    )
    process = python(text)
    until(lambda: process.lines)
    child = int(process.lines[0])
    process.stop()
    until(lambda: not _runs(child))


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere nothing can be done about it")
def test_it_ends_when_we_are_killed() -> None:
    text = (
        "import sys, time\n"
        "from pathlib import Path\n"
        "from plate_llm_cli.local.processes import Process\n"
        "sleeper = [sys.executable, '-c', 'import time; time.sleep(600)']\n"
        "print(Process(sleeper, {}, Path('/')).pid, flush=True); time.sleep(600)"
    )
    ours = subprocess.Popen(  # noqa: S603 - ours
        [sys.executable, "-c", text], cwd=HERE, stdout=subprocess.PIPE
    )
    assert ours.stdout is not None
    with ours.stdout as stream:
        child = int(stream.readline())
        assert _runs(child)
        ours.kill()
        ours.wait()
    until(lambda: not _runs(child))


def test_ending_is_told_in_words() -> None:
    assert [ending(code) for code in (0, 2, -9, -250)] == [
        "exit code 0",
        "exit code 2",
        "SIGKILL",
        "signal 250",
    ]


def _runs(number: int) -> bool:
    try:
        os.kill(number, 0)
        state = Path(f"/proc/{number}/stat").read_text("utf-8").rpartition(")")[2].split()[0]
    except (ProcessLookupError, FileNotFoundError):
        return False
    return state != "Z"
