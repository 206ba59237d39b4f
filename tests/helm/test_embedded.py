"""The embedded engine: order, nesting, deadlines, crashes, and nothing left behind."""

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
    Capabilities,
    FailureKind,
    RenderFailure,
    Rendering,
    SetArgument,
    SetInteger,
    SetKind,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from plate_llm_cli.helm.binary import BinaryEngine
    from plate_llm_cli.helm.engine import RenderRequest

    MakeChart = Callable[..., Path]
    RequestFor = Callable[..., RenderRequest]

ROOT = Path(__file__).parents[2]
PRINTS = "kind: ConfigMap\ndata:\n  n: {{ .Values.n | quote }}\n"
ENDLESS = "{{ range until 40000 }}{{ range until 40000 }}{{ end }}{{ end }}\n"
CALLS_ITSELF = "a: {{ tpl .Values.x . }}\n"
ITSELF = "{{ tpl .Values.x . }}"
BOMB = 'a: {{ repeat 1000000000 "xxxxxxxxxx" | len }}\n'
SUB = "apiVersion: v2\nname: sub\nversion: 0.1.0\n"


def text_of(answer: Rendering | RenderFailure) -> str:
    assert isinstance(answer, Rendering), answer
    return "".join(document.text for document in answer.documents)


def kinds(answers: list[Rendering | RenderFailure]) -> list[str]:
    return [answer.kind if isinstance(answer, RenderFailure) else "ok" for answer in answers]


def number(answer: Rendering | RenderFailure) -> int:
    return int(text_of(answer).split('"')[1])


@pytest.fixture
def chart_for_kubernetes(
    engine: EmbeddedEngine,
    binary: BinaryEngine,
    make_chart: MakeChart,
    request_for: RequestFor,
) -> Callable[[str, str], list[Rendering | RenderFailure]]:
    """What both engines say of a chart with a `kubeVersion`, for one version of Kubernetes."""

    def render(constraint: str, version: str) -> list[Rendering | RenderFailure]:
        metadata = f"apiVersion: v2\nname: demo\nversion: 0.1.0\nkubeVersion: '{constraint}'\n"
        chart = make_chart({"Chart.yaml": metadata})
        request = request_for(chart, capabilities=Capabilities(version))
        return [*engine.render_many([request]), *binary.render_many([request])]

    return render


def test_answers_come_in_the_order_of_the_requests(
    engine: EmbeddedEngine, make_chart: MakeChart, request_for: RequestFor
) -> None:
    chart = make_chart({"templates/a.yaml": PRINTS})
    answers = engine.render_many(request_for(chart, {"n": n}) for n in range(100))
    assert [number(answer) for answer in answers] == list(range(100))


def test_two_workers_keep_the_order(make_chart: MakeChart, request_for: RequestFor) -> None:
    chart = make_chart({"templates/a.yaml": PRINTS})
    with EmbeddedEngine(workers=2) as engine:
        answers = engine.render_many(request_for(chart, {"n": n}) for n in range(150))
        assert [number(answer) for answer in answers] == list(range(150))


def test_large_values_do_not_block(
    engine: EmbeddedEngine, make_chart: MakeChart, request_for: RequestFor
) -> None:
    chart = make_chart({"templates/a.yaml": "a: {{ len .Values.text }}\n"})
    values = {"text": "x" * 300_000}
    answers = list(engine.render_many([request_for(chart, values)] * 5))
    assert [text_of(answer) for answer in answers] == ["a: 300000\n"] * 5


def test_calls_may_be_nested(
    engine: EmbeddedEngine, make_chart: MakeChart, request_for: RequestFor
) -> None:
    chart = make_chart({"templates/a.yaml": PRINTS})
    seen = []
    for outer in engine.render_many(request_for(chart, {"n": n}) for n in range(10)):
        (inner,) = engine.render_many([request_for(chart, {"n": 100 + len(seen)})])
        seen.append((number(outer), number(inner)))
    assert seen == [(n, 100 + n) for n in range(10)]


def test_an_iterator_that_is_given_up_leaves_the_engine_usable(
    engine: EmbeddedEngine, make_chart: MakeChart, request_for: RequestFor
) -> None:
    chart = make_chart({"templates/a.yaml": PRINTS})
    answers = engine.render_many(request_for(chart, {"n": n}) for n in range(50))
    next(answers)
    del answers
    (answer,) = engine.render_many([request_for(chart, {"n": 7})])
    assert number(answer) == 7


