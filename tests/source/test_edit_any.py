from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hypothesis import given, settings
from hypothesis import strategies as st

from plate_llm_cli.source.edit import append, delete, set_value
from plate_llm_cli.source.nodes import Mapping, Node, Route, Sequence, Span, find
from plate_llm_cli.source.reader import parse_text, to_plain

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

BLOCK = """\
# top

a:   # about a
    b: "x"   # keep
    c: 'y'

    # about d
    d: [1, {e: 2, f: g}, "h"]
    plain: one
      two
list:
-   1   # one
- k: v
  # inside
  l:
  - - deep
    - deeper
  - m: |
      text

      more
-
  n: 1
folded: >-
  some
  text

empty:
gone: {}
none: []
"quoted key": 012
한글: 값 # 주석
last: ~
"""
FLOW = '{"a": 1, "b": [1, 2, {"c": null}], "d": {"e": "f"}}\n'
LIST = "- a: 1\n  b: 2\n- - x\n  - y\n- z\n"
TEXTS = {
    "block": BLOCK,
    "crlf": BLOCK.replace("\n", "\r\n"),
    "no newline at the end": BLOCK.rstrip("\n"),
    "marked": "\ufeff" + BLOCK,
    "flow": FLOW,
    "list": LIST,
    "with markers": "--- # first\n" + BLOCK + "...\n---\nother: 1\n",
}

WORDS = st.sampled_from(
    ["on", "no", "1.10", "0755", "~", "", " a", "a: b", "# x", "x #y", "{{ x }}"]
)
STRINGS = st.text() | WORDS | st.text("ab \n\t:#-'\"", max_size=12)
SCALARS = st.none() | st.booleans() | st.integers() | STRINGS
NUMBERS = st.floats(allow_nan=False, allow_infinity=False)
VALUES = st.recursive(
    SCALARS | NUMBERS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(STRINGS, inner, max_size=3),
    max_leaves=6,
)


def routes(node: Node | None, route: Route = ()) -> Iterator[Route]:
    if isinstance(node, Mapping):
        for entry in node.entries:
            yield (*route, entry.name)
            yield from routes(entry.value, (*route, entry.name))
    elif isinstance(node, Sequence):
        for index, item in enumerate(node.items):
            yield (*route, index)
            yield from routes(item, (*route, index))


def lines_of(text: str, route: Route) -> Span:
    """The lines that a value stands in, from those of its key or what is before it."""
    root = parse_text(text, "x").root
    owner, node = find(root, route[:-1]), find(root, route)
    assert owner is not None
    assert node is not None
    if isinstance(owner, Mapping):
        entry = owner.entry(str(route[-1]))
        assert entry is not None
        return Span(entry.key.span.line, 1, max(node.span.end_line, entry.key.span.end_line), 1)
    before = find(root, (*route[:-1], int(route[-1]) - 1)) if route[-1] else None
    start = before.span.end_line if before else owner.span.line
    return Span(start, 1, node.span.end_line, 1)


def assert_only(before: str, after: str, span: Span) -> None:
    """`after` begins and ends with the lines of `before` that lie outside `span`."""
    old, new = before.splitlines(), after.splitlines()
    head, tail = old[: span.line - 1], old[span.end_line :]
    assert new[: len(head)] == head
    assert new[len(new) - len(tail) :] == tail
    assert after.endswith("\n") or not before.endswith("\n")
    assert ("\r\n" in before) == (after.count("\n") == after.count("\r\n"))


def normal(value: Any) -> Any:
    """Numbers as Helm has them."""
    if isinstance(value, dict):
        return {key: normal(item) for key, item in value.items()}
    if isinstance(value, list):
        return [normal(item) for item in value]
    return float(value) if isinstance(value, int) and not isinstance(value, bool) else value


ALL = {name: sorted(routes(parse_text(text, "x").root), key=repr) for name, text in TEXTS.items()}
PLACES = st.sampled_from([(name, route) for name, found in ALL.items() for route in found])


@settings(max_examples=600, deadline=None)
@given(PLACES, VALUES)
def test_setting_changes_the_lines_of_the_value_only(
    helm_reads: Callable[[str], dict[str, Any] | None], place: tuple[str, Route], value: Any
) -> None:
    name, route = place
    before = TEXTS[name]
    after = set_value(before, route, value)
    source = parse_text(after, "x")
    assert normal(to_plain(find(source.root, route))) == normal(value)
    assert_only(before, after, lines_of(before, route))
    data = helm_reads(after.removeprefix("\ufeff"))
    if isinstance(source.root, Mapping):
        assert data == to_plain(source.root)


@settings(max_examples=200, deadline=None)
@given(PLACES)
def test_deleting_changes_the_lines_of_the_value_only(place: tuple[str, Route]) -> None:
    name, route = place
    before = TEXTS[name]
    after = delete(before, route)
    owner = find(parse_text(before, "x").root, route[:-1])
    count = len(owner.entries if isinstance(owner, Mapping) else owner.items)  # type: ignore[union-attr]
    span = lines_of(before, route if count > 1 or len(route) == 1 else route[:-1])
    if count > 1:
        # What is deleted from the middle of a line takes the line after it along.
        span = Span(span.line, 1, span.end_line + 1, 1)
    assert_only(before, after, span)


@settings(max_examples=300, deadline=None)
@given(PLACES, STRINGS, VALUES)
def test_a_new_key_takes_no_line_away(place: tuple[str, Route], key: str, value: Any) -> None:
    name, route = place
    before = TEXTS[name]
    owner = find(parse_text(before, "x").root, route[:-1])
    if not isinstance(owner, Mapping) or owner.entry(key):
        return
    after = set_value(before, (*route[:-1], key), value)
    found = find(parse_text(after, "x").root, (*route[:-1], key))
    assert normal(to_plain(found)) == normal(value)
    if name != "flow" and owner.span.line != owner.span.end_line:
        rest = iter(after.splitlines())
        assert all(line in rest for line in before.splitlines())


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(["list", "crlf", "block", "flow"]), st.data(), VALUES)
def test_appending_adds_one_item(name: str, data: st.DataObject, value: Any) -> None:
    before = TEXTS[name]
    root = parse_text(before, "x").root
    lists = [route for route in [(), *ALL[name]] if isinstance(find(root, route), Sequence)]
    route = data.draw(st.sampled_from(lists))
    after = append(before, route, value)
    items = to_plain(find(parse_text(after, "x").root, route))
    earlier = to_plain(find(root, route))
    assert isinstance(items, list)
    assert isinstance(earlier, list)
    assert (items[:-1], normal(items[-1])) == (earlier, normal(value))
