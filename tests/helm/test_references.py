from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plate_llm_cli.helm.references.analysis import Position, analyse
from plate_llm_cli.helm.references.functions import HANDLERS
from plate_llm_cli.helm.references.routes import format_pattern
from plate_llm_cli.helm.templates.chart import ChartSource

if TYPE_CHECKING:
    from plate_llm_cli.helm.references.analysis import Read, References


def analysed(template: str, helpers: str = "") -> References:
    """The references of a chart with one rendered template and one file of helpers."""
    chart = ChartSource("c", (), "c")
    chart.templates = {"c/templates/a.yaml": template, "c/templates/_helpers.tpl": helpers}
    return analyse(chart)


def shown(reads: tuple[Read, ...]) -> set[str]:
    return {f"{format_pattern(read.pattern)} {read.kind.value}" for read in reads}


def gates(references: References, route: str) -> set[str]:
    """The routes that decide whether `route` is printed."""
    return {
        format_pattern(pattern)
        for read in references.reads
        if format_pattern(read.pattern) == route and read.kind.value != "presence"
        for pattern in read.gate_routes
    }


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        ("{{ .Values.a.b }}", {"a.b value"}),
        ("{{ $.Values.a }}", {"a value"}),
        ("{{ $root := . }}{{ $root.Values.a }}", {"a value"}),
        ("{{ (.Values.a).b }}", {"a.b value"}),
        ("{{- /* .Values.no */ -}}{{ .Values.a -}}", {"a value"}),
        ('{{ ".Values.no" }}{{ `.Values.no` }}{{ .Values.a }}', {"a value"}),
        ('{{ index .Values "a" "b-c" }}', {"a.b-c value"}),
        ('{{ (index .Values "a").b }}', {"a.b value"}),
        ("{{ index .Values.a 0 }}", {"a[0] value"}),
        ('{{ get .Values.a "b" }}', {"a.b value"}),
        ('{{ dig "a" "b" "none" .Values }}', {"a.b value"}),
        ("{{ index .Values.a .Values.key }}", {"a[?] value", "key value"}),
        ("{{ .Values.a | default .Values.b }}", {"a presence", "a value", "b value"}),
        ("{{ coalesce .Values.a .Values.b }}", {"a presence", "a value", "b presence", "b value"}),
        (
            "{{ ternary .Values.a .Values.b .Values.c }}",
            {"a value", "b value", "c presence"},
        ),
        (
            "{{ with .Values.a }}{{ .b }}{{ $.Values.c }}{{ end }}",
            {"a presence", "a.b value", "c value"},
        ),
        (
            "{{ range .Values.a }}{{ .b }}{{ end }}",
            {"a presence", "a[*] presence", "a[*].b value"},
        ),
        (
            "{{ range $k, $v := .Values.a }}{{ $k }}={{ $v }}{{ end }}",
            {"a presence", "a[*] presence", "a[*] value"},
        ),
        ("{{ if .Values.a }}x{{ end }}", {"a presence"}),
        ("{{ if and .Values.a (not .Values.b) }}x{{ end }}", {"a presence", "b presence"}),
        ('{{ if hasKey .Values.a "b" }}x{{ end }}', {"a.b presence"}),
        ('{{ if eq .Values.a "x" }}y{{ end }}', {"a value"}),
        ("{{ toYaml .Values.a | nindent 4 }}", {"a whole"}),
        ("{{ .Values.a | toYaml | sha256sum }}", {"a digest"}),
        ("{{ .Values | toJson | sha256sum }}", {" digest"}),
        ("{{ toYaml .Values }}", {" whole"}),
        ("{{ toYaml . }}", {" whole"}),
        ('{{ required "needed" .Values.a }}', {"a presence", "a value"}),
        ('{{ if not .Values.a }}{{ fail "a" }}{{ end }}', {"a presence"}),
        ('{{ toYaml (pick .Values.a "b") }}', {"a.b whole"}),
        ('{{ toYaml (omit .Values.a "b") }}', {"a whole"}),
        ("{{ (merge .Values.a .Values.b).c }}", {"a.c value", "b.c value"}),
        ("{{ (mergeOverwrite (deepCopy .Values.a) .Values.b).c }}", {"a.c value", "b.c value"}),
        ("{{ (toYaml .Values.a | fromYaml).b }}", {"a.b value"}),
        ("{{ $x := .Values.a }}{{ $x.b }}", {"a.b value"}),
        ("{{ $x := .Values.unused }}", set()),
        ("{{ .Files.Get .Values.a }}", {"a value"}),
        ('{{ if .Capabilities.APIVersions.Has "x/v1" }}{{ .Values.a }}{{ end }}', {"a value"}),
        ("{{ lookup .Values.a .Values.b }}", {"a value", "b value"}),
        ("{{ (first .Values.a).b }}", {"a[*].b value"}),
        (
            "{{ range list .Values.a .Values.b }}{{ .c }}{{ end }}",
            {"a presence", "a.c value", "b presence", "b.c value"},
        ),
        (
            "{{ range concat .Values.a .Values.b }}{{ .c }}{{ end }}",
            {"a[*] presence", "a[*].c value", "b[*] presence", "b[*].c value"},
        ),
        (
            '{{ $d := dict "x" .Values.a }}{{ $_ := set $d "y" .Values.b }}{{ $d.x }}{{ $d.y }}',
            {"a value", "b value"},
        ),
        ('{{ $_ := set .Values "x" .Values.a }}{{ .Values.x }}', {"x value", "a value"}),
        ('{{ range $k := list "a" "b" }}{{ index $.Values $k }}{{ end }}', {"a value", "b value"}),
        ('{{ printf "%s-%d" .Values.a (int .Values.b) }}', {"a value", "b value"}),
        ("{{ printf .Values.a }}{{ printf 1 .Values.b }}", {"a value", "b value"}),
        ("{{ .Values.a.b.c | quote | upper }}", {"a.b.c value"}),
        ("{{ range keys .Values.a }}{{ . }}{{ end }}", {"a[*] presence"}),
        ("{{ range values .Values.a }}{{ .b }}{{ end }}", {"a[*].b value", "a[*] presence"}),
        ('{{ block "x" .Values.a }}{{ .b }}{{ end }}', {"a.b value"}),
        ("{{ or .Values.a .Values.b }}", {"a presence", "b presence", "a value", "b value"}),
        (
            "{{ with or .Values.a .Values.b }}{{ .c }}{{ end }}",
            {"a presence", "b presence", "a.c value", "b.c value"},
        ),
    ],
)
def test_what_an_expression_reads(template: str, expected: set[str]) -> None:
    assert shown(analysed(template).reads) == expected


