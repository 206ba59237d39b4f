from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from plate_llm_cli.helm.provenance.tracer import ValueTracer
from plate_llm_cli.source.nodes import format_route

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from plate_llm_cli.helm.embedded import EmbeddedEngine
    from plate_llm_cli.helm.engine import RenderRequest
    from plate_llm_cli.helm.provenance.tracer import Verdict

    Judge = Callable[..., list[Verdict]]

CONFIG = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\ndata:\n"


@pytest.fixture
def judge(
    engine: EmbeddedEngine,
    make_chart: Callable[..., Path],
    request_for: Callable[..., RenderRequest],
) -> Judge:
    """The verdicts on all `values` set over a chart with the given files."""

    def verdicts(files: dict[str, str], values: dict[str, Any]) -> list[Verdict]:
        return ValueTracer(engine).verdicts(request_for(make_chart(files), values))

    return verdicts


def kinds(verdicts: list[Verdict]) -> dict[str, str]:
    return {format_route(verdict.route): verdict.kind.value for verdict in verdicts}


def one(template: str) -> dict[str, str]:
    return {"templates/a.yaml": CONFIG + template}


def test_a_value_that_is_printed_is_live(judge: Judge) -> None:
    assert kinds(judge(one("  a: {{ .Values.a }}"), {"a": 1})) == {"a": "live"}


def test_a_value_that_nothing_reads_is_dead(judge: Judge) -> None:
    (verdict,) = judge(one("  a: {{ .Values.a }}"), {"b": 1})
    assert (verdict.kind.value, verdict.rendered, verdict.reason) == (
        "dead",
        True,
        "no template reads it",
    )


def test_a_whole_map_that_nothing_reads_is_one_finding(judge: Judge) -> None:
    values = {"old": {"deep": {"x": 1, "y": 2}, "list": [{"z": 3}, {"z": 4}]}}
    (verdict,) = judge(one("  a: b"), values)
    assert (verdict.route, len(verdict.leaves)) == (("old",), 4)


def test_a_wrong_key_beside_right_ones_is_named_itself(judge: Judge) -> None:
    files = one("  a: {{ .Values.image.tag }}")
    values = {"image": {"tag": "1", "tags": "2", "repo": {"x": 1, "y": 2}}}
    assert kinds(judge(files, values)) == {
        "image.tag": "live",
        "image.tags": "dead",
        "image.repo": "dead",
    }


def test_wrong_keys_alone_in_a_map_that_is_read_are_named_themselves(judge: Judge) -> None:
    files = one("  a: {{ .Values.image.tag }}")
    verdicts = judge(files, {"image": {"tags": "2", "repo": "x"}})
    assert kinds(verdicts) == {"image.tags": "dead", "image.repo": "dead"}


def test_a_key_that_nothing_reads_in_each_item_is_one_finding(judge: Judge) -> None:
    files = one("{{ range .Values.hosts }}\n  {{ .host }}: x{{ end }}")
    hosts = [{"host": "a", "wrong": 1}, {"host": "b", "wrong": 2}]
    dead = [each for each in judge(files, {"hosts": hosts}) if each.kind.value == "dead"]
    assert [(verdict.route, verdict.leaves) for verdict in dead] == [
        (
            ("hosts", 0, "wrong"),
            (("hosts", 0, "wrong"), ("hosts", 1, "wrong")),
        )
    ]


def test_a_list_that_nothing_reads_is_judged_whole(judge: Judge) -> None:
    assert kinds(judge(one("  a: b"), {"args": ["x", "y"]})) == {"args": "dead"}


def test_a_list_of_which_only_the_length_counts_is_live(judge: Judge) -> None:
    files = one("  n: {{ len .Values.args | quote }}")
    assert set(kinds(judge(files, {"args": ["x"]})).values()) == {"live"}


def test_a_map_of_which_only_the_presence_counts_is_live(judge: Judge) -> None:
    files = one("  n: {{ if .Values.m }}y{{ end }}")
    assert kinds(judge(files, {"m": {"x": 1}})) == {"m.x": "live"}


def test_keys_that_count_only_together_are_not_called_dead(judge: Judge) -> None:
    files = one("  n: {{ if .Values.m }}y{{ end }}")
    verdicts = judge(files, {"m": {"x": 1, "y": 2}})
    assert [(each.kind.value, each.reason) for each in verdicts] == [
        (
            "possibly-dead",
            "no template was seen to read it, but changed with others it does something",
        )
    ]


