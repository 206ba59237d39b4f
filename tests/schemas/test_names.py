"""Names of objects, labels and the like."""

from __future__ import annotations

from typing import Any

import pytest

from plate_llm_cli.schemas.catalog import SchemaCatalog
from tests.schemas.conftest import found, manifest

APIS = {
    "CronJob": "batch/v1",
    "Role": "rbac.authorization.k8s.io/v1",
    "ClusterRole": "rbac.authorization.k8s.io/v1",
}


def named(kind: str, name: str) -> dict[str, Any]:
    obj = {"apiVersion": APIS.get(kind, "v1"), "kind": kind, "metadata": {"name": name}}
    if kind == "CronJob":
        pod = {"restartPolicy": "Never", "containers": [{"name": "a", "image": "b"}]}
        obj["spec"] = {"schedule": "@daily", "jobTemplate": {"spec": {"template": {"spec": pod}}}}
    return obj


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("ConfigMap", "a.b-c.1"),
        ("ConfigMap", "x" * 253),
        ("Role", "system:Leader_Lock"),
        ("ClusterRole", "a:b"),
        ("Service", "web-1"),
        ("Namespace", "1-web"),
        ("CronJob", "x" * 52),
    ],
)
def test_a_good_name(catalog: SchemaCatalog, kind: str, name: str) -> None:
    assert catalog.check(named(kind, name)).violations == ()


@pytest.mark.parametrize(
    ("kind", "name", "message", "help_text"),
    [
        (
            "ConfigMap",
            "Web_app",
            "expected a name of at most 253 lower-case letters, digits, - and dots, with a letter "
            'or digit at both ends, got "Web_app"',
            'Write "web-app" (in a template: | lower | replace "_" "-").',
        ),
        (
            "ConfigMap",
            "-a",
            "expected a name of at most 253 lower-case letters, digits, - and dots, with a letter "
            'or digit at both ends, got "-a"',
            "",
        ),
        (
            "Namespace",
            "a.b",
            "expected a name of at most 63 lower-case letters, digits and -, with a letter or "
            'digit at both ends, got "a.b"',
            "",
        ),
        (
            "CronJob",
            "x" * 53,
            f'expected a CronJob name of at most 52 characters, got "{"x" * 39}…"',
            "",
        ),
        ("Role", "a/b", 'expected a name without / and %, got "a/b"', ""),
    ],
)
def test_a_bad_name(
    catalog: SchemaCatalog, kind: str, name: str, message: str, help_text: str
) -> None:
    violations = catalog.check(named(kind, name)).violations
    assert found(violations) == [("bad-name", ("metadata", "name"), message, help_text)]


def test_services_may_start_with_a_digit_from_1_36_on(catalog: SchemaCatalog) -> None:
    (violation,) = SchemaCatalog("1.35").check(named("Service", "1web")).violations
    assert violation.message == (
        "expected a name of at most 63 lower-case letters, digits and -, a letter first and "
        'no - at the end, got "1web"'
    )
    assert catalog.check(named("Service", "1web")).violations == ()


def test_a_service_name_that_is_too_long(catalog: SchemaCatalog) -> None:
    (violation,) = catalog.check(named("Service", "x" * 64)).violations
    assert violation.help == 'Shorten it (in a template: | trunc 63 | trimSuffix "-").'


@pytest.mark.parametrize(
    ("text", "route", "message"),
    [
        ("{apiVersion: v1, kind: Pod}", (), "metadata.name is missing"),
        ("{apiVersion: v1, kind: Pod, metadata: {}}", ("metadata",), "metadata.name is missing"),
        (
            "{apiVersion: v1, kind: Pod, metadata: {name: ''}}",
            ("metadata", "name"),
            "metadata.name is empty",
        ),
        (
            "{apiVersion: v1, kind: Pod, metadata: {name: null}}",
            ("metadata", "name"),
            "metadata.name is empty",
        ),
    ],
)
def test_an_object_needs_a_name(
    catalog: SchemaCatalog, text: str, route: tuple[str, ...], message: str
) -> None:
    help_text = "Every object needs a name (or generateName, for what is created and not applied)."
    violations = catalog.check(manifest(text)).violations
    assert found(violations) == [("missing-field", route, message, help_text)]


def test_generate_name_is_enough(catalog: SchemaCatalog) -> None:
    obj = manifest("{apiVersion: v1, kind: ConfigMap, metadata: {generateName: web-}}")
    assert catalog.check(obj).violations == ()


def test_a_name_that_is_a_number_is_a_type_error_alone(catalog: SchemaCatalog) -> None:
    obj = manifest("{apiVersion: v1, kind: ConfigMap, metadata: {name: 123}}")
    (violation,) = catalog.check(obj).violations
    assert violation.message == "expected string, got integer 123"


@pytest.mark.parametrize(
    ("metadata", "route"),
    [
        ("namespace: Prod", ("metadata", "namespace")),
        ("labels: {'a b': c}", ("metadata", "labels", "a b")),
        ("labels: {a: 'b c'}", ("metadata", "labels", "a")),
        ("labels: {a: " + "x" * 64 + "}", ("metadata", "labels", "a")),
        ("labels: {'Example.com/a': b}", ("metadata", "labels", "Example.com/a")),
        ("annotations: {'a/b/c': d}", ("metadata", "annotations", "a/b/c")),
    ],
)
def test_bad_metadata(catalog: SchemaCatalog, metadata: str, route: tuple[str, ...]) -> None:
    obj = manifest(f"{{apiVersion: v1, kind: ConfigMap, metadata: {{name: a, {metadata}}}}}")
    assert [v.route for v in catalog.check(obj).violations] == [route]


@pytest.mark.parametrize(
    "metadata",
    [
        "labels: {app.kubernetes.io/name: a, a: ''}",
        "annotations: {Example.com/A: 'any text: at all'}",
    ],
)
def test_good_metadata(catalog: SchemaCatalog, metadata: str) -> None:
    obj = manifest(f"{{apiVersion: v1, kind: ConfigMap, metadata: {{name: a, {metadata}}}}}")
    assert catalog.check(obj).violations == ()
