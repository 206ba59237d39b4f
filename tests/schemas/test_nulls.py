"""Helm renders nulls in many places; the API server takes most of them for absent fields."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.schemas.conftest import deployment, found

if TYPE_CHECKING:
    from plate_llm_cli.schemas.catalog import SchemaCatalog


@pytest.mark.parametrize(
    "container",
    [
        "resources: null",
        "env: null",
        "env: [{name: A, value: null}]",
        "args: [null]",
        "resources: {limits: {cpu: null}}",
        "livenessProbe: {httpGet: {port: 80, scheme: null}}",
    ],
)
def test_a_null_is_an_absent_field(catalog: SchemaCatalog, container: str) -> None:
    assert catalog.check(deployment(container)).violations == ()


def test_metadata_is_full_of_nulls(catalog: SchemaCatalog) -> None:
    obj = deployment()
    obj["metadata"].update(annotations=None, creationTimestamp=None, labels={"a": None})
    assert catalog.check(obj).violations == ()


def test_a_required_field_must_not_be_null(catalog: SchemaCatalog) -> None:
    obj = deployment()
    obj["spec"]["template"]["spec"]["containers"] = None
    message = 'required field "containers" is null, which counts as missing'
    route = ("spec", "template", "spec", "containers")
    assert found(catalog.check(obj).violations) == [("missing-field", route, message, "")]


def test_a_null_item_counts_as_an_empty_one(catalog: SchemaCatalog) -> None:
    obj = deployment()
    obj["spec"]["template"]["spec"]["containers"].append(None)
    route = ("spec", "template", "spec", "containers", 1)
    assert found(catalog.check(obj).violations) == [
        ("missing-field", route, 'required field "name" is missing', ""),
        ("missing-field", route, 'required field "image" is missing', ""),
    ]


def test_an_unknown_field_is_unknown_even_if_null(catalog: SchemaCatalog) -> None:
    (violation,) = catalog.check(deployment("resource: null")).violations
    assert violation.suggestion == "resources"
