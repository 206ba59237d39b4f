from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from plate_llm_cli.source.nodes import Mapping, Scalar, find, format_route, nearest
from plate_llm_cli.source.reader import parse_text, to_plain

if TYPE_CHECKING:
    from collections.abc import Callable

MERGES = [
    "x: &x {a: 1, b: 2}\nk: {<<: *x, b: 3}\n",
    "x: &x {a: 1, b: 2}\nk: {b: 3, <<: *x}\n",
    "x: &x {a: 1}\nz: &z {a: 2, c: 3}\nk: {<<: [*x, *z]}\n",
    "x: &x {a: 1}\nz: &z {a: 2, c: 3}\nk: {<<: [*x, {a: 5}, *z], c: 4}\n",
    "x: &x {a: 1}\nz: &z {<<: *x, c: 3}\nk: {<<: *z}\n",
    "k: {<<: {a: 1}, <<: {a: 2}}\n",
    "k: {<<: []}\n",
    "k: {'<<': {a: 1}}\n",
    "k: {!!str <<: {a: 1}}\n",
    "k: {!!merge <<: {a: 1}}\n",
    "k: {&m <<: {a: 1}, b: *m}\n",
    "x: &x <<\nk: {*x : {a: 1}}\n",
    "x: &x {a: {b: 1, c: 2}}\nk: {<<: *x, a: {b: 3}}\n",
    "x: &x {on: 1}\nk: {<<: *x, yes: 2}\n",
]


def mapping(text: str, *route: str | int) -> Mapping:
    node = find(parse_text(text, "x").root, route)
    assert isinstance(node, Mapping)
    return node


@pytest.mark.parametrize("text", MERGES)
def test_merge_keys_read_as_in_helm(
    text: str, helm_reads: Callable[[str], dict[str, Any] | None]
) -> None:
    assert to_plain(parse_text(text, "x").root) == helm_reads(text)


@pytest.mark.parametrize("text", MERGES)
def test_get_agrees_with_the_data(text: str) -> None:
    node = mapping(text, "k")
    data = to_plain(node)
    assert isinstance(data, dict)
    assert {key: to_plain(node.get(key)) for key in data} == data


def test_the_last_of_duplicate_keys_counts() -> None:
    node = mapping("a: 1\na: 2\n")
    assert (to_plain(node.get("a")), to_plain(node)) == (2, {"a": 2})


def test_the_winning_merge_comes_first() -> None:
    node = mapping("<<: [{a: 1}, {a: 2}]\nb: 1\n<<: {a: 3}\n")
    assert [to_plain(merged) for merged in node.merged()] == [{"a": 3}, {"a": 1}, {"a": 2}]


def test_keys_go_by_their_name_in_helm() -> None:
    node = mapping("on: 1\n012: 2\n1.0: 3\n")
    assert [to_plain(node.get(key)) for key in ("true", "10", "1", "on")] == [1, 2, 3, None]


def test_an_anchored_key_is_a_value_elsewhere() -> None:
    node = mapping("&k on: 1\nb: *k\n")
    assert to_plain(node) == {"true": 1, "b": True}


def test_an_anchored_value_is_a_key_elsewhere() -> None:
    node = mapping("a: &k 012\n*k : 1\n")
    assert to_plain(node) == {"a": 10, "10": 1}


def test_what_aliases_share_comes_out_as_copies() -> None:
    data = to_plain(mapping("a: &a [1]\nb: *a\n"))
    assert isinstance(data, dict)
    assert data["a"] is not data["b"]


def test_nothing_is_null() -> None:
    assert to_plain(None) is None


TREE = "a:\n  b:\n    - c: 1\n      on: 2\n"


@pytest.mark.parametrize(
    ("route", "span"),
    [
        ((), (1, 1, 4, 12)),
        (("a", "b", 0), (3, 7, 4, 12)),
        (("a", "b", 0, "c"), (3, 10, 3, 11)),
        (("a", "b", 0, "true"), (4, 11, 4, 12)),
    ],
)
def test_a_route_finds_its_node(route: tuple[str | int, ...], span: tuple[int, ...]) -> None:
    node = find(parse_text(TREE, "x").root, route)
    assert node is not None
    assert node.span == span


@pytest.mark.parametrize(
    "route",
    [("x",), ("a", 0), ("a", "b", 1), ("a", "b", -1), ("a", "b", "0"), ("a", "b", 0, "c", "d")],
)
def test_a_route_that_ends_early_finds_nothing(route: tuple[str | int, ...]) -> None:
    assert find(parse_text(TREE, "x").root, route) is None


@pytest.mark.parametrize(
    ("route", "span", "walked"),
    [
        (("a", "b", 0, "c"), (3, 7, 3, 8), 4),
        (("a", "b", 0, "x"), (3, 7, 4, 12), 3),
        (("a", "b", 5), (2, 3, 2, 4), 2),
        (("x",), (1, 1, 4, 12), 0),
    ],
)
def test_the_nearest_part_of_a_route_is_told(
    route: tuple[str | int, ...], span: tuple[int, ...], walked: int
) -> None:
    root = parse_text(TREE, "x").root
    assert root is not None
    assert nearest(root, route) == (span, route[:walked])


@pytest.mark.parametrize(
    ("route", "text"),
    [
        (("a", "b", 0, "c.d"), 'a.b[0]["c.d"]'),
        ((), ""),
        ((0, "a"), "[0].a"),
        (("", "a"), '[""].a'),
        (('x"y',), '["x\\"y"]'),
    ],
)
def test_routes_are_written_as_people_do(route: tuple[str | int, ...], text: str) -> None:
    assert format_route(route) == text


def test_a_scalar_keeps_its_text_and_tag() -> None:
    node = find(parse_text("a: !!str 012\n", "x").root, ("a",))
    assert isinstance(node, Scalar)
    assert (node.text, node.value, node.style, node.tag) == (
        "012",
        "012",
        "",
        "tag:yaml.org,2002:str",
    )
