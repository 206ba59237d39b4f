"""Many renders of one chart share the check of its schema, and end as each alone would."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from plate_llm_cli.helm.engine import FailureKind, RenderFailure, Rendering, SetInteger

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from plate_llm_cli.helm.embedded import EmbeddedEngine
    from plate_llm_cli.helm.engine import RenderRequest

TEMPLATE = (
    '{{ if eq (toString .Values.port) "13" }}{{ fail "unlucky" }}{{ end }}'
    '{{ $_ := set .Values "port" "changed" }}port: {{ .Values.port }} {{ .Values.name }}\n'
)
SCHEMAS: dict[str, dict[str, Any]] = {
    "plain": {"properties": {"port": {"type": "integer", "maximum": 100}}},
    "references": {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "definitions": {"port": {"type": "integer", "maximum": 100}},
        "properties": {"port": {"$ref": "#/definitions/port"}, "again": {"$ref": "#"}},
    },
    "newer references": {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$defs": {"a/b": {"type": "integer", "maximum": 100}},
        "properties": {"port": {"$ref": "#/$defs/a~1b"}},
    },
    "bound to its place": {
        "$id": "https://example.com/values.json",
        "properties": {"port": {"type": "integer", "maximum": 100}},
    },
    "a property called id": {
        "properties": {"id": {"type": "string"}, "port": {"type": "integer", "maximum": 100}}
    },
}


@pytest.fixture
def outcomes(
    engine: EmbeddedEngine,
    make_chart: Callable[..., Path],
    request_for: Callable[..., RenderRequest],
) -> Callable[..., tuple[list[Any], list[Any]]]:
    """What a chart comes to with each of several values: together, and one by one."""

    def render(files: dict[str, str], *values: dict[str, Any]) -> tuple[list[Any], list[Any]]:
        chart = make_chart({"templates/a.yaml": TEMPLATE, "values.yaml": "name: x\n", **files})
        requests = [request_for(chart, one) for one in values]
        alone = [next(engine.render_many([request])) for request in requests]
        return list(engine.render_many(requests)), alone

    return render


def kinds(answers: list[Any]) -> list[str]:
    return [answer.kind if isinstance(answer, RenderFailure) else "ok" for answer in answers]


@pytest.mark.parametrize("schema", SCHEMAS.values(), ids=SCHEMAS)
def test_the_answers_are_those_of_each_alone(
    outcomes: Callable[..., tuple[list[Any], list[Any]]], schema: dict[str, Any]
) -> None:
    values = [{"port": port} for port in (1, 2, 13, 101, "x", 3)]
    together, alone = outcomes({"values.schema.json": json.dumps(schema)}, *values)
    assert together == alone
    assert kinds(together) == [
        "ok",
        "ok",
        FailureKind.TEMPLATE,
        FailureKind.SCHEMA,
        FailureKind.SCHEMA,
        "ok",
    ]


def test_what_all_meet_is_checked_once_for_all(
    outcomes: Callable[..., tuple[list[Any], list[Any]]],
) -> None:
    schema = json.dumps(SCHEMAS["plain"])
    together, alone = outcomes({"values.schema.json": schema}, *({"port": n} for n in range(5)))
    assert together == alone
    assert all(isinstance(answer, Rendering) for answer in together)


def test_a_value_may_be_refused_though_the_template_fails_as_well(
    outcomes: Callable[..., tuple[list[Any], list[Any]]],
) -> None:
    schema = json.dumps({"properties": {"port": {"maximum": 5}}})
    together, alone = outcomes({"values.schema.json": schema}, *({"port": n} for n in (1, 2, 13)))
    assert together == alone
    assert kinds(together) == ["ok", "ok", FailureKind.SCHEMA]


def test_schemas_of_subcharts_are_checked_by_helm(
    outcomes: Callable[..., tuple[list[Any], list[Any]]],
) -> None:
    files = {
        "values.schema.json": "{}",
        "charts/sub/Chart.yaml": "apiVersion: v2\nname: sub\nversion: 0.1.0\n",
        "charts/sub/values.schema.json": '{"properties": {"n": {"type": "integer"}}}',
    }
    together, alone = outcomes(files, *({"sub": {"n": n}} for n in (1, "x", 2, 3)))
    assert together == alone
    assert kinds(together) == ["ok", FailureKind.SCHEMA, "ok", "ok"]


@pytest.mark.parametrize("schema", ["", "{", "[]", "true", '{"type": "obj"}'])
def test_a_schema_that_is_none_fails_each_render(
    outcomes: Callable[..., tuple[list[Any], list[Any]]], schema: str
) -> None:
    together, alone = outcomes({"values.schema.json": schema}, *({"port": n} for n in range(3)))
    assert together == alone


def test_integers_by_set_are_checked_too(
    engine: EmbeddedEngine,
    make_chart: Callable[..., Path],
    request_for: Callable[..., RenderRequest],
) -> None:
    schema = json.dumps({"properties": {"n": {"type": "integer", "maximum": 2000000}}})
    chart = make_chart({"values.schema.json": schema, "templates/a.yaml": "n: {{ .Values.n }}\n"})
    values = [{"n": SetInteger(n)} for n in (1000000, 2000000, 3000000)]
    answers = list(engine.render_many(request_for(chart, one) for one in values))
    assert kinds(answers) == ["ok", "ok", FailureKind.SCHEMA]
    assert isinstance(answers[0], Rendering)
    assert answers[0].documents[0].text == "n: 1000000\n"