def test_no_requests_give_no_answers(engine: EmbeddedEngine) -> None:
    assert list(engine.render_many([])) == []


def test_files_may_change_between_calls(
    engine: EmbeddedEngine, make_chart: MakeChart, request_for: RequestFor
) -> None:
    chart = make_chart({"templates/a.yaml": "a: 1\n"})
    before = list(engine.render_many([request_for(chart)]))
    make_chart({"templates/a.yaml": "a: 2\n"})
    after = list(engine.render_many([request_for(chart)]))
    assert [text_of(before[0]), text_of(after[0])] == ["a: 1\n", "a: 2\n"]


def test_subcharts_are_judged_anew_in_every_render(
    engine: EmbeddedEngine, make_chart: MakeChart, request_for: RequestFor
) -> None:
    chart = make_chart(
        {
            "Chart.yaml": "apiVersion: v2\nname: demo\nversion: 0.1.0\n"
            "dependencies: [{name: sub, version: '*', condition: sub.enabled}]\n",
            "charts/sub/Chart.yaml": SUB,
            "charts/sub/templates/a.yaml": "a: sub\n",
        }
    )
    states = [True, False, True]
    answers = engine.render_many(request_for(chart, {"sub": {"enabled": on}}) for on in states)
    assert [text_of(answer) for answer in answers] == ["a: sub\n", "", "a: sub\n"]


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


def test_variants_give_the_templates_that_differ(
    engine: EmbeddedEngine, make_chart: MakeChart, request_for: RequestFor
) -> None:
    chart = make_chart(
        {
            "templates/a.yaml": "a: {{ .Values.a }}\n",
            "templates/b.yaml": "{{ if .Values.b }}b: 1{{ end }}\n",
            "templates/NOTES.txt": "{{ .Values.c }}",
        }
    )
    base = {"a": 1, "b": True, "c": 1}
    changes: list[dict[str, Any]] = [{}, {"a": 2}, {"b": False}, {"c": 2}, {"a": None}]
    variants = [{**base, **change} for change in changes]
    assert list(engine.render_variants(request_for(chart, base), variants)) == [
        {},
        {"demo/templates/a.yaml": "a: 2\n"},
        {"demo/templates/b.yaml": "\n"},
        {"demo/templates/NOTES.txt": "2"},
        {"demo/templates/a.yaml": "a: \n"},
    ]


def test_a_variant_that_cannot_render_is_a_failure(
    engine: EmbeddedEngine, make_chart: MakeChart, request_for: RequestFor
) -> None:
    chart = make_chart({"templates/a.yaml": "{{ if .Values.a }}{{ fail .Values.a }}{{ end }}"})
    answers = list(engine.render_variants(request_for(chart), [{"a": "no"}, {}]))
    assert isinstance(answers[0], RenderFailure)
    assert answers[0].message == "no"
    assert answers[1] == {}


def test_variants_of_what_cannot_render_give_all_templates(
    engine: EmbeddedEngine, make_chart: MakeChart, request_for: RequestFor
) -> None:
    chart = make_chart({"templates/a.yaml": '{{ required "a" .Values.a }}'})
    answers = list(engine.render_variants(request_for(chart), [{"a": "x"}]))
    assert answers == [{"demo/templates/a.yaml": "x"}]


def test_variants_survive_a_worker_that_does_not(
    make_chart: MakeChart, request_for: RequestFor
) -> None:
    chart = make_chart({"templates/a.yaml": f"{{{{ if .Values.on }}}}{ENDLESS}{{{{ end }}}}"})
    with EmbeddedEngine(deadline=0.5) as engine:
        answers = list(engine.render_variants(request_for(chart), [{}, {"on": True}, {}, {"n": 1}]))
    assert [answer if isinstance(answer, dict) else answer.kind for answer in answers] == [
        {},
        FailureKind.TIMEOUT,
        {},
        {},
    ]


def test_variants_of_an_endless_chart_end(make_chart: MakeChart, request_for: RequestFor) -> None:
    chart = make_chart({"templates/a.yaml": f"{{{{ if .Values.on }}}}{ENDLESS}{{{{ end }}}}"})
    with EmbeddedEngine(deadline=0.5) as engine:
        answers = list(engine.render_variants(request_for(chart, {"on": True}), [{}, {"a": 1}]))
    assert answers == [{"demo/templates/a.yaml": ""}] * 2


