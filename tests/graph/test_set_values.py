"""What `--set` makes of values is what the real Helm makes of them."""

from __future__ import annotations

import json
import subprocess
from functools import reduce
from typing import TYPE_CHECKING, Any

import pytest

from plate_llm_cli.graph.set_values import conflict, put_parsed, route_of, split_arguments
from plate_llm_cli.helm.engine import SetArgument, SetKind

if TYPE_CHECKING:
    from pathlib import Path

    from plate_llm_cli.helm.embedded import EmbeddedEngine

VALUES: dict[str, Any] = {
    "a": {"b": 1, "c": ["x", "y"]},
    "list": [{"name": "one", "port": 1}, {"name": "two"}],
    "text": "t",
}
ARGUMENTS = [
    "a.b=2",
    "a.d=3,a.e=4",
    "a.c[1]=z",
    "a.c[3]=w",
    "a.c={p,q}",
    "a.c={}",
    "list[0].port=80",
    "list[2].name=three",
    r"a.x\.y/z=dotted",
    r"text=one\,two",
    "a=null",
    "a.b=null",
    "a.b=",
    "a.b=true,a.f=false",
    "a.b=1e3,a.f=007,a.g=1000000",
    "new.list[0][1]=n",
    "a=flat",
]


@pytest.fixture
def chart(tmp_path: Path) -> Path:
    folder = tmp_path / "chart"
    (folder / "templates").mkdir(parents=True)
    (folder / "Chart.yaml").write_text("apiVersion: v2\nname: demo\nversion: 0.1.0\n")
    (folder / "templates" / "it.yaml").write_text(
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\ndata:\n"
        "  values: {{ .Values | toJson | quote }}\n"
    )
    (tmp_path / "values.json").write_text(json.dumps(VALUES))
    return folder


def by_helm(helm: Path, chart: Path, argument: str) -> Any:
    values = str(chart.parent / "values.json")
    command = [str(helm), "template", "x", str(chart), "--values", values, "--set", argument]
    ended = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603 - helm
    line = ended.stdout.strip().splitlines()[-1]
    return json.loads(json.loads(line.partition("values: ")[2]))


@pytest.mark.parametrize("argument", ARGUMENTS)
def test_an_argument_sets_what_helm_sets(
    argument: str, helm_binary: Path, chart: Path, engine: EmbeddedEngine
) -> None:
    def put(values: dict[str, Any], assignment: str) -> dict[str, Any]:
        parsed = engine.parse_set(SetArgument(SetKind.SET, assignment))
        assert isinstance(parsed, dict)
        return put_parsed(values, route_of(assignment), parsed)

    ours = reduce(put, split_arguments(argument), VALUES)
    assert ours == by_helm(helm_binary, chart, argument)


REFUSED = {
    "text.deeper=1": "text is no map in the values before it",
    "a.b[0]=n": "a.b is no list in the values before it",
    "a[0]=n": "a is no list in the values before it",
    "list.x=1": "list is no map in the values before it",
}


@pytest.mark.parametrize("argument", REFUSED)
def test_what_helm_refuses_is_a_conflict(argument: str, helm_binary: Path, chart: Path) -> None:
    assert conflict(VALUES, route_of(argument)) == REFUSED[argument]
    with pytest.raises(subprocess.CalledProcessError):
        by_helm(helm_binary, chart, argument)


@pytest.mark.parametrize("argument", [*ARGUMENTS, "none.a=1"])
def test_what_helm_takes_is_no_conflict(argument: str) -> None:
    routes = map(route_of, split_arguments(argument))
    assert [conflict({**VALUES, "none": None}, route) for route in routes if route] == [""] * (
        len(split_arguments(argument))
    )


def test_the_values_before_stay_as_they_were(engine: EmbeddedEngine) -> None:
    before = json.dumps(VALUES)
    parsed = engine.parse_set(SetArgument(SetKind.SET, "list[0].port=2"))
    assert isinstance(parsed, dict)
    put_parsed(VALUES, ("list", 0, "port"), parsed)
    assert json.dumps(VALUES) == before


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("a=1,b=2", ["a=1", "b=2"]),
        ("a={x,y},b=2", ["a={x,y}", "b=2"]),
        (r"a=1\,2,b=3", [r"a=1\,2", "b=3"]),
        ("a=1,", ["a=1"]),
        ("", []),
    ],
)
def test_arguments_are_split_at_commas_that_part(text: str, parts: list[str]) -> None:
    assert split_arguments(text) == parts
