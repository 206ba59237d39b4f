from __future__ import annotations

from typing import Any

import pytest

from plate_llm_cli.source.violations import label, near_name, slip_of, type_name

NAMES = ["replicaCount", "image", "resources", "valueFiles", "selfHeal"]


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("replicaCont", "replicaCount"),
        ("replicas", "replicaCount"),
        ("selfheal", "selfHeal"),
        ("self_heal", "selfHeal"),
        ("value-files", "valueFiles"),
        ("valuesFiles", "valueFiles"),
        ("xyz", None),
        ("", None),
    ],
)
def test_the_name_that_was_meant(name: str, meant: str | None) -> None:
    assert near_name(name, NAMES) == meant


def test_only_a_letter_or_two_is_a_slip() -> None:
    assert slip_of("replicaCont", NAMES) == "replicaCount"
    assert slip_of("replicas", NAMES) is None


def test_of_two_that_are_as_near_the_first_by_name_is_taken() -> None:
    assert near_name("abcx", ["abcz", "abcy"]) == "abcy"


def test_nothing_to_choose_from() -> None:
    assert near_name("a", []) is None


@pytest.mark.parametrize(
    ("route", "expected"),
    [
        ((), "the document"),
        ((0,), "the document"),
        (("a", "b"), "`b`"),
        (("a", "b", 2), "`b[2]`"),
        (("a", "b.c/d"), "`b.c/d`"),
    ],
)
def test_a_field_is_named_as_it_stands_in_the_file(
    route: tuple[str | int, ...], expected: str
) -> None:
    assert label(route) == expected


def test_a_key_is_named_as_a_key() -> None:
    assert label(("labels", "a b"), is_key=True) == "the key `a b`"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (True, "true or false"),
        (1, "a number"),
        (1.5, "a number"),
        ("", "text"),
        ({}, "a mapping"),
        ([], "a list"),
        (None, "null"),
    ],
)
def test_what_a_person_calls_a_type(value: Any, expected: str) -> None:
    assert type_name(value) == expected
