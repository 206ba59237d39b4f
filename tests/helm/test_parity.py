"""Both engines give the same documents, byte for byte, and the same failures.

`parity/` holds a chart for each of Helm's ways, `ci/*-values.yaml` in it what it is rendered with
beside its own defaults; the charts of this repository follow, with every value file they have.
"""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from plate_llm_cli.graph.set_values import put_parsed, route_of
from plate_llm_cli.helm.binary_flags import template_arguments, values_text
from plate_llm_cli.helm.binary_output import documents
from plate_llm_cli.helm.engine import FailureKind, RenderFailure, SetArgument, SetKind
from plate_llm_cli.helm.process import Running
from plate_llm_cli.source.reader import read_file, to_plain
from plate_llm_cli.values.merge import merge

if TYPE_CHECKING:
    from collections.abc import Callable

    from plate_llm_cli.helm.binary import BinaryEngine
    from plate_llm_cli.helm.embedded import EmbeddedEngine
    from plate_llm_cli.helm.engine import Rendering, RenderRequest

ROOT = Path(__file__).parents[2]
PARITY = Path(__file__).parent / "parity"


def cases() -> list[tuple[Path, tuple[Path, ...]]]:
    found = []
    for chart in sorted(PARITY.iterdir()):
        files = sorted(chart.glob("ci/*-values.yaml"))
        found += [(chart, ()), *((chart, (file,)) for file in files)]
    for chart in sorted((ROOT / "charts").iterdir()):
        files = sorted(chart.glob("values-*.yaml"))
        found += [(chart, ()), *((chart, (file,)) for file in files), (chart, tuple(files))]
    return found


def case_id(case: tuple[Path, tuple[Path, ...]]) -> str:
    chart, files = case
    return "-".join([chart.name, *(file.stem for file in files)])


def values_of(files: tuple[Path, ...]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for file in files:
        found = to_plain(read_file(file.parent, file.name).root)
        assert isinstance(found, dict)
        values = merge(values, found)
    return values


def both(
    engine: EmbeddedEngine, binary: BinaryEngine, request: RenderRequest
) -> tuple[Rendering | RenderFailure, Rendering | RenderFailure]:
    (ours,), (theirs,) = engine.render_many([request]), binary.render_many([request])
    if isinstance(ours, RenderFailure):  # the binary does not show what it could not read
        return replace(ours, output="", notes=()), replace(theirs, notes=())
    return replace(ours, notes=()), replace(theirs, notes=())


@pytest.mark.parametrize("case", cases(), ids=case_id)
def test_documents_are_equal(
    case: tuple[Path, tuple[Path, ...]],
    engine: EmbeddedEngine,
    binary: BinaryEngine,
    request_for: Callable[..., RenderRequest],
) -> None:
    chart, files = case
    ours, theirs = both(engine, binary, request_for(chart, values_of(files)))
    assert ours == theirs


@pytest.mark.parametrize("case", cases(), ids=case_id)
def test_a_chart_renders_the_same_without_its_schemas(
    case: tuple[Path, tuple[Path, ...]],
    engine: EmbeddedEngine,
    request_for: Callable[..., RenderRequest],
) -> None:
    chart, files = case
    request = request_for(chart, values_of(files))
    checked, unchecked = engine.render_many([request, replace(request, skip_schema=True)])
    if isinstance(checked, RenderFailure) and checked.kind is FailureKind.SCHEMA:
        assert not isinstance(unchecked, RenderFailure)
    else:
        assert unchecked == checked


SETS = [
    ("numbers", {}, ["big=1000000"]),
    ("numbers", {}, ["table.a=1650000000", "table.b\\.c.d=2000000"]),
    ("numbers", {}, ["scalars={1000000,2,x}"]),
    ("numbers", {"scalars": [1000000, 5000000]}, ["scalars[1]=7000000"]),
    ("numbers", {}, ["list[1].n=3000000"]),
    ("numbers", {"list": [{"n": 1}, {'q"x}}': 1}]}, ["list[1].n=3000000", "list[0].m[2]=1000000"]),
    ("numbers", {"m": [[1000000], [2]]}, ["m[1][0]=3000000"]),
    ("numbers", {}, ["small=0", "exp=-1000000", "hex=", "oct=null", "float=true"]),
    ("subcharts", {}, ["sub.port=1000000", "sub.nested.deep.a=2000000"]),
    ("subcharts", {}, ["global.n=1000000"]),
    ("subcharts", {"tags": {"extra": True}}, ["other.port=1000000"]),
]


@pytest.mark.parametrize("case", SETS, ids=str)
def test_set_arguments_render_as_helms_own_flag_makes_them(
    case: tuple[str, dict[str, Any], list[str]],
    engine: EmbeddedEngine,
    binary: BinaryEngine,
    helm_binary: Path,
    request_for: Callable[..., RenderRequest],
) -> None:
    name, base, arguments = case
    values = base
    for text in arguments:
        parsed = engine.parse_set(SetArgument(SetKind.SET, text))
        assert isinstance(parsed, dict)
        values = put_parsed(values, route_of(text), parsed)
    request = request_for(PARITY / name, values)
    ours, theirs = both(engine, binary, request)
    assert not isinstance(ours, RenderFailure)
    assert ours == theirs
    plain = template_arguments(replace(request, values=base))
    flags = [part for text in arguments for part in ("--set", text)]
    done = Running([str(helm_binary), *plain, *flags], values_text(base)).finish(30)
    assert tuple(documents(done.stdout)) == ours.documents


@pytest.mark.parametrize("kind", [SetKind.SET, SetKind.STRING])
@pytest.mark.parametrize(
    "text",
    [
        "a=1",
        "a[1].b=x,c=null",
        "a={1,2}",
        "a=1000000",
        "a=08",
        "a\\.b=true",
        "a.b.c",
        "a[9999999]=1",
    ],
)
def test_set_arguments_are_parsed_alike(
    kind: SetKind, text: str, engine: EmbeddedEngine, binary: BinaryEngine
) -> None:
    argument = SetArgument(kind, text)
    assert engine.parse_set(argument) == binary.parse_set(argument)


@pytest.mark.parametrize("case", cases(), ids=case_id)
def test_lint_reports_are_equal(
    case: tuple[Path, tuple[Path, ...]],
    engine: EmbeddedEngine,
    binary: BinaryEngine,
    request_for: Callable[..., RenderRequest],
) -> None:
    chart, files = case
    request = request_for(chart, values_of(files))
    assert engine.lint(request) == binary.lint(request)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3)
    ),
    max_leaves=8,
)


@settings(
    max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
@given(values=st.dictionaries(st.text(max_size=6), JSON, max_size=4))
def test_values_reach_the_templates_alike(
    values: dict[str, Any],
    engine: EmbeddedEngine,
    binary: BinaryEngine,
    make_chart: Callable[..., Path],
    request_for: Callable[..., RenderRequest],
) -> None:
    chart = make_chart({"templates/a.yaml": "a: {{ toJson .Values | b64enc }}\n"})
    ours, theirs = both(engine, binary, request_for(chart, values))
    assert not isinstance(ours, RenderFailure)
    assert ours == theirs
    (document,) = ours.documents
    seen = json.loads(base64.b64decode(document.text.removeprefix("a: ")))
    assert seen == values
