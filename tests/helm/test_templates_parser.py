from __future__ import annotations

import contextlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plate_llm_cli.helm.templates.lexer import Lines, TemplateSyntaxError, actions
from plate_llm_cli.helm.templates.parser import parse
from plate_llm_cli.helm.templates.syntax import (
    Access,
    Branch,
    Dot,
    Function,
    Invocation,
    Literal,
    Output,
    Pipeline,
    Variable,
)


def tokens(text: str) -> list[list[str]]:
    return [[token.text for token in action.tokens] for action in actions(text)]


def operand(text: str) -> object:
    (statement,) = parse(f"{{{{ {text} }}}}").body
    assert isinstance(statement, Output)
    return statement.pipeline.commands[0].operands[0]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a {{ .x }} b", [[".x"]]),
        ("{{- .x -}}", [[".x"]]),
        ("{{-3}}", [["-3"]]),
        ("{{ .x\n-}}", [[".x"]]),
        ("{{/* {{ .x }} */}}{{ .y }}", [[".y"]]),
        ("{{- /* c */ -}}", []),
        ('{{ "}}" }}', [['"}}"']]),
        ("{{ `a\n}}` }}", [["`a\n}}`"]]),
        ("{{ '\\'' }}", [["'\\''"]]),
        ('{{ "a\\"b" }}', [['"a\\"b"']]),
        ("{{ $x := .a.b|f }}", [["$x", ":=", ".a", ".b", "|", "f"]]),
        ("{{ 1.5e3 0x1F -1 .5 }}", [["1.5e3", "0x1F", "-1", ".5"]]),
        ("{{ .größe }}", [[".größe"]]),
        ("no actions }} at all", []),
    ],
)
def test_actions_are_cut_into_tokens(text: str, expected: list[list[str]]) -> None:
    assert tokens(text) == expected


@pytest.mark.parametrize(
    ("text", "message", "offset"),
    [
        ("ab {{ .x", "an action is not closed", 8),
        ("{{ .x } }}", "unexpected character", 6),
        ("{{/* x }}", "a comment is not closed", 2),
        ("{{/* x */ y }}", "a comment does not end in `*/}}`", 7),
        ('{{ "x }}', "unexpected character", 3),
        ("{{ }}", "an action is empty", 0),
        ("{{ if }}{{ end }}", "if lacks its condition", 3),
        ("{{ if .x }}", "a block has no end", 3),
        ("{{ end }}", "unexpected {{end}}", 0),
        ("{{ else }}", "unexpected {{else}}", 0),
        ("{{ if .x }}{{ else }}{{ else }}{{ end }}", "a second else", 21),
        ("{{ if .x }}{{ else range }}{{ end }}", "unexpected else range", 11),
        ("{{ define }}{{ end }}", "a template's name is missing", 0),
        ("{{ (.x }}", "a parenthesis is not closed", 4),
        ("{{ .x) }}", "unexpected ')'", 5),
        ("{{ .x | }}", "unexpected ''", -1),
    ],
)
def test_what_is_no_template_is_refused_at_its_place(text: str, message: str, offset: int) -> None:
    with pytest.raises(TemplateSyntaxError) as caught:
        parse(text)
    assert (caught.value.message, caught.value.offset) == (message, offset)


def test_blocks_inside_one_another_have_a_limit() -> None:
    with pytest.raises(TemplateSyntaxError, match="too many blocks"):
        parse("{{ if .x }}" * 200 + "{{ end }}" * 200)


def test_parentheses_inside_one_another_have_a_limit() -> None:
    with pytest.raises(TemplateSyntaxError, match="too many parentheses"):
        parse("{{ " + "(" * 200 + ".x" + ")" * 200 + " }}")


def test_a_long_chain_of_else_if_has_a_limit() -> None:
    with pytest.raises(TemplateSyntaxError, match="too many blocks"):
        parse("{{ if .x }}" + "{{ else if .y }}" * 500 + "{{ end }}")


def test_operands() -> None:
    assert isinstance(operand("."), Dot)
    assert isinstance(operand("list"), Function)
    variable = operand("$x")
    assert isinstance(variable, Variable)
    assert variable.name == "$x"
    fields = operand(".a.b")
    assert isinstance(fields, Access)
    assert (fields.names, fields.offset) == (("a", "b"), 3)
    inner = operand("(f .x).a")
    assert isinstance(inner, Access)
    assert isinstance(inner.base, Pipeline)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('"a\\nb"', "a\nb"),
        ("`a\\nb`", "a\\nb"),
        ("42", 42),
        ("0x10", 16),
        ("1_000", 1000),
        ("1.5", 1.5),
        ("true", True),
        ("nil", None),
        ('"\\x41"', "\\x41"),
        ("1i", "1i"),
    ],
)
def test_literals(text: str, value: object) -> None:
    found = operand(text)
    assert isinstance(found, Literal)
    assert found.value == value


def test_fields_apart_are_two_operands() -> None:
    (statement,) = parse("{{ f .a .b }}").body
    assert isinstance(statement, Output)
    assert len(statement.pipeline.commands[0].operands) == 3


def test_branches_hold_their_bodies() -> None:
    (branch,) = parse("{{ with $x := .a }}{{ .b }}{{ else with .c }}{{ .d }}{{ end }}").body
    assert isinstance(branch, Branch)
    assert (branch.keyword, branch.pipeline.variables, branch.pipeline.declares) == (
        "with",
        ("$x",),
        True,
    )
    assert branch.pipeline.text == ".a"
    (other,) = branch.alternative
    assert isinstance(other, Branch)
    assert other.keyword == "with"


def test_range_declares_two_variables() -> None:
    (branch,) = parse("{{ range $k, $v := .a }}{{ break }}{{ continue }}{{ end }}").body
    assert isinstance(branch, Branch)
    assert (branch.pipeline.variables, branch.body) == (("$k", "$v"), ())


def test_an_assignment_is_told_from_a_declaration() -> None:
    (statement,) = parse("{{ $x = 1 }}").body
    assert isinstance(statement, Output)
    assert (statement.pipeline.variables, statement.pipeline.declares) == (("$x",), False)


def test_defines_are_kept_by_name() -> None:
    parsed = parse(
        '{{ define "a" }}{{ .x }}{{ end }}{{ template "a" . }}{{ block `b` . }}{{ end }}'
    )
    assert sorted(parsed.defines) == ["a", "b"]
    assert [call.name for call in parsed.body if isinstance(call, Invocation)] == ["a", "b"]


def test_an_empty_define_does_not_replace_a_full_one() -> None:
    parsed = parse('{{ define "a" }}{{ .x }}{{ end }}{{ define "a" }} {{ end }}')
    assert len(parsed.defines["a"]) == 1


def test_offsets_become_lines_and_columns() -> None:
    lines = Lines("ab\r\ncé\n\nx")
    assert [lines.place(offset) for offset in (0, 4, 5, 7, 8)] == [
        (1, 1),
        (2, 1),
        (2, 2),
        (3, 1),
        (4, 1),
    ]


@given(st.text(alphabet="{}-/*\"'`().$|=:, \nabi1\\", max_size=80))
@settings(max_examples=200, deadline=None)
def test_a_text_parses_or_is_refused(text: str) -> None:
    with contextlib.suppress(TemplateSyntaxError):
        parse(text)
