from __future__ import annotations

import pytest

from plate_llm_cli.helm.provenance_fields import (
    DocumentId,
    fields_of_document,
    fields_of_text,
    moved_fields,
)

X = "kind: A\nmetadata: {name: one, namespace: ns}\n"
Y = "kind: A\nmetadata: {name: two}\n"


def moved(before: str, after: str) -> set[tuple[str, str]]:
    found = moved_fields("t", fields_of_text(before), fields_of_text(after))
    return {(field.document.name, ".".join(map(str, field.route))) for field in found}


def test_a_document_is_known_by_kind_name_and_namespace() -> None:
    fields = fields_of_document(X + "l: [1, {a: 2}]\ne: {}\n")
    assert fields.document == DocumentId("A", "one", "ns")
    assert fields.scalars == {
        ("kind",): "A",
        ("metadata", "name"): "one",
        ("metadata", "namespace"): "ns",
        ("l", 0): 1,
        ("l", 1, "a"): 2,
        ("e",): {},
    }


@pytest.mark.parametrize("text", ["- list\n", "scalar\n", "a: [\n", "kind: [one]\nmetadata: 1\n"])
def test_any_text_has_fields(text: str) -> None:
    assert fields_of_document(text).scalars


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (X + "a: 1\n", X + "a: 2\n", {("one", "a")}),
        (X + "a: 1\n", X + "a: '1'\n", {("one", "a")}),
        (X + "a: 1\n", X + "a: true\n", {("one", "a")}),
        (X + "a: 1\n", X, {("one", "a")}),
        (X, X + "a: {b: 1}\n", {("one", "a.b")}),
        (f"{X}---\n{Y}", f"{Y}---\n{X}", set()),
        (X, f"{X}---\n{Y}", {("two", "kind"), ("two", "metadata.name")}),
        (f"{X}---\n{Y}", X, {("two", "kind"), ("two", "metadata.name")}),
        (Y, Y.replace("two", "z"), {("two", "metadata.name")}),
        ("", "", set()),
    ],
)
def test_which_fields_moved(before: str, after: str, expected: set[tuple[str, str]]) -> None:
    assert moved(before, after) == expected
