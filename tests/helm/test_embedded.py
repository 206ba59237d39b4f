"""The embedded engine answers in order, whatever the size and the number of its workers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from plate_llm_cli.helm.embedded import EmbeddedEngine
from plate_llm_cli.helm.engine import (
    FailureKind,
    RenderFailure,
    Rendering,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from plate_llm_cli.helm.engine import RenderRequest

    MakeChart = Callable[..., Path]
    RequestFor = Callable[..., RenderRequest]


PRINTS = "kind: ConfigMap\ndata:\n  n: {{ .Values.n | quote }}\n"
ENDLESS = "{{ range until 40000 }}{{ range until 40000 }}{{ end }}{{ end }}\n"
SUB = "apiVersion: v2\nname: sub\nversion: 0.1.0\n"


def text_of(answer: Rendering | RenderFailure) -> str:
    assert isinstance(answer, Rendering), answer
    return "".join(document.text for document in answer.documents)


def number(answer: Rendering | RenderFailure) -> int:
    return int(text_of(answer).split('"')[1])


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
    seen: list[tuple[int, int]] = []
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
