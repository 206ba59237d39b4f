from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hypothesis import given, settings
from hypothesis import strategies as st

from plate_llm_cli.source.blocks import BREAK
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
from plate_llm_cli.source.reader import parse_block, parse_text, read_file, to_plain
from plate_llm_cli.source.traps import traps

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import pytest

TOKENS = ["a", "b", "k", "on", "yes", "012", "1e3", "1.10", "~", "null", "<<", "=", "-1", "0x1F"]
TOKENS += [".5", "1_000", "99999999999999999999", "2001-01-01", "1:30", "한글", "😀", "''", '"']
TOKENS += [
    "*a",
    "*b",
    "&a ",
    "&b ",
    "!!str ",
    "!!int ",
    "!!float ",
    "!!null ",
    "!!binary ",
    "!Ref ",
]
TOKENS += [
    ": ",
    ":",
    ",",
    "- ",
    "? ",
    "[",
    "]",
    "{",
    "}",
    "'",
    "|",
    "|2",
    ">-",
    "#",
    " #",
    "@",
    "%",
]
TOKENS += ["{a: 1}", "[1, 2]", "a: 1", "b: 2", "\nc: ", "\n", "\n  ", "\n    ", "\n- ", "\n  - "]
TOKENS += ["\t", "\r\n", "\r", "---", "\n---\n", "\n...\n", "%YAML 1.1\n", "\\n", "\u2028", "\x85"]
TOKENS += ["{{", "\ufeff", "\0", "\x07", "\ud800", "  ", "<<: *a", "&a {", "|+\n  x\n\n"]

LIKE_YAML = st.lists(st.sampled_from(TOKENS), max_size=14).map("".join)
PREFIXES = st.sampled_from(["", "a: ", "x: &a {a: 1}\nb: &b [1]\nc: ", "a:\n  - b: "])
TEXTS = st.builds(lambda prefix, rest: prefix + rest, PREFIXES, LIKE_YAML) | st.text()

DATA = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=12,
)


def spans(source: SourceFile) -> Iterator[Span]:
    for problem in source.problems:
        yield problem.span
        yield from (span for span, _ in problem.related)
    nodes: list[Node] = []
    for document in source.documents:
        yield document.span
        nodes += [document.root] if document.root else []
    while nodes:
        node = nodes.pop()
        yield node.span
        if isinstance(node, Sequence):
            nodes += node.items
        elif isinstance(node, Mapping):
            nodes += (part for entry in node.entries for part in (entry.key, entry.value))


def leaves(data: object, route: Route = ()) -> Iterator[tuple[Route, object]]:
    if isinstance(data, dict):
        for key, value in data.items():
            yield from leaves(value, (*route, key))
    elif isinstance(data, list):
        for index, value in enumerate(data):
            yield from leaves(value, (*route, index))
    else:
        yield route, data


@settings(max_examples=500)
@given(TEXTS)
def test_every_span_lies_inside_the_text(text: str) -> None:
    lines = BREAK.split(text.removeprefix("\ufeff"))
    for span in spans(parse_text(text, "x")):
        assert (1, 1) <= span[:2] <= span[2:] <= (len(lines), len(lines[-1]) + 1)
        assert span.column <= len(lines[span.line - 1]) + 1
        assert span.end_column <= len(lines[span.end_line - 1]) + 1


@settings(max_examples=300)
@given(TEXTS)
def test_routes_agree_with_the_data(text: str) -> None:
    for document in parse_text(text, "x").documents:
        for route, value in leaves(to_plain(document.root)):
            assert repr(to_plain(find(document.root, route))) == repr(value)


@settings(max_examples=300)
@given(TEXTS)
def test_traps_come_for_any_text(text: str) -> None:
    source = parse_text(text, "x")
    for trap in traps(source):
        line = BREAK.split(source.text)[trap.span.line - 1]
        assert trap.text in line[trap.span.column - 1 :]


@settings(max_examples=300)
@given(TEXTS, st.sampled_from(["|", "|2", "|+", ">", ""]))
def test_any_text_can_be_embedded(text: str, style: str) -> None:
    inner = "".join(f"    {line}\n" for line in text.split("\n"))
    source = parse_text(f"a: {style}\n{inner}b: 1\n", "x")
    node = find(source.root, ("a",))
    if isinstance(node, Scalar):
        lines = BREAK.split(source.text)
        for span in spans(parse_block(source, node)):
            assert span[:2] <= span[2:] <= (len(lines), len(lines[-1]) + 1)


@settings(max_examples=200)
@given(data=st.binary() | TEXTS.map(lambda text: text.encode("utf-8", "surrogatepass")))
def test_any_bytes_can_be_read(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    root = tmp_path_factory.getbasetemp()
    (root / "fuzz.yaml").write_bytes(data)
    source = read_file(root, "fuzz.yaml")
    assert source.path == "fuzz.yaml"


def first_document_only(text: str) -> bool:
    """Helm reads a values file up to the end of its first document; we read all."""
    return "---" not in text and "..." not in text


@settings(max_examples=800)
@given(TEXTS)
def test_helm_reads_the_same(helm_reads: Callable[[str], dict[str, Any] | None], text: str) -> None:
    source = parse_text(text, "x")
    data = to_plain(source.root)
    if source.broken or source.problems or not isinstance(data, dict):
        return
    assert helm_reads(text) == data


@settings(max_examples=800)
@given(LIKE_YAML.map(lambda rest: "a: " + rest))
def test_what_helm_refuses_is_broken(
    helm_reads: Callable[[str], dict[str, Any] | None], text: str
) -> None:
    if "\0" in text or "\ud800" in text or not first_document_only(text):
        return
    if helm_reads(text) is None:
        source = parse_text(text, "x")
        assert source.broken or not isinstance(source.root, Mapping)