def test_two_workers_share_the_variants(make_chart: MakeChart, request_for: RequestFor) -> None:
    chart = make_chart({"templates/a.yaml": "{{ .Values.n }}"})
    with EmbeddedEngine(workers=2) as engine:
        variants = [{"n": n} for n in range(150)]
        answers = list(engine.render_variants(request_for(chart, {"n": 0}), variants))
    assert answers == [{}, *({"demo/templates/a.yaml": str(n)} for n in range(1, 150))]


def test_texts_are_raw_and_by_template(
    engine: EmbeddedEngine, make_chart: MakeChart, request_for: RequestFor
) -> None:
    chart = make_chart({"templates/a.yaml": "\n---\na: 1\n", "templates/NOTES.txt": "hi"})
    assert engine.texts(request_for(chart)) == {
        "demo/templates/a.yaml": "\n---\na: 1\n",
        "demo/templates/NOTES.txt": "hi",
    }


def test_a_chart_can_be_rendered_without_its_schemas(
    engine: EmbeddedEngine, make_chart: MakeChart, request_for: RequestFor
) -> None:
    chart = make_chart(
        {
            "values.schema.json": '{"required": ["a"]}',
            "charts/sub/Chart.yaml": SUB,
            "charts/sub/values.schema.json": '{"required": ["a"]}',
            "files/values.schema.json": "kept",
            "templates/a.yaml": 'a: {{ .Files.Get "files/values.schema.json" }}\n',
        }
    )
    refused, rendered = engine.render_many(
        [request_for(chart), request_for(chart, skip_schema=True)]
    )
    assert kinds([refused]) == [FailureKind.SCHEMA]
    assert text_of(rendered) == "a: kept\n"


def test_tests_can_be_left_out(
    engine: EmbeddedEngine, make_chart: MakeChart, request_for: RequestFor
) -> None:
    hook = "kind: Pod\nmetadata: {annotations: {helm.sh/hook: test}}\n"
    chart = make_chart({"templates/t.yaml": hook})
    kept, left_out = engine.render_many([request_for(chart), request_for(chart, skip_tests=True)])
    assert [text_of(kept), text_of(left_out)] == [hook + "\n", ""]


def test_custom_resource_definitions_can_be_left_out(
    engine: EmbeddedEngine, make_chart: MakeChart, request_for: RequestFor
) -> None:
    chart = make_chart({"crds/a.yaml": "kind: CustomResourceDefinition\n"})
    (answer,) = engine.render_many([request_for(chart, include_crds=False)])
    assert text_of(answer) == ""


def test_a_dependency_that_is_off_need_not_be_there(
    engine: EmbeddedEngine, make_chart: MakeChart, request_for: RequestFor
) -> None:
    chart = make_chart(
        {
            "Chart.yaml": "apiVersion: v2\nname: demo\nversion: 0.1.0\ndependencies:\n"
            "  - {name: one, version: '1', condition: 'x.y,one.enabled', repository: 'https://a'}\n"
            "  - {name: two, version: '1', alias: second, tags: [back, front]}\n",
            "values.yaml": "one: {enabled: false}\ntags: {back: false}\n",
            "templates/a.yaml": "a: 1\n",
        }
    )
    off, one, two = engine.render_many(
        request_for(chart, values)
        for values in ({}, {"one": {"enabled": True}}, {"tags": {"front": True}})
    )
    assert isinstance(off, Rendering)
    assert [note.split(":")[0] for note in off.notes] == [
        "dependency one is switched off and not in charts/",
        "dependency second is switched off and not in charts/",
    ]
    assert isinstance(one, Rendering)
    assert (one.missing, text_of(one)) == (("one",), "a: 1\n")
    assert isinstance(two, Rendering)
    assert two.missing == ("second",)


def test_a_chart_that_fails_for_want_of_a_dependency_says_so(
    engine: EmbeddedEngine, make_chart: MakeChart, request_for: RequestFor
) -> None:
    chart = make_chart(
        {
            "Chart.yaml": "apiVersion: v2\nname: demo\nversion: 0.1.0\n"
            "dependencies: [{name: common, version: 2.x.x}]\n",
            "templates/a.yaml": 'a: {{ include "common.name" . }}\n',
        }
    )
    (failure,) = engine.render_many([request_for(chart)])
    assert isinstance(failure, RenderFailure)
    assert failure.kind is FailureKind.DEPENDENCY
    assert (failure.template, failure.line) == ("demo/templates/a.yaml", 1)
    assert failure.message == (
        "the chart needs common, which is not in its charts/ folder (`helm dependency build` "
        'fetches it); without it: there is no template "common.name"'
    )