@pytest.mark.parametrize(
    ("helper", "call", "expected"),
    [
        ("{{ .Values.a }}", 'include "h" .', {"a value"}),
        ("{{ .x.b }}", 'include "h" (dict "x" .Values.a "ctx" $)', {"a.b value"}),
        ("{{ .ctx.Values.a }}", 'include "h" (dict "ctx" $)', {"a value"}),
        ("{{ (index . 1).b }}", 'include "h" (list $ .Values.a)', {"a.b value"}),
        ("{{ $c := index . 0 }}{{ $c.Values.b }}", 'include "h" (list $ .Values.a)', {"b value"}),
        (
            "{{ range .v }}{{ .n }}{{ end }}",
            'include "h" (dict "v" .Values.a)',
            {"a presence", "a[*] presence", "a[*].n value"},
        ),
        ("{{ toYaml .v }}", 'include "h" (dict "v" .Values.a)', {"a whole"}),
        ("{{ .b }}", 'include "h" .Values.a', {"a.b value"}),
        ("x", 'include "h" (dict "x" .Values.a)', set()),
        ("{{ .Values.a }}", 'include (printf "%s" "h") .', {"a value"}),
        ("{{ .Values.a }}", "include .Values.name .", {"a value", "name value"}),
        ("{{ tpl .t .ctx }}", 'include "h" (dict "t" .Values.a "ctx" $)', {"a value"}),
        ("{{ $.Values.a }}", 'include "h" $', {"a value"}),
    ],
)
def test_arguments_are_followed_into_templates(helper: str, call: str, expected: set[str]) -> None:
    references = analysed(f"{{{{ {call} }}}}", f'{{{{ define "h" }}}}{helper}{{{{ end }}}}')
    assert shown(references.reads) == expected


def test_a_template_that_nobody_includes_reads_nothing() -> None:
    assert analysed("x: 1", '{{ define "h" }}{{ .Values.a }}{{ end }}').reads == ()


def test_a_helper_that_calls_itself_ends() -> None:
    helper = '{{ define "h" }}{{ .n }}{{ with .child }}{{ include "h" . }}{{ end }}{{ end }}'
    references = analysed('{{ include "h" .Values.tree }}', helper)
    assert {"tree.n value", "tree.child.n value"} <= shown(references.reads)


