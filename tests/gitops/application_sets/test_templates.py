from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from plate_llm_cli.gitops.application_sets.go_templates import GoTemplates
from plate_llm_cli.gitops.application_sets.texts import Blank, OldTemplates, Unfilled

if TYPE_CHECKING:
    from plate_llm_cli.helm.embedded import EmbeddedEngine

PARAMETERS = {
    "env": "stg",
    "name": "My_App/1",
    "count": 1000000,
    "nothing": None,
    "map": {"a": "b"},
    "list": ["x", 2],
    "json": "[1, 2]",
    "yaml": "a: 1",
    "long": "a-" * 60,
}


def fill(engine: EmbeddedEngine, *texts: str, strict: bool = True) -> list[str | Unfilled]:
    templates = GoTemplates(lambda: engine, strict=strict)
    return templates.fill([Blank(text, PARAMETERS) for text in texts])


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ("{{ .env }}", "stg"),
        ("{{ .count }} {{ .map }} {{ .list }}", "1e+06 map[a:b] [x 2]"),
        ("{{ .name | normalize }}", "my-app-1"),
        ("{{ normalize .name | upper }}", "MY-APP-1"),
        ("{{ .name | slugify }}", "my_app-1"),
        ('{{ slugify 20 false "A & B @ c" }}', "a-and-b-at-c"),
        ("{{ .name | slugify 23 true | upper }}", "MY_APP-1"),
        ("{{ toYaml .map }}", "a: b"),
        ("{{ (fromYaml .yaml).a }}", "1"),
        ("{{ .json | fromJson | last }}", "2"),
        ("{{ .map | toJson }}", '{"a":"b"}'),
        ('{{ .env | default "x" }}{{ get .map "nope" }}', "stg"),
        ("{{- if eq .env `stg` }} yes {{- end }}", " yes"),
        ("a\n\n  b\n{{ .env }}\n", "a\n\n  b\nstg\n"),
        ("{{ `{{` }} .x }}", "{{ .x }}"),
        ("{{ $x := .env }}{{ $x }}{{ $.env }}", "stgstg"),
    ],
)
def test_go_templates_come_out_as_in_argocd(
    engine: EmbeddedEngine, template: str, text: str
) -> None:
    assert fill(engine, template) == [text]


@pytest.mark.parametrize(
    ("template", "reason"),
    [
        ("{{ .nope }}", 'map has no entry for key "nope"'),
        ("{{ include `x` . }}", 'function "include" not defined'),
        ("{{ env `HOME` }}", 'function "env" not defined'),
        ("{{ tpl .env . }}", 'function "tpl" not defined'),
        ("{{ if }}", "missing value for if"),
        ("{{ fail `no` }}", "no"),
    ],
)
def test_what_argocd_refuses_is_refused(engine: EmbeddedEngine, template: str, reason: str) -> None:
    (found,) = fill(engine, template)
    assert isinstance(found, Unfilled)
    assert (found.reason, found.sure) == (reason, True)


@pytest.mark.parametrize(
    "template",
    [
        "{{ now }}",
        "{{ randAlphaNum 5 }}",
        "{{ slugify .long }}",
        "{{ slugify (printf `%s` .env) }}",
        "{{ define `x` }}{{ end }}",
        "{{ template `x` }}",
    ],
)
def test_what_cannot_be_told_is_not_called_a_mistake(engine: EmbeddedEngine, template: str) -> None:
    (found,) = fill(engine, template)
    assert isinstance(found, Unfilled)
    assert not found.sure


def test_without_missingkey_nothing_is_printed_as_no_value(engine: EmbeddedEngine) -> None:
    (found,) = fill(engine, "a\n{{ .nope }}", strict=False)
    assert isinstance(found, Unfilled)
    assert found.reason == "a name that has no value comes out as <no value>"
    assert found.line == 2


def test_without_missingkey_go_passes_over_what_helm_does_not(engine: EmbeddedEngine) -> None:
    (found,) = fill(engine, "{{ if .nope.x }}{{ end }}", strict=False)
    assert isinstance(found, Unfilled)
    assert not found.sure


def test_one_template_that_fails_does_not_keep_the_others(engine: EmbeddedEngine) -> None:
    found = fill(engine, "{{ .env }}", "x\n{{ .nope }}", "{{ nofunction }}", "{{ .count }}")
    assert [found[0], found[3]] == ["stg", "1e+06"]
    assert [item.line for item in found[1:3] if isinstance(item, Unfilled)] == [2, 1]


def test_many_failures_end_soon_and_keep_what_is_sound(engine: EmbeddedEngine) -> None:
    blanks = [Blank("{{ .a }}", {"b": str(number)}) for number in range(60)]
    blanks += [Blank("{{ .b }}", {"b": "x"})]
    *failed, sound = GoTemplates(lambda: engine, strict=True).fill(blanks)
    assert sound == "x"
    assert all(isinstance(item, Unfilled) for item in failed)


def test_one_template_does_not_change_what_another_reads(engine: EmbeddedEngine) -> None:
    assert fill(engine, '{{ set .map "a" "c" }}', "{{ .map.a }}") == ["map[a:c]", "b"]


def test_endless_output_ends(engine: EmbeddedEngine) -> None:
    (found,) = fill(engine, '{{ repeat 11000000 "x" }}')
    assert isinstance(found, Unfilled)
    assert not found.sure


def test_without_templates_the_engine_is_not_asked_for() -> None:
    def refuse() -> EmbeddedEngine:
        raise AssertionError

    assert GoTemplates(refuse, strict=True).fill([]) == []


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ("{{env}}", "stg"),
        ("a-{{ env }}-{{  env}}", "a-stg-stg"),
        ("{{nope}}", "{{nope}}"),
        ("{{ count }}", "{{ count }}"),
        ("{{}}{{ }}", "{{}}{{ }}"),
        ("{{env}}}}", "stg}}"),
        ("{{ .env }}", "{{ .env }}"),
    ],
)
def test_older_templates_replace_names_of_texts(template: str, text: str) -> None:
    assert OldTemplates().fill([Blank(template, PARAMETERS)]) == [text]


def test_an_older_template_without_its_end_is_refused() -> None:
    found = OldTemplates().fill([Blank("{{env}}\n{{env", PARAMETERS)])
    assert found == [Unfilled("{{ without its }}", 2)]


def test_braces_on_several_lines_are_no_older_template() -> None:
    assert not OldTemplates().is_template("{{\nenv }}")


def test_older_templates_do_not_grow_without_end() -> None:
    parameters = {"x": "y" * 1_000_000}
    (found,) = OldTemplates().fill([Blank("{{x}}" * 20, parameters)])
    assert isinstance(found, Unfilled)
