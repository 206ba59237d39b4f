"""The worker process: deadlines, crashes, signals, starts and ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from plate_llm_cli.errors import EngineError
from plate_llm_cli.helm import child, lane
from plate_llm_cli.helm.embedded import EmbeddedEngine
from plate_llm_cli.helm.engine import (
    FailureKind,
    RenderFailure,
    Rendering,
    SetArgument,
    SetKind,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from plate_llm_cli.helm.engine import RenderRequest

    MakeChart = Callable[..., Path]
    RequestFor = Callable[..., RenderRequest]


ROOT = Path(__file__).parents[2]
PRINTS = "kind: ConfigMap\ndata:\n  n: {{ .Values.n | quote }}\n"
ENDLESS = "{{ range until 40000 }}{{ range until 40000 }}{{ end }}{{ end }}\n"
CALLS_ITSELF = "a: {{ tpl .Values.x . }}\n"
ITSELF = "{{ tpl .Values.x . }}"
BOMB = 'a: {{ repeat 1000000000 "xxxxxxxxxx" | len }}\n'


def text_of(answer: Rendering | RenderFailure) -> str:
    assert isinstance(answer, Rendering), answer
    return "".join(document.text for document in answer.documents)


def kinds(answers: list[Rendering | RenderFailure]) -> list[str]:
    return [answer.kind if isinstance(answer, RenderFailure) else "ok" for answer in answers]


def number(answer: Rendering | RenderFailure) -> int:
    return int(text_of(answer).split('"')[1])


def test_a_render_past_its_deadline_fails_and_the_others_go_on(
    make_chart: MakeChart, request_for: RequestFor
) -> None:
    good = request_for(make_chart({"templates/a.yaml": PRINTS}, "good"), {"n": 1})
    endless = request_for(make_chart({"templates/a.yaml": ENDLESS}, "endless"))
    with EmbeddedEngine(deadline=0.5) as engine:
        answers = list(engine.render_many([good, endless, good, good]))
    assert kinds(answers) == ["ok", FailureKind.TIMEOUT, "ok", "ok"]
    assert isinstance(answers[1], RenderFailure)
    assert answers[1].message == (
        "the chart was still rendering after 0.5 s: look for a loop without end"
    )


@pytest.mark.parametrize(
    ("template", "message"),
    [
        (CALLS_ITSELF, "templates call themselves without end through `tpl`"),
        (BOMB, "the templates need more memory than a render may use"),
    ],
    ids=["recursion", "memory"],
)
@pytest.mark.skipif(sys.platform != "linux", reason="memory can be limited on Linux alone")
def test_a_crash_fails_one_render_and_the_others_go_on(
    make_chart: MakeChart, request_for: RequestFor, template: str, message: str
) -> None:
    good = request_for(make_chart({"templates/a.yaml": PRINTS}, "good"), {"n": 1})
    bad = request_for(make_chart({"templates/a.yaml": template}, "bad"), {"x": ITSELF})
    with EmbeddedEngine(deadline=30) as engine:
        answers = list(engine.render_many([good, bad, good]))
    assert kinds(answers) == ["ok", FailureKind.CRASH, "ok"]
    assert isinstance(answers[1], RenderFailure)
    assert answers[1].message == message


def test_what_go_prints_when_it_crashes_stays_off_the_terminal(
    make_chart: MakeChart, request_for: RequestFor, capfd: pytest.CaptureFixture[str]
) -> None:
    chart = make_chart({"templates/a.yaml": BOMB})
    with EmbeddedEngine() as engine:
        list(engine.render_many([request_for(chart)]))
    assert capfd.readouterr() == ("", "")


def test_it_closes_twice_and_starts_anew(make_chart: MakeChart, request_for: RequestFor) -> None:
    chart = make_chart({"templates/a.yaml": PRINTS})
    engine = EmbeddedEngine()
    engine.start()
    engine.close()
    engine.close()
    (answer,) = engine.render_many([request_for(chart, {"n": 3})])
    engine.close()
    assert number(answer) == 3


def test_it_works_from_a_thread(make_chart: MakeChart, request_for: RequestFor) -> None:
    chart = make_chart({"templates/a.yaml": PRINTS})
    answers: list[Rendering | RenderFailure] = []

    def work() -> None:
        with EmbeddedEngine() as engine:
            answers.extend(engine.render_many([request_for(chart, {"n": 5})]))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert [number(answer) for answer in answers] == [5]


def test_a_worker_that_vanishes_while_idle_is_replaced(
    make_chart: MakeChart, request_for: RequestFor
) -> None:
    chart = make_chart({"templates/a.yaml": PRINTS})
    with EmbeddedEngine() as engine:
        list(engine.render_many([request_for(chart, {"n": 1})]))
        worker = engine._lanes[0].child
        assert worker is not None
        worker._process.kill()
        worker._process.wait()
        (answer,) = engine.render_many([request_for(chart, {"n": 2})])
    assert number(answer) == 2


def test_a_binding_that_lacks_something_is_said_so(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    package = tmp_path / "helm_python"
    package.mkdir()
    package.joinpath("__init__.py").write_text(
        "from enum import IntEnum\n__version__ = '9'\n"
        "class ErrorCode(IntEnum):\n"
        "    CHART_LOAD = 1\n    CHART_INVALID = 2\n    VALUES = 3\n    RENDER = 4\n    PANIC = 5\n"
        "class HelmError(Exception): ...\n",
        "utf-8",
    )
    package.joinpath("_native.py").write_text("call_string = call_status = None\n", "utf-8")
    monkeypatch.setattr(child, "_folders", lambda: [str(tmp_path), str(ROOT)])
    with EmbeddedEngine() as engine, pytest.raises(EngineError) as caught:
        engine.parse_set(SetArgument(SetKind.SET, "a=1"))
    assert caught.value.message == "the installed helm-python-sdk lacks call_handle, SIGNATURES"


def test_a_library_that_cannot_be_loaded_is_said_so(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    tmp_path.joinpath("helm_python.py").write_text("raise OSError('no such library')\n", "utf-8")
    monkeypatch.setattr(child, "_folders", lambda: [str(tmp_path), str(ROOT)])
    with EmbeddedEngine() as engine, pytest.raises(EngineError) as caught:
        engine.parse_set(SetArgument(SetKind.SET, "a=1"))
    assert caught.value.message == (
        "the Helm library could not be loaded: OSError: no such library"
    )


def test_a_worker_that_never_answers_is_given_up(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    tmp_path.joinpath("helm_python.py").write_text("import time\ntime.sleep(60)\n", "utf-8")
    monkeypatch.setattr(child, "_folders", lambda: [str(tmp_path), str(ROOT)])
    monkeypatch.setattr(lane, "START_SECONDS", 0.3)
    with EmbeddedEngine() as engine, pytest.raises(EngineError) as caught:
        engine.parse_set(SetArgument(SetKind.SET, "a=1"))
    assert caught.value.message == "the Helm library could not be loaded: it did not answer"


PROGRAM = """
import sys
from pathlib import Path
from plate_llm_cli.helm.embedded import EmbeddedEngine
from plate_llm_cli.helm.engine import Capabilities, RenderRequest
request = RenderRequest(Path(sys.argv[1]), "r", "n", {}, Capabilities(""))
good = RenderRequest(Path(sys.argv[2]), "r", "n", {}, Capabilities(""))
with EmbeddedEngine(deadline=60) as engine:
    next(engine.render_many([good]))
    print(engine._lanes[0].child._process.pid, flush=True)
    list(engine.render_many([request]))