def test_a_file_included_by_its_path_is_read_there_as_well() -> None:
    chart = ChartSource("c", (), "c")
    chart.templates = {
        "c/templates/config.yaml": "{{ .Values.a }}",
        "c/templates/pod.yaml": (
            'sum: {{ include (print $.Template.BasePath "/config.yaml") . | sha256sum }}'
        ),
    }
    references = analyse(chart)
    assert [(format_pattern(read.pattern), read.template) for read in references.reads] == [
        ("a", "c/templates/config.yaml"),
        ("a", "c/templates/pod.yaml"),
    ]


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        ("{{ if .Values.on }}{{ .Values.a }}{{ end }}", {"on"}),
        ("{{ if .Values.on }}{{ else }}{{ .Values.a }}{{ end }}", {"on"}),
        ("{{ with .Values.on }}{{ $.Values.a }}{{ end }}", {"on"}),
        ("{{ range .Values.on }}{{ $.Values.a }}{{ end }}", {"on"}),
        ("{{ if .Values.x }}{{ else if .Values.y }}{{ .Values.a }}{{ end }}", {"x", "y"}),
        ('{{ if eq .Values.mode "x" }}{{ .Values.a }}{{ end }}', {"mode"}),
        ("{{ if and .Values.x .Values.y }}{{ .Values.a }}{{ end }}", {"x", "y"}),
        ("{{ $on := .Values.x }}{{ if $on }}{{ .Values.a }}{{ end }}", {"x"}),
        (
            "{{ $on := false }}{{ if .Values.x }}{{ $on = true }}{{ end }}"
            "{{ if $on }}{{ .Values.a }}{{ end }}",
            {"x"},
        ),
        ("{{ .Values.x | default .Values.a }}", {"x"}),
        ("{{ ternary .Values.a 1 .Values.x }}", {"x"}),
        ("{{ if gt (int .Values.n) 1 }}{{ .Values.a }}{{ end }}", {"n"}),
        ('{{ if include "h" . }}{{ .Values.a }}{{ end }}', {"x"}),
        ('{{ if .Values.x }}{{ include "i" . }}{{ end }}', {"x"}),
    ],
)
def test_the_gates_of_a_read_are_known(template: str, expected: set[str]) -> None:
    helpers = (
        '{{ define "h" }}{{ if .Values.x }}y{{ end }}{{ end }}'
        '{{ define "i" }}{{ .Values.a }}{{ end }}'
    )
    assert gates(analysed(template, helpers), "a") == expected


def test_a_part_of_and_is_read_only_if_the_parts_before_it_hold() -> None:
    references = analysed("{{ if and .Values.on .Values.a }}x{{ end }}")
    reads = {format_pattern(read.pattern): read for read in references.reads}
    assert [reads["on"].gates, reads["a"].gate_routes] == [(), {("on",)}]


def test_a_read_knows_its_place() -> None:
    references = analysed("x: 1\n  y: {{ quote .Values.é.a }}\n")
    assert [read.position for read in references.reads] == [Position("c/templates/a.yaml", 2, 15)]


def test_a_read_in_a_helper_is_placed_in_the_helper() -> None:
    references = analysed('{{ include "h" . }}', '\n{{ define "h" }}{{ .Values.a }}{{ end }}')
    read = references.reads[0]
    assert read.position == Position("c/templates/_helpers.tpl", 2, 20)
    assert read.template == "c/templates/a.yaml"


def test_reads_are_sorted_into_exact_subtrees_and_dynamic() -> None:
    references = analysed(
        "{{ .Values.a }}{{ toYaml .Values.b }}{{ index .Values.c .Release.Name }}"
    )
    assert references.exact == {("a",)}
    assert references.subtrees == {("b",)}
    assert [format_pattern(pattern) for pattern in references.dynamic] == ["c[?]"]


@pytest.mark.parametrize(
    ("template", "route", "seen"),
    [
        ("{{ .Values.a.b }}", ("a", "b"), True),
        ("{{ .Values.a.b }}", ("a", "c"), False),
        ("{{ .Values.a.b }}", ("a",), True),
        ("{{ toYaml .Values.a }}", ("a", "b", 0, "c"), True),
        ("{{ if .Values.a }}x{{ end }}", ("a",), True),
        ("{{ if .Values.a }}x{{ end }}", ("a", "b"), False),
        ("{{ range .Values.a }}{{ .n }}{{ end }}", ("a", 3, "n"), True),
        ("{{ range .Values.a }}{{ .n }}{{ end }}", ("a", 3, "m"), False),
        ("{{ range .Values.a }}x{{ end }}", ("a", 0), True),
        ("{{ range $k, $v := .Values.a }}{{ $k }}{{ end }}", ("a", "x"), True),
        ("{{ index .Values.a .Values.k }}", ("a", "x"), True),
        ("{{ toYaml .Values }}", ("z",), True),
    ],
)
def test_which_values_a_read_sees(template: str, route: tuple[str | int, ...], seen: bool) -> None:
    assert bool(analysed(template).of(route)) is seen