def test_a_value_behind_a_switch_that_is_off_is_gated(judge: Judge) -> None:
    files = {
        **one("{{ if .Values.web.enabled }}\n  a: {{ .Values.web.host }}{{ end }}"),
        "values.yaml": "web: {enabled: false}\n",
    }
    (verdict,) = judge(files, {"web": {"host": "x"}})
    assert (verdict.kind.value, verdict.rendered) == ("gated", False)
    assert [(s.route, s.present, s.needed) for s in verdict.switches] == [
        (("web", "enabled"), False, True)
    ]


def test_a_value_behind_a_switch_that_is_on_is_live(judge: Judge) -> None:
    files = one("{{ if .Values.web.on }}\n  a: {{ .Values.web.host }}{{ end }}")
    verdicts = judge(files, {"web": {"host": "x", "on": True}})
    assert kinds(verdicts) == {"web.host": "live", "web.on": "live"}


def test_a_value_that_counts_only_while_a_switch_is_off_names_it(judge: Judge) -> None:
    files = one("{{ if not .Values.hpa.on }}\n  n: {{ .Values.replicas }}{{ end }}")
    (_, verdict) = judge(files, {"hpa": {"on": True}, "replicas": 3})
    assert verdict.kind.value == "gated"
    assert [(s.route, s.present, s.needed) for s in verdict.switches] == [
        (("hpa", "on"), True, False)
    ]


def test_two_switches_are_set_together(judge: Judge) -> None:
    files = one("{{ if and .Values.x .Values.y }}\n  n: {{ .Values.n }}{{ end }}")
    verdict = judge(files, {"x": False, "y": "", "n": 1})[-1]
    assert [(s.route, s.needed) for s in verdict.switches] == [(("x",), True), (("y",), "probe-a")]


def test_a_switch_that_needs_a_word_is_given_it(judge: Judge) -> None:
    files = one('{{ if eq .Values.kind "redis" }}\n  n: {{ .Values.n }}{{ end }}')
    verdict = judge(files, {"kind": "memory", "n": 1})[-1]
    assert [(s.route, s.present, s.needed) for s in verdict.switches] == [
        (("kind",), "memory", "redis")
    ]


def test_a_default_that_is_never_used_is_gated(judge: Judge) -> None:
    files = one("  n: {{ .Values.tag | default .Values.version }}")
    assert kinds(judge(files, {"tag": "1", "version": "2"})) == {"tag": "live", "version": "gated"}


def test_gated_values_of_a_list_are_one_finding(judge: Judge) -> None:
    files = one(
        "{{ if .Values.on }}{{ range .Values.l }}\n  {{ .k }}: {{ .v | quote }}{{ end }}{{ end }}"
    )
    listed = [{"k": "a", "v": 1}, {"k": "b", "v": 2}]
    assert kinds(judge(files, {"on": False, "l": listed})) == {"on": "live", "l": "gated"}


def test_a_computed_switch_is_found(judge: Judge) -> None:
    files = {
        **one('{{ if eq (include "on" .) "yes" }}\n  n: {{ .Values.n }}{{ end }}'),
        "templates/_h.tpl": '{{ define "on" }}{{ if .Values.flag }}yes{{ end }}{{ end }}',
    }
    verdict = judge(files, {"flag": False, "n": 1})[-1]
    assert ([each.route for each in verdict.switches], verdict.rendered) == ([("flag",)], True)


def test_a_value_for_an_api_that_the_cluster_lacks_may_be_dead(judge: Judge) -> None:
    files = one('{{ if .Capabilities.APIVersions.Has "no/v9" }}\n  n: {{ .Values.n }}{{ end }}')
    (verdict,) = judge(files, {"n": 1})
    assert (verdict.kind.value, verdict.reason) == (
        "possibly-dead",
        'read only where this holds: .Capabilities.APIVersions.Has "no/v9"',
    )


def test_a_value_that_only_the_notes_print_may_be_dead(judge: Judge) -> None:
    # ArgoCD never shows notes; `helm install` does, so that it is no mistake either.
    files = {**one("  a: b"), "templates/NOTES.txt": "{{ .Values.greeting }}"}
    (verdict,) = judge(files, {"greeting": "hello"})
    assert (verdict.kind.value, verdict.reason) == (
        "possibly-dead",
        "only NOTES.txt reads it, and nothing that is deployed",
    )