"""


@pytest.fixture
def stuck(make_chart: MakeChart) -> Any:
    """A program in the middle of an endless render, and its worker's process id."""
    endless = make_chart({"templates/a.yaml": ENDLESS}, "endless")
    good = make_chart({}, "good")
    with subprocess.Popen(  # noqa: S603 - our own program
        [sys.executable, "-c", PROGRAM, str(endless), str(good)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=ROOT,
    ) as program:
        assert program.stdout is not None
        yield program, int(program.stdout.readline())
        program.kill()


def ends(pid: int, seconds: float) -> bool:
    """Whether the process with `pid` is gone within `seconds`."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        if Path(f"/proc/{pid}/stat").exists() and ") Z " in Path(f"/proc/{pid}/stat").read_text():
            return True
        threading.Event().wait(0.01)
    return False


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has other signals")
def test_control_c_ends_a_render_and_leaves_no_worker(stuck: Any) -> None:
    program, worker = stuck
    program.send_signal(signal.SIGINT)
    _, written = program.communicate(timeout=10)
    assert written.strip().endswith(b"KeyboardInterrupt")
    assert ends(worker, 1)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has other signals")
def test_a_worker_ends_with_a_parent_that_was_killed(stuck: Any) -> None:
    program, worker = stuck
    program.kill()
    assert ends(worker, 5)
