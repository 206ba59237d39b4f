from __future__ import annotations

import pytest

from plate_llm_cli.helm.provenance.fields import (
    DocumentId,
    fields_of_document,
    fields_of_text,
    moved_fields,
)

ONE = "kind: A\nmetadata: {name: one, namespace: ns}\n"
TWO = "kind: A\nmetadata: {name: two}\n"


def moved(before: str, after: str) -> set[tuple[str, str]]:
    found = moved_fields("t", fields_of_text(before), fields_of_text(after))
    return {(field.document.name, ".".join(map(str, field.route))) for field in found}


def test_a_document_is_known_by_kind_name_and_namespace() -> None:
    fields = fields_of_document(ONE + "l: [1, {a: 2}]\ne: {}\n")
    assert fields.document == DocumentId("A", "one", "ns")
    assert list(fields.routes()) == [
        ("kind",),
        ("metadata", "name"),
        ("metadata", "namespace"),
        ("l", 0),
        ("l", 1, "a"),
        ("e",),
    ]
    assert [fields.text(route) for route in (("l", 0), ("l",), ("none",))] == ["1", "", ""]


@pytest.mark.parametrize("text", ["- list\n", "scalar\n", "a: [\n", "kind: [one]\nmetadata: 1\n"])
def test_any_text_has_fields(text: str) -> None:
    assert list(fields_of_document(text).routes())


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (ONE + "a: 1\n", ONE + "a: 2\n", {("one", "a")}),
        (ONE + "a: 1\n", ONE + "a: '1'\n", {("one", "a")}),
        (ONE + "a: 1\n", ONE + "a: true\n", {("one", "a")}),
        (ONE + "a: 1\n", ONE, {("one", "a")}),
        (ONE, ONE + "a: {b: 1}\n", {("one", "a.b")}),
        (f"{ONE}---\n{TWO}", f"{TWO}---\n{ONE}", set()),
        (ONE, f"{ONE}---\n{TWO}", {("two", "kind"), ("two", "metadata.name")}),
        (f"{ONE}---\n{TWO}", ONE, {("two", "kind"), ("two", "metadata.name")}),
        (TWO, TWO.replace("two", "z"), {("two", "metadata.name")}),
        ("", "", set()),
        (
            ONE + "e: [{name: a, v: 1}, {name: b, v: 2}]\n",
            ONE + "e: [{name: b, v: 2}]\n",
            {("one", "e.0.name"), ("one", "e.0.v")},
        ),
        (
            ONE + "e: [{name: b, v: 2}]\n",
            ONE + "e: [{name: a, v: 1}, {name: b, v: 3}]\n",
            {("one", "e.0.v"), ("one", "e.1.name"), ("one", "e.1.v")},
        ),
        (ONE + "e: [{name: a}]\n", ONE + "e: [{name: b}]\n", {("one", "e.0.name")}),
        (ONE + "e: [x, x, y]\n", ONE + "e: [x, y]\n", {("one", "e.1")}),
        (ONE + "e: [x]\n", ONE + "e: {x: 1}\n", {("one", "e.0"), ("one", "e.x")}),
    ],
)
def test_which_fields_moved(before: str, after: str, expected: set[tuple[str, str]]) -> None:
    assert moved(before, after) == expected
