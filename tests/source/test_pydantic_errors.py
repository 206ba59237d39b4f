from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

import pytest
from pydantic import ValidationError

from plate_llm_cli.source.model_fields import (
    description,
    format_place,
    model_at,
    places_of,
)
from plate_llm_cli.source.pydantic_errors import violations_of, without_nulls
from plate_llm_cli.source.strict_model import StrictModel, needed, optional
from plate_llm_cli.source.strict_types import TextForm, WholeNumber
from plate_llm_cli.source.violations import ModelViolation, ViolationKind

if TYPE_CHECKING:
    from collections.abc import Iterator

Small = Annotated[str, TextForm("[a-z]+", "small letters", hint="No capitals.", longest=5)]


class Item(StrictModel):
    name: Small = needed("Its name.")
    size: Annotated[int, WholeNumber(1, 9)] | None = optional("Its size.")


class Group(StrictModel):
    least: Annotated[int, WholeNumber()] = needed("Never fewer.")
    most: Annotated[int, WholeNumber()] = needed("Never more.")

    def complaints(self) -> Iterator[ModelViolation]:
        if self.least > self.most:
            yield ModelViolation(("least",), "more at least than at most")


class Root(StrictModel):
    mode: Literal["on", "off"] | None = optional("How.")
    group: Group | None = optional("How many.")
    items: list[Item] | None = optional("Which.")
    labels: dict[Small, str] | None = optional("Any.")
    loose: dict[str, Any] | None = optional("Whatever.")

    def complaints(self) -> Iterator[ModelViolation]:
        if self.mode == "on" and not self.items:
            yield ModelViolation(("items",), "on, but nothing to be")


Found = list[tuple[ViolationKind, tuple[str | int, ...], str]]


def check(data: Any, *, partial: bool = False) -> Found:
    found = violations_of(Root, data, partial=partial)
    return [(item.kind, item.route, item.message) for item in found]


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"mode": None, "group": None, "items": None},
        {"group": {"least": 1, "most": 2.0}, "items": [{"name": "a", "size": None}]},
        {"labels": {"a": "x", "b": None}, "loose": {"x": [None, {"y": 1}]}},
    ],
)
def test_sound(data: dict[str, Any]) -> None:
    assert check(data) == []


@pytest.mark.parametrize(
    ("data", "found"),
    [
        (
            {"items": [{"name": "a"}, {"size": 3}]},
            (
                ViolationKind.MISSING_FIELD,
                ("items", 1, "name"),
                "`name` is missing under `items[1]`",
            ),
        ),
        (
            {"items": [{"name": "A"}]},
            (ViolationKind.BAD_VALUE, ("items", 0, "name"), "`name` must be small letters"),
        ),
        (
            {"items": [{"name": "abcdef"}]},
            (ViolationKind.BAD_VALUE, ("items", 0, "name"), "`name` must be small letters"),
        ),
        (
            {"items": [{"name": "a", "size": 10}]},
            (ViolationKind.BAD_VALUE, ("items", 0, "size"), "`size` must be at most 9"),
        ),
        (
            {"items": [{"name": "a", "size": True}]},
            (
                ViolationKind.WRONG_TYPE,
                ("items", 0, "size"),
                "`size` must be a whole number, not true or false",
            ),
        ),
        (
            {"items": ["a"]},
            (ViolationKind.WRONG_TYPE, ("items", 0), "`items[0]` must be a mapping, not text"),
        ),
        (
            {"items": [None]},
            (ViolationKind.WRONG_TYPE, ("items", 0), "`items[0]` must be a mapping, not null"),
        ),
        (
            {"labels": {"A": "x"}},
            (ViolationKind.BAD_VALUE, ("labels", "A"), "the key `A` must be small letters"),
        ),
        (
            {"labels": {"a": 1}},
            (ViolationKind.WRONG_TYPE, ("labels", "a"), "`a` must be text, not a number"),
        ),
        (
            {"mode": "of"},
            (ViolationKind.BAD_VALUE, ("mode",), "`mode` must be one of 'on' or 'off'"),
        ),
        (
            {"most": 1},
            (
                ViolationKind.MISPLACED_FIELD,
                ("most",),
                "`most` does not belong at the top level",
            ),
        ),
        (
            {"group": {"least": 3, "most": 2}},
            (ViolationKind.BAD_VALUE, ("group", "least"), "more at least than at most"),
        ),
        ({"mode": "on"}, (ViolationKind.BAD_VALUE, ("items",), "on, but nothing to be")),
        (
            {"[key]": 1},
            (
                ViolationKind.UNKNOWN_FIELD,
                ("[key]",),
                "there is no field `[key]` at the top level",
            ),
        ),
    ],
)
def test_wrong(
    data: dict[str, Any], found: tuple[ViolationKind, tuple[str | int, ...], str]
) -> None:
    assert check(data) == [found]


def test_a_complaint_is_heard_beside_an_unknown_field() -> None:
    found = check({"xyz": 1, "group": {"least": 3, "most": 2, "abc": 1}})
    assert [route for _, route, _ in found] == [("group", "abc"), ("xyz",), ("group", "least")]


def test_no_complaint_follows_from_what_could_not_be_read() -> None:
    assert [route for _, route, _ in check({"mode": "on", "items": ["a"]})] == [("items", 0)]


def test_a_part_needs_what_it_needs_only_in_the_whole() -> None:
    assert check({"group": {"least": 1}}, partial=True) == []
    assert [route for _, route, _ in check({"group": {"least": 1}})] == [("group", "most")]


def test_an_item_of_a_list_is_never_a_part() -> None:
    assert [route for _, route, _ in check({"items": [{}]}, partial=True)] == [("items", 0, "name")]


def test_a_part_is_not_asked_what_goes_together() -> None:
    assert check({"mode": "on", "group": {"least": 3, "most": 2}}, partial=True) == []


def test_a_complaint_stops_a_model_from_being_built() -> None:
    with pytest.raises(ValidationError, match="more at least than at most"):
        Group(least=3, most=2)


def test_nulls_go_from_mappings_and_stay_in_lists() -> None:
    assert without_nulls({"a": None, "b": [None, {"c": None, "d": 1}]}) == {"b": [None, {"d": 1}]}


def test_the_model_of_a_place() -> None:
    assert model_at(Root, ()) is Root
    assert model_at(Root, ("items", 3)) is Item
    assert model_at(Root, ("group",)) is Group
    assert model_at(Root, ("items",)) is None
    assert model_at(Root, ("loose", "x")) is None
    assert model_at(Root, ("nowhere", 1)) is None


def test_where_else_a_name_stands() -> None:
    assert places_of(Root, "most", ()) == [("group",)]
    assert places_of(Root, "size", ("group",)) == [("items", "[]")]
    assert places_of(Root, "group", ()) == []


def test_a_place_as_people_write_it() -> None:
    assert format_place(("spec", "sources", "[]", "helm")) == "spec.sources[].helm"


def test_what_the_model_says_of_a_field() -> None:
    assert description(Root, ("items", 0, "size")) == "Its size."
    assert description(Root, ("loose", "x")) == ""