def test_a_template_that_cannot_be_parsed_may_read_everything() -> None:
    references = analysed("{{ if }}\n{{ .Values.a }")
    assert references.everything
    assert [(each.position, each.message) for each in references.unreadable] == [
        (Position("c/templates/a.yaml", 2, 14), "unexpected character")
    ]


def test_the_other_templates_are_still_read() -> None:
    references = analysed("{{ .Values.a }}", "{{ end }}")
    assert (shown(references.reads), references.everything) == ({"a value"}, True)


def test_texts_of_values_are_templates_where_tpl_gets_them() -> None:
    references = analysed("{{ tpl .Values.text . }}{{ .Values.other }}")
    values = {"text": "{{ .Values.a.b }}", "other": "{{ .Values.no }}"}
    assert shown(references.with_texts(values).reads) == {
        "text value",
        "other value",
        "a.b value",
    }


def test_texts_deep_in_a_serialised_value_are_templates_too() -> None:
    references = analysed("{{ if .Values.on }}{{ tpl (toYaml .Values.extra) $ }}{{ end }}")
    values = {"extra": [{"env": "{{ .Values.a }}"}]}
    assert gates(references.with_texts(values), "a") == {"on"}


def test_a_text_that_is_no_template_is_passed_over() -> None:
    references = analysed("{{ tpl .Values.text . }}")
    assert references.with_texts({"text": "{{ if }"}) is references


def test_what_one_template_sets_another_reads() -> None:
    chart = ChartSource("c", (), "c")
    chart.templates = {
        "c/templates/a.yaml": "{{ .extra }}",
        "c/templates/b.yaml": '{{ $_ := set . "extra" .Values.a }}',
    }
    assert "a value" in shown(analyse(chart).reads)


def test_maps_merged_into_one_another_end() -> None:
    template = (
        "{{ $a := dict }}{{ $b := dict }}{{ $_ := merge $a $b }}{{ $_ := merge $b $a }}"
        '{{ $_ := set $a "self" $a }}{{ $a.x.y }}{{ toYaml $a }}{{ .Values.v }}'
    )
    assert shown(analysed(template).reads) == {"v value"}


def test_a_template_that_takes_too_long_to_follow_may_read_everything(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("plate_llm_cli.helm.references.run.STEPS", 5_000)
    calls = '{{ include "h0" (list .Values.a .) }}'
    helpers = "".join(
        f'{{{{ define "h{n}" }}}}'
        + "".join(f'{{{{ include "h{n + 1}" (list {m} .) }}}}' for m in range(9))
        + "{{ end }}"
        for n in range(9)
    )
    references = analysed(calls, helpers + '{{ define "h9" }}{{ . }}{{ end }}')
    assert [each.message for each in references.unreadable] == ["too much to follow"]


def test_a_text_that_takes_too_long_to_follow_may_read_everything(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("plate_llm_cli.helm.references.analysis.STEPS_FOR_TEXTS", 50)
    references = analysed("{{ tpl .Values.text . }}")
    assert references.with_texts({"text": "{{ .Values.a }}" * 100}).everything


WORDS = (
    "{{ }} {{- -}} .Values.a $ $x := = | ( ) if end range with else define block include tpl dict "
    'set merge "a" ` \' /* */ 1 nil toYaml . , index default é \0'
)
EXPRESSION = st.sampled_from([*WORDS.split(" "), " ", "\n"])


@given(st.lists(EXPRESSION, max_size=40).map(" ".join))
@settings(max_examples=150, deadline=None)
def test_no_text_is_too_strange(text: str) -> None:
    analysed(text, '{{ define "a" }}{{ . }}{{ end }}').of(("a",))


@given(st.text(max_size=60))
@settings(max_examples=60, deadline=None)
def test_no_action_is_too_strange(text: str) -> None:
    analysed("{{ " + text + " }}").of(("a",))


ARGUMENT = st.sampled_from(
    ["1", "1.5", "true", "nil", '"a"', '"%s"', ".", "$", ".Values", ".Values.a", "(list)", "(dict)"]
)


@given(st.sampled_from(sorted(HANDLERS)), st.lists(ARGUMENT, max_size=4))
@settings(max_examples=300, deadline=None)
def test_no_call_is_too_strange(name: str, arguments: list[str]) -> None:
    call = " ".join([name, *arguments])
    references = analysed(f"{{{{ ({call}).x }}}}{{{{ with {call} }}}}{{{{ .y }}}}{{{{ end }}}}")
    assert references.unreadable == ()
