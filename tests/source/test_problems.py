from __future__ import annotations

import pytest

from plate_llm_cli.source.nodes import Problem, ProblemKind, Span
from plate_llm_cli.source.reader import parse_text, to_plain

TAB = "a tab is used as indentation"
INDENTATION = "this line's indentation fits nothing above it"
NO_COLON = "a line without `:` among the keys of a mapping"
CONFLICT = "a merge conflict was left in the file"
TEMPLATE = "`{{` opens a mapping inside a mapping here; templates are not rendered in YAML"


def only(text: str) -> Problem:
    (problem,) = parse_text(text, "values.yaml").problems
    return problem


@pytest.mark.parametrize(
    ("text", "line", "column", "message"),
    [
        ("a:\n\tb: 1\n", 2, 1, TAB),
        ("a:\n  b: 1\n\tc: 2\n", 3, 1, TAB),
        ("a:\n  \tb: 1\n", 2, 3, TAB),
        ("a:\n-\tb: 1\n-\tc: 2\n", 2, 2, TAB),
        ("a: |\n\tx\n", 2, 1, TAB),
        ("a: b\n\tc\n", 2, 1, TAB),
        ('a: "x\nb: 1\n', 1, 4, 'the quote " is never closed'),
        ("a: 'x\nb: 1\n", 1, 4, "the quote ' is never closed"),
        ("a: 'x\n---\n", 1, 4, "the quote is still open where a new document begins"),
        ("a: [1, 2\nb: 1\n", 2, 2, "the `[` is not closed by `]`"),
        ("a: [1, 2\n", 1, 4, "the `[` is not closed by `]`"),
        ("a: {x: 1\nb: 2\n", 2, 2, "the `{` is not closed by `}`"),
        ('{"a": 1 "b": 2}\n', 1, 12, "`,` or `}` is expected here"),
        ("a: ]\n", 1, 4, "a value is expected here, not `]`"),
        ("a: [1,,2]\n", 1, 7, "a value is expected here, not `,`"),
        ("a: 1\nb\nc: 2\n", 2, 1, NO_COLON),
        ("a: 1\nb\n", 2, 1, NO_COLON),
        ("a: 1\nb:2\n", 2, 1, "no space after the `:`"),
        ("a\nb: 1\n", 2, 2, "the line above has no `:`, so no key can follow"),
        ("a: b: c\n", 1, 5, "a value contains `: `"),
        ("--- a: 1\n", 1, 6, "a mapping cannot begin in the line of `---`"),
        ("a:\n    b: 1\n  c: 2\n", 3, 3, INDENTATION),
        ("a: 1\n- b\n", 2, 1, "a list item stands where a key of the mapping is expected"),
        ("- a\nb: 1\n", 2, 1, "a key stands where an item of the list is expected"),
        ("a: - b\n", 1, 4, "a list item cannot stand here"),
        ("b: ? y\n", 1, 4, "`? ` begins a key, and none can stand here"),
        ("a: @x\n", 1, 4, "a value cannot begin with `@`"),
        ("a: %x\n", 1, 4, "a value cannot begin with `%`"),
        ("a: *.example.com\n", 1, 4, "`*` begins an alias, and a name must follow it"),
        ("a: &\n", 1, 4, "`&` begins an anchor, and a name must follow it"),
        ("a: !x!y z\n", 1, 4, "`!` begins a tag, and this one is not known"),
        ("a: 'x' y\n", 1, 8, "something follows the end of the value (`y`)"),
        ('a: "\\d"\n', 1, 5, "no such escape in double quotes"),
        ("a: |x\n y\n", 1, 5, "nothing but a comment can stand here"),
        ("a: |0\n y\n", 1, 5, "a block's indentation must be 1 to 9"),
        ("a: 1\n<<<<<<< HEAD\nb: 2\n=======\n", 2, 1, CONFLICT),
        ("<<<<<<< HEAD\nb: 2\n=======\n", 1, 1, CONFLICT),
        ("a: {{ .Values.x }}\n", 1, 5, TEMPLATE),
        ("{{- if x }}\na: 1\n{{- end }}\n", 1, 2, TEMPLATE),
        ("{{ x }}: 1\n", 1, 1, TEMPLATE),
        ("? [a]\n: b\n", 1, 3, "a list is used as a key, which JSON and so Helm does not have"),
        ("a: *b\n", 1, 4, "the alias *b has no anchor &b before it in this document"),
        ("a: &a [*a]\n", 1, 8, "the alias *a stands inside its own anchor"),
        ("a: &a {<<: *a}\n", 1, 12, "the alias *a stands inside its own anchor"),
        ("a: 한글\n😀\x07", 2, 2, "the character U+0007 is not allowed in YAML"),
        ("a: \ud800", 1, 4, "the character U+D800 is not allowed in YAML"),
        ("%YAML 3.0\n---\na: 1", 1, 1, "%YAML 1.1 is the only version that is read"),
        ("a: 1\n...\nb: 2\n", 3, 1, "the document before has ended: a new one begins with `---`"),
    ],
)
def test_broken_yaml_says_what_and_where(text: str, line: int, column: int, message: str) -> None:
    problem = only(text)
    assert (problem.kind, *problem.span[:2], problem.message) == (
        ProblemKind.SYNTAX,
        line,
        column,
        message,
    )


