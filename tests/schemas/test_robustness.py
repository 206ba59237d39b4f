"""Whatever comes in, `check` answers, and in bounded time."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plate_llm_cli.schemas.catalog import SchemaCatalog
from plate_llm_cli.schemas.conformance import MAX_VIOLATIONS
from tests.schemas.conftest import deployment
from tests.schemas.test_crds import crd, widget

CATALOG = SchemaCatalog("1.37")
KINDS = ["Deployment", "Service", "List", "Secret", "CustomResourceDefinition", "ServiceMonitor"]
APIS = ["v1", "apps/v1", "apiextensions.k8s.io/v1", "monitoring.coreos.com/v1", "a/b/c", "/"]
KEYS = st.sampled_from(["spec", "metadata", "name", "items", "template", "data", "env"]) | st.text()
SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text()
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=5),
    max_leaves=20,
)
SHAPE = ["type", "properties", "items", "required", "additionalProperties", "nullable", "$ref"]
VALUE = ["enum", "pattern", "format", "minimum", "anyOf", "oneOf", "not"]
KUBERNETES = ["x-kubernetes-list-map-keys", "x-kubernetes-int-or-string"]
WORDS = st.sampled_from([*SHAPE, *VALUE, *KUBERNETES])
SCHEMAS = st.recursive(
    SCALARS | st.sampled_from(["string", "object", "array", "#/definitions/a"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS | KEYS, inner, max_size=5),
    max_leaves=20,
)


@settings(max_examples=150, deadline=None)
@given(VALUES)
def test_any_value(value: Any) -> None:
    CATALOG.check(value)


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(APIS), st.sampled_from(KINDS), st.dictionaries(KEYS, VALUES, max_size=5))
def test_any_object_of_a_known_kind(api: str, kind: str, rest: dict[str, Any]) -> None:
    CATALOG.check({**rest, "apiVersion": api, "kind": kind})


@settings(max_examples=150, deadline=None)
@given(VALUES, VALUES)
def test_any_pod_spec(pod: Any, container: Any) -> None:
    obj = deployment()
    obj["spec"]["template"]["spec"] = {"containers": [container], "volumes": pod}
    CATALOG.check(obj)


@settings(max_examples=200, deadline=None)
@given(SCHEMAS, VALUES)
def test_any_crd_and_any_object_of_it(schema: Any, spec: Any) -> None:
    known = crd("{type: object}")
    properties = {"spec": schema}
    known["spec"]["versions"][0]["schema"]["openAPIV3Schema"]["properties"] = properties
    catalog = SchemaCatalog("1.37", [known])
    catalog.check({**widget("{}"), "spec": spec})
    catalog.check(known)


@settings(max_examples=100, deadline=None)
@given(st.text(), st.text())
def test_any_pattern(pattern: str, text: str) -> None:
    known = crd("{type: string}")
    root = known["spec"]["versions"][0]["schema"]["openAPIV3Schema"]
    root["properties"]["spec"]["pattern"] = pattern
    SchemaCatalog("1.37", [known]).check({**widget("{}"), "spec": text})


def nested(depth: int, leaf: Any = None) -> Any:
    for _ in range(depth):
        leaf = {"properties": {"a": leaf}}
    return leaf


def test_deep_nesting_ends_in_a_violation() -> None:
    obj = crd("{type: object}")
    root = obj["spec"]["versions"][0]["schema"]["openAPIV3Schema"]
    root["properties"]["spec"] = nested(5000, {"type": 1})
    (violation,) = CATALOG.check(obj).violations
    assert (violation.kind.value, violation.message) == (
        "limit",
        "nested more than 100 levels deep",
    )


def test_branches_in_branches_end_in_a_violation() -> None:
    schema: dict[str, Any] = {"type": "string"}
    for _ in range(18):
        schema = {"anyOf": [{"not": schema}, {"not": schema}, {"not": schema}]}
    known = crd("{type: object}")
    root = known["spec"]["versions"][0]["schema"]["openAPIV3Schema"]
    root["properties"]["spec"] = schema
    result = SchemaCatalog("1.37", [known]).check({**widget("{}"), "spec": 1})
    assert "limit" in {violation.kind.value for violation in result.violations}


def test_violations_are_bounded() -> None:
    obj = deployment()
    obj["metadata"]["labels"] = {f"k{number}": number for number in range(5000)}
    obj["spec"].update({f"unknown{number}": number for number in range(5000)})
    assert len(CATALOG.check(obj).violations) <= 2 * MAX_VIOLATIONS + 2


@pytest.mark.parametrize("number", [math.nan, math.inf, -math.inf, 10**400, 1e308])
def test_odd_numbers(number: float) -> None:
    obj = deployment()
    obj["spec"]["replicas"] = number
    obj["spec"]["template"]["spec"]["containers"][0]["env"] = [{"name": "A", "value": number}]
    assert CATALOG.check(obj).violations != ()


def test_a_million_letters() -> None:
    obj = deployment()
    obj["metadata"].update(name="1" * 1_000_000, labels={"x" * 1_000_000: "1" * 1_000_000})
    limits = {"cpu": "1" * 1_000_000, "memory": "." * 1_000_000}
    obj["spec"]["template"]["spec"]["containers"][0]["resources"] = {"limits": limits}
    assert all(len(violation.message) < 300 for violation in CATALOG.check(obj).violations)
