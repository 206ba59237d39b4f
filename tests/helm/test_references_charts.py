"""References across charts: subcharts, aliases, libraries, imports, missing dependencies."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plate_llm_cli.helm.references.analysis import references_of
from plate_llm_cli.helm.references.routes import format_pattern

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from plate_llm_cli.helm.references.analysis import Read, References


def shown(reads: tuple[Read, ...]) -> set[str]:
    return {f"{format_pattern(read.pattern)} {read.kind.value}" for read in reads}


def gates(references: References, route: str) -> set[str]:
    return {
        format_pattern(pattern)
        for read in references.reads
        if format_pattern(read.pattern) == route
        for pattern in read.gate_routes
    }


def subchart(files: dict[str, str], **chart: str) -> dict[str, str]:
    text = "".join(f"{key}: {value}\n" for key, value in chart.items())
    child = {f"charts/child/{path}": text for path, text in files.items()}
    return {
        "Chart.yaml": f"apiVersion: v2\nname: parent\nversion: 0.1.0\n{text}",
        "charts/child/Chart.yaml": "apiVersion: v2\nname: child\nversion: 0.1.0\n",
        **child,
    }


def test_values_of_a_subchart_lie_under_its_name(make_chart: Callable[..., Path]) -> None:
    chart = make_chart(subchart({"templates/a.yaml": "{{ .Values.x }}{{ .Values.global.y }}"}))
    assert shown(references_of(chart).reads) == {
        "child.x value",
        "child.global.y value",
        "global.y value",
    }


def test_an_alias_takes_the_place_of_the_name(make_chart: Callable[..., Path]) -> None:
    dependencies = "[{name: child, version: 0.1.0, alias: one}, {name: child, alias: two}]"
    files = subchart({"templates/a.yaml": "{{ .Values.x }}"}, dependencies=dependencies)
    references = references_of(make_chart(files))
    assert [(format_pattern(read.pattern), read.template) for read in references.reads] == [
        ("one.x", "parent/charts/one/templates/a.yaml"),
        ("two.x", "parent/charts/two/templates/a.yaml"),
    ]


def test_conditions_and_tags_are_read_by_chart_yaml(make_chart: Callable[..., Path]) -> None:
    dependencies = "[{name: child, condition: 'child.on,global.on', tags: [front]}]"
    files = subchart({"templates/a.yaml": "{{ .Values.x }}"}, dependencies=dependencies)
    references = references_of(make_chart(files))
    assert shown(references.reads) == {
        "child.on presence",
        "global.on presence",
        "tags.front presence",
        "child.x value",
    }
    assert gates(references, "child.x") == {"child.on", "global.on", "tags.front"}


def test_values_that_are_imported_have_two_names(make_chart: Callable[..., Path]) -> None:
    imports = "[data, {child: deep.part, parent: mine}]"
    files = subchart({}, dependencies=f"[{{name: child, import-values: {imports}}}]")
    references = references_of(make_chart(files))
    assert references.names_of(("child", "exports", "data", "x")) == [
        ("child", "exports", "data", "x"),
        ("x",),
    ]
    assert references.names_of(("child", "deep", "part", "y"))[1:] == [("mine", "y")]


def test_helpers_of_a_library_read_the_values_of_the_caller(
    make_chart: Callable[..., Path],
) -> None:
    files = subchart(
        {
            "Chart.yaml": "apiVersion: v2\nname: child\nversion: 0.1.0\ntype: library\n",
            "templates/_x.tpl": '{{ define "x" }}{{ .values.a }}{{ .ctx.Values.b }}{{ end }}',
            "templates/ignored.yaml": "{{ .Values.never }}",
        }
    )
    call = '{{ include "x" (dict "values" .Values.foo "ctx" $) }}'
    references = references_of(make_chart({**files, "templates/a.yaml": call}))
    assert shown(references.reads) == {"foo.a value", "b value"}


def test_the_parents_helper_wins_over_a_subcharts(make_chart: Callable[..., Path]) -> None:
    helper = '{{ define "h" }}{{ .Values.%s }}{{ end }}'
    files = subchart(
        {"templates/_h.tpl": helper % "old", "templates/a.yaml": '{{ include "h" . }}'}
    )
    references = references_of(make_chart({**files, "templates/_h.tpl": helper % "new"}))
    assert shown(references.reads) == {"child.new value"}


def test_a_dependency_that_is_not_vendored_may_read_its_values(
    make_chart: Callable[..., Path],
) -> None:
    chart = make_chart(
        {"Chart.yaml": "name: a\nversion: 1.0.0\ndependencies: [{name: redis, alias: cache}]\n"}
    )
    references = references_of(chart)
    seen = [references.may_be_missing(route) for route in (("cache", "x"), ("global",), ("x",))]
    assert seen == [True, True, False]