def test_a_vendored_chart_of_another_version_is_noted(
    engine: EmbeddedEngine, make_chart: MakeChart, request_for: RequestFor
) -> None:
    chart = make_chart(
        {
            "Chart.yaml": "apiVersion: v2\nname: demo\nversion: 0.1.0\n"
            "dependencies: [{name: sub, version: '>=1', condition: sub.enabled}]\n",
            "charts/sub/Chart.yaml": SUB,
            "charts/sub/templates/a.yaml": "a: 1\n",
        }
    )
    (answer,) = engine.render_many([request_for(chart, {"sub": {"enabled": True}})])
    assert isinstance(answer, Rendering)
    assert answer.notes[0].startswith("charts/ has sub 0.1.0, Chart.yaml asks for >=1: ")
    assert text_of(answer) == "a: 1\n"


@pytest.mark.parametrize(
    ("constraint", "version", "fits"),
    [
        (">=1.25.0-0", "1.37.0", True),
        (">= 1.25.0-0 < 1.30.0-0", "1.37.0", False),
        (">=1.25", "v1.31.2-gke.100", True),
        ("~1.31", "1.31", True),
        ("no constraint", "1.37.0", False),
    ],
)
def test_the_kubernetes_version_that_a_chart_asks_for_counts(
    chart_for_kubernetes: Callable[[str, str], list[Rendering | RenderFailure]],
    constraint: str,
    version: str,
    fits: bool,
) -> None:
    ours, theirs = chart_for_kubernetes(constraint, version)
    assert ours == theirs
    assert isinstance(ours, Rendering) is fits


def test_capabilities_reach_the_templates(
    engine: EmbeddedEngine, make_chart: MakeChart, request_for: RequestFor
) -> None:
    template = (
        "a: {{ .Capabilities.KubeVersion }} "
        '{{ .Capabilities.APIVersions.Has "example.com/v1/Thing" }}\n'
    )
    request = request_for(
        make_chart({"templates/a.yaml": template}),
        capabilities=Capabilities("1.29.3", ("example.com/v1/Thing",)),
    )
    (answer,) = engine.render_many([request])
    assert text_of(answer) == "a: v1.29.3 true\n"


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_values_that_are_no_json_are_refused(
    engine: EmbeddedEngine, make_chart: MakeChart, request_for: RequestFor, value: float
) -> None:
    chart = make_chart({"templates/a.yaml": PRINTS})
    answers = list(engine.render_many(request_for(chart, {"n": n}) for n in (1, value, 2)))
    assert kinds(answers) == ["ok", FailureKind.VALUES, "ok"]


def test_integers_by_set_are_marked(engine: EmbeddedEngine) -> None:
    parsed = engine.parse_set(SetArgument(SetKind.SET, "a.b={1,x},c=true"))
    assert isinstance(parsed, dict)
    assert parsed == {"a": {"b": [1, "x"]}, "c": True}
    assert type(parsed["a"]["b"][0]) is SetInteger


def test_set_file_reads_the_file(engine: EmbeddedEngine, tmp_path: Path) -> None:
    tmp_path.joinpath("cert").write_text("line\n", "utf-8")
    argument = SetArgument(SetKind.FILE, f"tls.cert={tmp_path / 'cert'}")
    assert engine.parse_set(argument) == {"tls": {"cert": "line\n"}}


def test_a_set_file_that_is_not_there_is_a_failure(engine: EmbeddedEngine, tmp_path: Path) -> None:
    failure = engine.parse_set(SetArgument(SetKind.FILE, f"a={tmp_path / 'none'}"))
    assert isinstance(failure, RenderFailure)
    assert failure.kind is FailureKind.VALUES


def test_a_link_out_of_the_root_is_refused_before_helm_follows_it(
    engine: EmbeddedEngine, make_chart: MakeChart, request_for: RequestFor, tmp_path: Path
) -> None:
    chart = make_chart({"templates/a.yaml": 'a: {{ .Files.Get "secret" }}\n'}, "root/chart")
    tmp_path.joinpath("secret").write_text("x", "utf-8")
    chart.joinpath("secret").symlink_to(tmp_path / "secret")
    (failure,) = engine.render_many([request_for(chart, root=tmp_path / "root")])
    assert isinstance(failure, RenderFailure)
    assert failure.message == "chart/secret is a symbolic link that leaves the root"


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
