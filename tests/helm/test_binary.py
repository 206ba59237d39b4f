"""The engine around the `helm` binary: what is its own, beside what the parity tests show."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from plate_llm_cli.errors import EngineError
from plate_llm_cli.helm.binary import BinaryEngine
from plate_llm_cli.helm.binary_flags import template_arguments, values_text
from plate_llm_cli.helm.binary_output import documents
from plate_llm_cli.helm.engine import (
    Capabilities,
    FailureKind,
    RenderedDocument,
    RenderFailure,
    Rendering,
    SetInteger,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from plate_llm_cli.helm.embedded import EmbeddedEngine
    from plate_llm_cli.helm.engine import RenderRequest

    MakeChart = Callable[..., Path]
    RequestFor = Callable[..., RenderRequest]


@pytest.fixture
def program(tmp_path: Path) -> Callable[[str], Path]:
    """A program in place of helm."""

    def write(body: str) -> Path:
        path = tmp_path / "helm"
        path.write_text(f"#!/bin/sh\n{body}\n", "utf-8")
        path.chmod(0o755)
        return path

    return write


def test_the_request_becomes_flags(request_for: RequestFor) -> None:
    request = request_for(
        Path("/c"),
        {"a.b": [{"n": SetInteger(5)}], "plain": 6},
        capabilities=Capabilities("1.30.0", ("x/v1", "y/v1/Kind")),
        skip_tests=True,
        skip_schema=True,
    )
    assert template_arguments(request) == [
        *("template", "rel", "/c", "--namespace", "ns", "--values", "-"),
        *("--kube-version", "1.30.0", "--skip-schema-validation", "--set", "a\\.b[0].n=5"),
        *("--api-versions", "x/v1", "--api-versions", "y/v1/Kind"),
        *("--include-crds", "--skip-tests"),
    ]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("a\u0085b", '{"v": "a\\u0085b"}'),
        ("\x7f\ufeff", '{"v": "\\u007f\\ufeff"}'),
        ("😀", '{"v": "\\U0001f600"}'),
        ("안", '{"v": "\\uc548"}'),
        ('"\\\n', '{"v": "\\"\\\\\\n"}'),
    ],
)
def test_values_are_json_that_yaml_readers_take_too(value: str, text: str) -> None:
    assert values_text({"v": value}) == text


def test_documents_are_read_back_by_their_source() -> None:
    printed = (
        "\n---\n# Source: c/crds/a.yaml\nkind: A\n---\nkind: B\n\n"
        "---\n# Source: c/templates/a.yaml\nkind: ConfigMap\ndata:\n"
        "  t: |\n    ---\n    # Source: x\n"
        "---\n# Source: c/charts/crds/templates/h.yaml\n"
        "metadata: {annotations: {helm.sh/hook: test}}\n"
    )
    assert list(documents(printed)) == [
        RenderedDocument("c/crds/a.yaml", "kind: A\n\n", crd=True),
        RenderedDocument("c/crds/a.yaml", "kind: B\n\n", crd=True),
        RenderedDocument(
            "c/templates/a.yaml", "kind: ConfigMap\ndata:\n  t: |\n    ---\n    # Source: x\n"
        ),
        RenderedDocument(
            "c/charts/crds/templates/h.yaml",
            "metadata: {annotations: {helm.sh/hook: test}}\n",
            hook=True,
        ),
    ]


def test_a_binary_that_is_not_there_ends_the_command(request_for: RequestFor) -> None:
    engine = BinaryEngine(Path("/nowhere/helm"))
    with pytest.raises(EngineError) as caught:
        list(engine.render_many([request_for(Path("/c"))]))
    assert caught.value.message == "/nowhere/helm cannot be run: No such file or directory"


def test_no_helm_on_the_path_ends_the_command(
    request_for: RequestFor, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(EngineError) as caught:
        list(BinaryEngine().render_many([request_for(Path("/c"))]))
    assert caught.value.message == "there is no `helm` on PATH"


def test_helm_on_the_path_is_found(
    helm_binary: Path,
    make_chart: MakeChart,
    request_for: RequestFor,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PATH", str(helm_binary.parent))
    if shutil.which("helm") is None:
        pytest.skip("the helm binary has another name")
    (answer,) = BinaryEngine().render_many([request_for(make_chart({}))])
    assert answer == Rendering(())


def test_another_program_is_not_taken_for_helm(
    program: Callable[[str], Path], request_for: RequestFor
) -> None:
    path = program("echo v2.17.0")
    with pytest.raises(EngineError) as caught:
        list(BinaryEngine(path).render_many([request_for(Path("/c"))]))
    assert caught.value.message == (
        f"{path} is not Helm 3 or 4: asked for its version, it says v2.17.0"
    )


@pytest.mark.skipif(sys.platform == "win32", reason="a shell script stands in for helm")
def test_a_render_past_its_deadline_is_ended(
    program: Callable[[str], Path], request_for: RequestFor
) -> None:
    path = program('[ "$1" = version ] && echo v4.0.0 && exit; sleep 60')
    engine = BinaryEngine(path, deadline=0.2)
    (failure,) = engine.render_many([request_for(Path("/c"))])
    assert isinstance(failure, RenderFailure)
    assert failure.kind is FailureKind.TIMEOUT


def test_an_endless_chart_ends(
    helm_binary: Path, make_chart: MakeChart, request_for: RequestFor
) -> None:
    endless = "{{ range until 40000 }}{{ range until 40000 }}{{ end }}{{ end }}\n"
    chart = make_chart({"templates/a.yaml": endless})
    with BinaryEngine(helm_binary, deadline=0.5) as engine:
        (failure,) = engine.render_many([request_for(chart)])
    assert isinstance(failure, RenderFailure)
    assert failure.kind is FailureKind.TIMEOUT


def test_answers_come_in_the_order_of_the_requests(
    binary: BinaryEngine, make_chart: MakeChart, request_for: RequestFor
) -> None:
    chart = make_chart({"templates/a.yaml": "n: {{ .Values.n }}\n"})
    answers = list(binary.render_many(request_for(chart, {"n": n}) for n in range(6)))
    assert [answer.documents[0].text for answer in answers if isinstance(answer, Rendering)] == [
        f"n: {n}\n" for n in range(6)
    ]


def test_variants_differ_as_with_the_embedded_engine(
    binary: BinaryEngine, engine: EmbeddedEngine, make_chart: MakeChart, request_for: RequestFor
) -> None:
    chart = make_chart(
        {
            "templates/a.yaml": "a: {{ .Values.a }}\n---\nkind: Pod\n",
            "templates/b.yaml": "{{ if .Values.b }}b: 1{{ end }}\n",
        }
    )
    request = request_for(chart, {"a": 1, "b": True})
    variants = [{"a": 1, "b": True}, {"a": 2, "b": True}, {"a": 1}]
    ours, theirs = (
        [set(found) for found in one.render_variants(request, variants) if isinstance(found, dict)]
        for one in (engine, binary)
    )
    assert ours == theirs == [set(), {"demo/templates/a.yaml"}, {"demo/templates/b.yaml"}]


def test_a_dependency_that_is_not_there_stops_helm(
    binary: BinaryEngine, make_chart: MakeChart, request_for: RequestFor
) -> None:
    metadata = "apiVersion: v2\nname: d\nversion: 0.1.0\ndependencies: [{name: a, version: '1'}]\n"
    (failure,) = binary.render_many([request_for(make_chart({"Chart.yaml": metadata}))])
    message = "the chart needs a, which is not in its charts/ folder"
    assert failure == RenderFailure(
        FailureKind.DEPENDENCY, f"{message} (`helm dependency build` fetches it)"
    )


def test_it_closes_twice(helm_binary: Path) -> None:
    engine = BinaryEngine(helm_binary)
    engine.close()
    engine.close()


def test_nothing_is_left_in_the_temporary_folder(
    binary: BinaryEngine,
    make_chart: MakeChart,
    request_for: RequestFor,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path / "tmp"))
    tmp_path.joinpath("tmp").mkdir()
    list(binary.render_many([request_for(make_chart({}), {"password": "x"})]))
    assert list(tmp_path.joinpath("tmp").iterdir()) == []
