from __future__ import annotations

import pytest

from plate_llm_cli.source.nodes import (
    Mapping,
    Node,
    Route,
    Scalar,
    Sequence,
    SourceFile,
    Span,
    find,
)
from plate_llm_cli.source.reader import parse_block, parse_text


def read(text: str) -> SourceFile:
    source = parse_text(text, "values.yaml")
    assert source.problems == []
    return source


def at(text: str, *route: str | int) -> Span:
    node = find(read(text).root, route)
    assert node is not None
    return node.span


def key(text: str, name: str) -> Span:
    root = read(text).root
    assert isinstance(root, Mapping)
    entry = root.entry(name)
    assert entry is not None
    return entry.key.span


def scalar(source: SourceFile, route: Route) -> Scalar:
    node = find(source.root, route)
    assert isinstance(node, Scalar)
    return node


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("a: 8080", (1, 4, 1, 8)),
        ("a:    8080 # c", (1, 7, 1, 11)),
        ("a: '80'", (1, 4, 1, 8)),
        ('a: "8\\n0"', (1, 4, 1, 10)),
        ("a: one\n  two", (1, 4, 2, 6)),
        ("a: 'one\n  two'", (1, 4, 2, 7)),
        ("a: 한글 x", (1, 4, 1, 8)),
        ("{한글: b, a: 😀😀}", (1, 12, 1, 14)),
        ("a:\tb", (1, 4, 1, 5)),
        ("a: &x b", (1, 4, 1, 8)),
        ("a: !!str 1", (1, 4, 1, 11)),
        ("a:", (1, 3, 1, 3)),
        ("a:   # nothing", (1, 3, 1, 3)),
        ("b: 1\r\na: 2\r\n", (2, 4, 2, 5)),
        ("b: 1\ra: 2\r", (2, 4, 2, 5)),
        ("\ufeffa: 2", (1, 4, 1, 5)),
        ("b: '한\u2028글'\na: 2", (3, 4, 3, 5)),
        ("a: |\n  x\n  y\n\n\nb: 1", (1, 4, 3, 4)),
        ("a: |+\n  x\n\nb: 1", (1, 4, 2, 4)),
        ("a: >-\n  x\n # c\nb: 1", (1, 4, 2, 4)),
        ("a: |\n\nb: 1", (1, 4, 1, 5)),
        ("a: |\r\n  x\r\n  yy\r\nb: 1", (1, 4, 3, 5)),
        ("a: {b: 1}", (1, 4, 1, 10)),
        ("a: [1,\n 2]", (1, 4, 2, 4)),
        ("a:\n  b: 1\n  c: 2\n\n# x\nd: 1", (2, 3, 3, 7)),
        ("a:\n- b\n-  c # x\n\nd: 1", (2, 1, 3, 5)),
        ("a:\n  b:\n    c:\nd: 1", (2, 3, 3, 7)),
        ("? a\n? b\n", (1, 4, 1, 4)),
        ("? b\n? a\n", (2, 4, 2, 4)),
        ("a:\n  ''\n", (2, 3, 2, 5)),
    ],
)
def test_a_value_spans_its_text(text: str, span: tuple[int, ...]) -> None:
    assert at(text, "a") == span


def test_a_document_starts_at_its_first_key() -> None:
    assert at("# c\n\na: 1\n") == (3, 1, 3, 5)


def test_a_key_spans_its_name_alone() -> None:
    assert key("  'a b' : 1", "a b") == (1, 3, 1, 8)


def test_items_stand_behind_their_dash() -> None:
    assert at("- - a\n  - b: 1\n    c: 2\n", 0, 1) == (2, 5, 3, 9)


def test_an_alias_leads_to_its_anchor() -> None:
    assert at("a: &x {b: 1}\nc: *x\n", "c", "b") == (1, 11, 1, 12)