@pytest.mark.parametrize(
    "template",
    [
        '{{ if not .Values.v }}{{ fail "set v" }}{{ end }}',
        '{{ $_ := required "set v" .Values.v }}',
        '{{ if eq .Values.v "bad" }}{{ fail "no" }}{{ end }}',
        '{{ if hasKey .Values "v" }}\n  a: b{{ end }}',
        '{{ with (dict "x" .Values.v) }}\n  a: {{ .x }}{{ end }}',
        "{{ range $k, $v := .Values }}\n  {{ $k }}: {{ $v }}{{ end }}",
        '{{ range $k := list "v" }}\n  a: {{ index $.Values $k }}{{ end }}',
        '\n  a: {{ tpl "{{ .Values.v }}" . }}',
        '\n  a: {{ get .Values (printf "%s" "v") }}',
        '\n  a: {{ pluck "v" .Values | first }}',
        '\n  a: {{ dig "v" "none" .Values }}',
        "\n  a: {{ .Values.v | b64enc }}",
        "{{ $c := merge (dict) .Values }}\n  a: {{ $c.v }}",
        "{{ $c := .Values | toJson | fromJson }}\n  a: {{ $c.v }}",
        '{{ $_ := set . "mine" .Values }}\n  a: {{ .mine.v }}',
    ],
)
def test_habits_of_charts_that_read_a_value(judge: Judge, template: str) -> None:
    assert kinds(judge(one(template), {"v": "text"})) == {"v": "live"}


def test_a_value_read_by_text_of_another_value_is_live(judge: Judge) -> None:
    files = one("  a: {{ tpl .Values.text . }}")
    verdicts = judge(files, {"text": "{{ .Values.name }}!", "name": "x"})
    assert kinds(verdicts) == {"text": "live", "name": "live"}


def test_a_value_read_by_text_of_the_charts_defaults_is_live(judge: Judge) -> None:
    files = {
        **one("  a: {{ tpl (toYaml .Values.extra) . | nindent 4 }}"),
        "values.yaml": "extra: {x: '{{ .Values.name }}'}\n",
    }
    assert kinds(judge(files, {"name": "x"})) == {"name": "live"}


def test_a_value_read_through_a_library_chart_is_live(judge: Judge) -> None:
    helper = '{{ define "common.x" }}{{ .values.a }}{{ .ctx.Values.b }}{{ end }}'
    files = {
        **one('  a: {{ include "common.x" (dict "values" .Values.foo "ctx" $) }}'),
        "charts/common/Chart.yaml": "apiVersion: v2\nname: common\nversion: 1.0.0\ntype: library\n",
        "charts/common/templates/_x.tpl": helper,
    }
    verdicts = judge(files, {"foo": {"a": 1, "c": 2}, "b": 3})
    assert kinds(verdicts) == {"foo.a": "live", "foo.c": "dead", "b": "live"}


SUBCHART = {
    "Chart.yaml": (
        "apiVersion: v2\nname: demo\nversion: 0.1.0\n"
        "dependencies: [{name: sub, version: 1.0.0, condition: sub.enabled}]\n"
    ),
    "charts/sub/Chart.yaml": "apiVersion: v2\nname: sub\nversion: 1.0.0\n",
    "charts/sub/templates/s.yaml": CONFIG + "  a: {{ .Values.x }}{{ .Values.global.g }}",
}


def test_values_of_a_subchart_and_global_ones_are_live(judge: Judge) -> None:
    verdicts = judge(SUBCHART, {"sub": {"x": 1, "y": 2}, "global": {"g": 1, "h": 2}})
    assert kinds(verdicts) == {
        "sub.x": "live",
        "sub.y": "dead",
        "global.g": "live",
        "global.h": "dead",
    }


def test_values_of_a_subchart_that_is_off_are_gated(judge: Judge) -> None:
    verdicts = judge(SUBCHART, {"sub": {"enabled": False, "x": 1}})
    assert kinds(verdicts) == {"sub.enabled": "live", "sub.x": "gated"}
    assert [switch.route for switch in verdicts[1].switches] == [("sub", "enabled")]


def test_a_value_that_a_parent_imports_is_live(judge: Judge) -> None:
    files = {
        **one("  a: {{ .Values.x }}"),
        **SUBCHART,
        "Chart.yaml": (
            "apiVersion: v2\nname: demo\nversion: 0.1.0\n"
            "dependencies: [{name: sub, version: 1.0.0, import-values: [data]}]\n"
        ),
    }
    verdicts = judge(files, {"sub": {"exports": {"data": {"x": 1, "y": 2}}}})
    assert kinds(verdicts) == {"sub.exports.data.x": "live", "sub.exports.data.y": "dead"}