def test_the_other_end_is_related() -> None:
    problem = only("a: 1\nb: [1, 2\nc: 1\n")
    assert [(span[:2], message) for span, message in problem.related] == [
        ((2, 4), "the `[` begins here")
    ]


def test_the_place_where_it_was_noticed_is_related() -> None:
    problem = only("a: 1\nb\nc: 2\n")
    assert [(span[:2], message) for span, message in problem.related] == [((3, 1), "noticed here")]


def test_a_template_expression_gets_help_of_its_own() -> None:
    assert only("a: {{ .Values.x }}").help == (
        "Quote the whole value, or write what the template should give."
    )


def test_documents_before_the_fault_are_kept() -> None:
    source = parse_text("a: 1\n---\nb: 2\n---\nc: [\n", "x")
    assert [to_plain(document.root) for document in source.documents] == [{"a": 1}, {"b": 2}]
    assert source.broken


def test_a_duplicate_key_names_both_places() -> None:
    problem = only("a:\n  tag: 1\n  tag: 2\n")
    assert problem == Problem(
        ProblemKind.DUPLICATE_KEY,
        'the key "tag" is set more than once in this mapping',
        Span(3, 3, 3, 6),
        ((Span(2, 3, 2, 6), "first set here"),),
        "Helm takes the last one and drops the others without a word. Keep one.",
    )


def test_keys_are_duplicates_by_their_name_in_helm() -> None:
    assert only("on: 1\nyes: 2\n").message == (
        'the key "true" (written `yes`) is set more than once in this mapping'
    )


def test_a_duplicate_in_an_anchor_is_told_once() -> None:
    only("a: &a {b: 1, b: 2}\nc: *a\nd: {<<: *a}\n")


def test_several_merge_keys_are_no_duplicates() -> None:
    assert parse_text("<<: {a: 1}\n<<: {b: 2}\n", "x").problems == []


def test_a_duplicate_does_not_break_the_file() -> None:
    assert not parse_text("a: 1\na: 2\n", "x").broken


@pytest.mark.parametrize("text", ["<<: 1", "<<:", "<<: [1]", "a: &a [{b: 1}]\n<<: *a", "<<: [[]]"])
def test_only_mappings_can_be_merged(text: str) -> None:
    assert only(text).message == (
        "Helm refuses this: a merge key (<<) takes a mapping or a list of mappings"
    )


def test_other_versions_of_yaml_are_refused() -> None:
    problem = only("%YAML 1.2\n---\na: 1\n")
    assert problem.message == "Helm refuses this: it knows YAML 1.1 only, not %YAML 1.2"


def test_a_mark_inside_the_file_is_told() -> None:
    problem = only("a: 1\n\ufeffb: 2\n")
    assert (problem.kind, problem.span) == (ProblemKind.ENCODING, (2, 1, 2, 2))