def test_a_collection_ends_with_an_alias() -> None:
    assert at("x: &x 1\na:\n  b: *x\nc: 1", "a") == (3, 3, 3, 8)


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        ("", []),
        ("# only a comment\n", []),
        ("a: 1\n", [(1, 1, 2, 1)]),
        ("--- # c\na: 1\n---\nb: 2\n...\n", [(1, 1, 3, 1), (3, 1, 5, 4)]),
        ("---\n---\n", [(1, 1, 2, 1), (2, 1, 3, 1)]),
        ("%YAML 1.1\n---\na: 1\n", [(1, 1, 4, 1)]),
        ("a: 1\n...\n---\nb: 2", [(1, 1, 2, 4), (3, 1, 4, 5)]),
        ("a: 1\n... # c", [(1, 1, 2, 4)]),
        ("---", [(1, 1, 1, 4)]),
    ],
)
def test_documents_span_their_part_of_the_stream(text: str, spans: list[tuple[int, ...]]) -> None:
    assert [document.span for document in read(text).documents] == spans


@pytest.mark.parametrize("text", ["---", "--- # c\n", "---\n...\n", "%YAML 1.1\n---\n"])
def test_an_empty_document_has_no_root(text: str) -> None:
    assert [document.root for document in read(text).documents] == [None]


@pytest.mark.parametrize("text", ["~", "null", "''", "--- !!str", "--- |\n"])
def test_a_document_that_says_null_or_nothing_has_a_root(text: str) -> None:
    assert read(text).root is not None


def test_offsets_move_every_line() -> None:
    source = parse_text("a: [1,\n 2]", "x", first_line=10, first_column=5)
    assert find(source.root, ("a", 1)).span == (11, 6, 11, 7)  # type: ignore[union-attr]


BLOCK = """\
spec:
  values: |  # inner
    # about

    image:
      tag: 1.10
  other: |2

      deep: x
  kept: |+
    a: [1,
     2]

  folded: >
    a: 1
  plain: "a: {b: 1}"
  literal-in-literal: |
    values: |
      a: 1
"""


@pytest.mark.parametrize(
    ("field", "route", "span"),
    [
        ("values", ("image", "tag"), (6, 12, 6, 16)),
        ("other", ("deep",), (9, 13, 9, 14)),
        ("kept", ("a", 1), (12, 6, 12, 7)),
        ("folded", ("a",), (14, 11, 15, 9)),
        ("plain", ("a", "b"), (16, 10, 16, 21)),
    ],
)
def test_yaml_inside_yaml_has_the_files_positions(
    field: str, route: Route, span: tuple[int, ...]
) -> None:
    source = read(BLOCK)
    inner = parse_block(source, scalar(source, ("spec", field)))
    node = find(inner.root, route)
    assert node is not None
    assert (node.span, inner.path, inner.text) == (span, source.path, source.text)


def test_a_block_in_a_block_has_the_files_positions() -> None:
    source = read(BLOCK)
    outer = parse_block(source, scalar(source, ("spec", "literal-in-literal")))
    inner = parse_block(outer, scalar(outer, ("values",)))
    assert inner.root is not None
    assert inner.root.span == (19, 7, 19, 11)


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("a: |\n  b: 1\n  c: [\n", (3, 7, 3, 7)),
        ('a: "b: ["\n', (1, 4, 1, 10)),
        ("a: |\n  b: 1\n  b: 2\n", (3, 3, 3, 4)),
        ("x: 1\na: >\n  b: 1\n\n  b: 2\n", (2, 4, 5, 7)),
    ],
)
def test_problems_inside_have_the_files_positions(text: str, span: tuple[int, ...]) -> None:
    source = read(text)
    (problem,) = parse_block(source, scalar(source, ("a",))).problems
    assert problem.span == span


def test_an_empty_block_has_no_document() -> None:
    source = read("a: |\nb: 1\n")
    assert parse_block(source, scalar(source, ("a",))).documents == []


def texts(node: Node) -> list[str]:
    if isinstance(node, Scalar):
        return [node.text]
    if isinstance(node, Sequence):
        return [text for item in node.items for text in texts(item)]
    return [text for e in node.entries for text in (e.key.text, *texts(e.value))]


def test_duplicate_keys_stay_in_the_tree() -> None:
    source = parse_text("a: 1\nb: 2\na: 3\n", "x")
    assert source.root is not None
    assert texts(source.root) == ["a", "1", "b", "2", "a", "3"]


def test_lines_are_told_by_number() -> None:
    source = read("a: 1\r\nb: 2")
    assert [source.line(number) for number in range(4)] == ["", "a: 1", "b: 2", ""]
