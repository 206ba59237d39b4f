from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from plate_llm_cli.errors import EditError
from plate_llm_cli.source.edit import append, delete, set_value

if TYPE_CHECKING:
    from plate_llm_cli.source.nodes import Route

VALUES = """\
# What the chart deploys.
image:   # the image
  repository: harbor/x   # repo
  tag: "1.0"  # quoted

  # how to pull
  pullPolicy: IfNotPresent
ports:
  - 80
  - name: http
    port: 8080 # p
  # no more
empty:
nothing: {}
flow: {a: 1, b: [1, 2]}
text: |
  hello
  world

last: 'x' # end
"""


def changed(before: str, after: str) -> tuple[list[str], list[str]]:
    """The lines that went and the lines that came, between what begins and ends both texts."""
    old, new = before.splitlines(), after.splitlines()
    while old and new and old[0] == new[0]:
        del old[0], new[0]
    while old and new and old[-1] == new[-1]:
        del old[-1], new[-1]
    return old, new


@pytest.mark.parametrize(
    ("route", "value", "gone", "come"),
    [
        (("image", "tag"), "on", ['  tag: "1.0"  # quoted'], ['  tag: "on"  # quoted']),
        (("image", "tag"), 2, ['  tag: "1.0"  # quoted'], ["  tag: 2  # quoted"]),
        (
            ("image", "repository"),
            "a",
            ["  repository: harbor/x   # repo"],
            ["  repository: a   # repo"],
        ),
        (
            ("image", "repository"),
            "1.10",
            ["  repository: harbor/x   # repo"],
            ['  repository: "1.10"   # repo'],
        ),
        (("last",), "it's", ["last: 'x' # end"], ["last: 'it''s' # end"]),
        (("last",), None, ["last: 'x' # end"], ["last: null # end"]),
        (("text",), "one", ["text: |", "  hello", "  world"], ["text: one"]),
        (("text",), "a\n\nb\n", ["  hello", "  world"], ["  a", "", "  b"]),
        (("empty",), True, ["empty:"], ["empty: true"]),
        (("empty", "a", "b"), 1, [], ["  a:", "    b: 1"]),
        (("nothing", "a"), [1], ["nothing: {}"], ["nothing:", "  a:", "    - 1"]),
        (("nothing",), [], ["nothing: {}"], ["nothing: []"]),
        (("flow", "b", 1), "x y", ["flow: {a: 1, b: [1, 2]}"], ["flow: {a: 1, b: [1, x y]}"]),
        (
            ("flow", "c"),
            {"d": "y"},
            ["flow: {a: 1, b: [1, 2]}"],
            ['flow: {a: 1, b: [1, 2], c: {d: "y"}}'],
        ),
        (("ports", 0), 81, ["  - 80"], ["  - 81"]),
        (("ports", 0), {"a": 1, "b": [2]}, ["  - 80"], ["  - a: 1", "    b:", "      - 2"]),
        (("ports", 1, "port"), 443, ["    port: 8080 # p"], ["    port: 443 # p"]),
        (("ports", 1, "host"), "h", [], ["    host: h"]),
        (("image", "new"), {}, [], ["  new: {}"]),
        (("new",), {"y": "n"}, [], ["new:", '  "y": "n"']),
        (("text",), "tab\there", ["text: |", "  hello", "  world"], ['text: "tab\\there"']),
    ],
)
def test_a_value_is_set_in_its_own_lines(
    route: tuple[str | int, ...], value: object, gone: list[str], come: list[str]
) -> None:
    assert changed(VALUES, set_value(VALUES, route, value)) == (gone, come)  # type: ignore[arg-type]


def test_a_mapping_that_becomes_a_scalar_keeps_the_comment_of_its_key() -> None:
    gone, come = changed(VALUES, set_value(VALUES, ("image",), "x"))
    assert (len(gone), come) == (6, ["image: x   # the image"])


@pytest.mark.parametrize(
    ("route", "gone", "come"),
    [
        (("image", "repository"), ["  repository: harbor/x   # repo"], []),
        (("ports", 0), ["  - 80"], []),
        (("ports", 1), ["  - name: http", "    port: 8080 # p"], []),
        (("ports", 1, "name"), ["  - name: http", "    port: 8080 # p"], ["  - port: 8080 # p"]),
        (("flow", "a"), ["flow: {a: 1, b: [1, 2]}"], ["flow: {b: [1, 2]}"]),
        (("flow", "b", 1), ["flow: {a: 1, b: [1, 2]}"], ["flow: {a: 1, b: [1]}"]),
        (("text",), ["text: |", "  hello", "  world"], []),
        (("last",), ["last: 'x' # end"], []),
    ],
)
def test_what_is_deleted_goes_alone(
    route: tuple[str | int, ...], gone: list[str], come: list[str]
) -> None:
    assert changed(VALUES, delete(VALUES, route)) == (gone, come)


