"""What the embedded engine makes of charts: dependencies, schemas, versions, `--set`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

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
    from pathlib import Path

    from plate_llm_cli.helm.binary import BinaryEngine
    from plate_llm_cli.helm.embedded import EmbeddedEngine
    from plate_llm_cli.helm.engine import RenderRequest

    MakeChart = Callable[..., Path]
    RequestFor = Callable[..., RenderRequest]


PRINTS = "kind: ConfigMap\ndata:\n  n: {{ .Values.n | quote }}\n"
SUB = "apiVersion: v2\nname: sub\nversion: 0.1.0\n"


def text_of(answer: Rendering | RenderFailure) -> str:
    assert isinstance(answer, Rendering), answer
    return "".join(document.text for document in answer.documents)


def kinds(answers: list[Rendering | RenderFailure]) -> list[str]:
    return [answer.kind if isinstance(answer, RenderFailure) else "ok" for answer in answers]


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