def test_values_for_a_dependency_that_is_not_vendored_may_be_dead(judge: Judge) -> None:
    files = {
        **one("  a: b"),
        "Chart.yaml": (
            "apiVersion: v2\nname: demo\nversion: 0.1.0\n"
            "dependencies: [{name: redis, version: 1.0.0, condition: redis.enabled}]\n"
        ),
    }
    (switch, verdict) = judge(files, {"redis": {"enabled": False, "size": 1}})
    assert (switch.kind.value, verdict.kind.value, verdict.reason) == (
        "live",
        "possibly-dead",
        "a dependency that is not in charts/ may read it",
    )


def test_keys_that_hold_anchors_are_left_alone(judge: Judge) -> None:
    assert kinds(judge(one("  a: b"), {"x-common": {"a": 1}})) == {"x-common.a": "live"}


def test_random_output_is_not_taken_for_a_read(judge: Judge) -> None:
    files = one("  a: {{ randAlphaNum 20 }}\n  b: {{ .Values.live }}")
    assert kinds(judge(files, {"dead": 1})) == {"dead": "dead"}


def test_a_checksum_of_all_values_is_no_use_of_a_value(judge: Judge) -> None:
    files = one("  sum: {{ toYaml .Values | sha256sum }}")
    (verdict,) = judge(files, {"v": 1})
    assert (verdict.kind.value, verdict.reason) == (
        "possibly-dead",
        "only a checksum of all values depends on it",
    )


def test_a_dump_of_all_values_is_a_use(judge: Judge) -> None:
    files = one("  all: |\n{{ toYaml .Values | indent 4 }}")
    (verdict,) = judge(files, {"v": 1})
    assert (verdict.kind.value, verdict.reason) == (
        "live",
        "all values are written into a manifest",
    )


def test_a_schema_does_not_reject_the_probes(judge: Judge) -> None:
    files = {
        **one("{{ if .Values.on }}\n  n: {{ .Values.n }}{{ end }}"),
        "values.schema.json": '{"properties": {"on": {"const": false}, "n": {"const": 1}}}',
    }
    assert kinds(judge(files, {"on": False, "n": 1})) == {"on": "live", "n": "gated"}


def test_in_a_chart_that_does_not_render_nothing_is_called_dead(judge: Judge) -> None:
    files = one('  a: {{ .Values.a }}{{ fail "no" }}')
    (live, verdict) = judge(files, {"a": 1, "b": 2})
    assert (live.kind.value, verdict.kind.value, verdict.reason) == (
        "live",
        "possibly-dead",
        "no template was seen to read it, but the chart does not render with these values",
    )


def test_a_null_that_takes_a_default_away_is_live(judge: Judge) -> None:
    files = {**one("  a: {{ toYaml .Values.m | nindent 4 }}"), "values.yaml": "m: {x: 1}\n"}
    assert kinds(judge(files, {"m": {"x": None}})) == {"m.x": "live"}


def test_an_empty_map_or_list_that_nothing_reads_is_dead(judge: Judge) -> None:
    verdicts = judge(one("  a: b"), {"m": {}, "l": [], "s": "", "n": None})
    assert set(kinds(verdicts).values()) == {"dead"}


def test_a_switch_without_effect_of_its_own_is_still_live(judge: Judge) -> None:
    files = one("{{ if .Values.on }}{{ with .Values.text }}\n  t: {{ . }}{{ end }}{{ end }}")
    assert kinds(judge(files, {"on": True})) == {"on": "live"}


def test_only_the_values_asked_for_are_judged(
    engine: EmbeddedEngine,
    make_chart: Callable[..., Path],
    request_for: Callable[..., RenderRequest],
) -> None:
    request = request_for(make_chart(one("  a: b")), {"a": 1, "b": 2})
    assert kinds(ValueTracer(engine).verdicts(request, [("b",)])) == {"b": "dead"}


def test_the_values_of_the_request_stay_as_they_are(
    engine: EmbeddedEngine,
    make_chart: Callable[..., Path],
    request_for: Callable[..., RenderRequest],
) -> None:
    values = {"a": {"b": [{"c": 1}]}}
    ValueTracer(engine).verdicts(request_for(make_chart(one("  a: b")), values))
    assert values == {"a": {"b": [{"c": 1}]}}