@pytest.mark.parametrize(
    ("route", "value", "gone", "come"),
    [
        (("ports",), 443, [], ["  - 443"]),
        (("ports",), {"name": "x", "port": 1}, [], ["  - name: x", "    port: 1"]),
        (("flow", "b"), 3, ["flow: {a: 1, b: [1, 2]}"], ["flow: {a: 1, b: [1, 2, 3]}"]),
        (("empty",), "a", [], ["  - a"]),
        (("new",), "a", [], ["new:", "  - a"]),
    ],
)
def test_an_item_is_appended(
    route: tuple[str | int, ...], value: object, gone: list[str], come: list[str]
) -> None:
    assert changed(VALUES, append(VALUES, route, value)) == (gone, come)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", "a: 1\n"),
        ("# c", "# c\na: 1\n"),
        ("# c\n", "# c\na: 1\n"),
        ("---\n# c\n", "---\na: 1\n# c\n"),
        ("---", "---\na: 1"),
        ("{}", "a: 1"),
        ("b: 2", "b: 2\na: 1"),
        ("b: 2\r\n", "b: 2\r\na: 1\r\n"),
        ("\ufeffb: 2\n", "\ufeffb: 2\na: 1\n"),
        ("b: 2\n...\n", "b: 2\na: 1\n...\n"),
        ("a: # c\n", "a: 1 # c\n"),
        ("a:\n    2 # c\n", "a: 1\n"),
        ("a: &x 2\n", "a: 1\n"),
        ("a: !!str 2\n", "a: 1\n"),
        ("x: &x 2\na: *x # c\n", "x: &x 2\na: 1 # c\n"),
        ("x: &x {a: 2}\n<<: *x\n", "x: &x {a: 2}\n<<: *x\na: 1\n"),
        ("b: |+\n  x\n\n", "b: |+\n  x\n\na: 1\n"),
        ("{a: 2, b: 3}\n", "{a: 1, b: 3}\n"),
        ('{"b": 3}\n', '{"b": 3, a: 1}\n'),
        ("{b: 3,}\n", "{b: 3, a: 1}\n"),
        ("{a}\n", "{a: 1}\n"),
        ('{"a":2}\n', '{"a": 1}\n'),
    ],
)
def test_the_text_around_stays(before: str, after: str) -> None:
    assert set_value(before, ("a",), 1) == after


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("a: 1\n", "{}\n"),
        ("b:\n  a: 1 # c\nc: 1\n", "b:\n  a: 1 # c\n"),
        ("a: 1\r\nc: 2", "a: 1"),
        ("- x\n", "[]\n"),
    ],
)
def test_the_last_of_a_text_can_be_deleted(before: str, after: str) -> None:
    routes: dict[str, Route] = {"a": ("a",), "b": ("c",), "-": (0,)}
    route = routes[before[0]] if "c: 2" not in before else ("c",)
    assert delete(before, route) == after


def test_a_block_at_the_end_gets_its_line_break() -> None:
    assert set_value("a: 1", ("b",), "x\ny\n") == "a: 1\nb: |\n  x\n  y\n"


def test_an_emptied_mapping_stays_a_mapping() -> None:
    assert delete("b:\n  a: 1\nc: 1\n", ("b", "a")) == "b: {}\nc: 1\n"


def test_a_comment_between_entries_is_kept_when_the_first_goes() -> None:
    assert delete("- a: 1\n  # about b\n  b: 2\n", (0, "a")) == "-\n  # about b\n  b: 2\n"


def test_the_files_own_indentation_is_used() -> None:
    text = "a:\n    b:\n    - 1\n"
    assert set_value(text, ("a", "c"), {"d": [2]}) == text + "    c:\n        d:\n        - 2\n"


def test_one_document_of_a_stream_is_edited() -> None:
    text = "a: 1\n---\n# two\na: 2\n---\na: 3\n"
    assert set_value(text, ("a",), 9, document=1) == "a: 1\n---\n# two\na: 9\n---\na: 3\n"


@pytest.mark.parametrize(
    ("text", "route", "message"),
    [
        ("a: [\n", ("a",), "a cannot be edited: line 1: a value is expected here"),
        ("b: 1\nb: 2\n", ("a",), 'a cannot be edited: line 2: the key "b" is set more than once'),
        ("a: [1]\n", ("a", 3), "a[3] cannot be edited: there is nothing, or a value"),
        ("a: x\n", ("a", "b"), "a.b cannot be edited: there is nothing, or a value"),
        ("a: &x {b: 1}\nc: *x\n", ("a", "b"), "a.b cannot be edited: anchors, aliases or its form"),
        (
            "a: &x {b: 1}\nc: *x\n",
            ("c", "b"),
            "c.b cannot be edited: the way leads through an alias",
        ),
        ("a: &x 1\nc: *x\n", ("a",), "a cannot be edited: anchors, aliases or its form tie it"),
    ],
)
def test_what_cannot_be_edited_alone_is_refused(
    text: str, route: tuple[str | int, ...], message: str
) -> None:
    with pytest.raises(EditError) as caught:
        set_value(text, route, 5)
    assert caught.value.message.startswith(message)


@pytest.mark.parametrize("route", [("nope",), ("ports", 7), ("image", "tag", "x"), ()])
def test_what_is_not_there_cannot_be_deleted(route: tuple[str | int, ...]) -> None:
    with pytest.raises(EditError):
        delete(VALUES, route)


def test_only_lists_are_appended_to() -> None:
    with pytest.raises(EditError):
        append(VALUES, ("image",), 1)


def test_a_document_that_is_not_there_cannot_be_edited() -> None:
    with pytest.raises(EditError, match="there is no document 3"):
        set_value(VALUES, ("a",), 1, document=3)


@pytest.mark.parametrize("value", [float("inf"), float("nan"), "\ud800"])
def test_values_that_helm_does_not_know_are_refused(value: float | str) -> None:
    with pytest.raises(EditError):
        set_value(VALUES, ("last",), value)
