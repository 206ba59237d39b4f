"""Types, values, missing fields: exact routes and sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.schemas.conftest import deployment, found, manifest

if TYPE_CHECKING:
    from plate_llm_cli.schemas.catalog import SchemaCatalog

CONTAINER = ("spec", "template", "spec", "containers", 0)
QUOTE = "(in a template: | quote)."


def test_a_good_object_has_no_violation(catalog: SchemaCatalog) -> None:
    assert catalog.check(deployment()).violations == ()


@pytest.mark.parametrize(
    ("container", "route", "message", "help_text"),
    [
        (
            "env: [{name: A, value: true}]",
            ("env", 0, "value"),
            "expected string, got boolean true",
            f'Quote it: "true" {QUOTE}',
        ),
        (
            "env: [{name: A, value: 8000}]",
            ("env", 0, "value"),
            "expected string, got integer 8000",
            f'Quote it: "8000" {QUOTE}',
        ),
        (
            "ports: [{containerPort: '8000'}]",
            ("ports", 0, "containerPort"),
            'expected integer, got string "8000"',
            "Write it without quotes: 8000 (in a template: no quote, or | int).",
        ),
        (
            "tty: 'true'",
            ("tty",),
            'expected boolean, got string "true"',
            "Write it without quotes: true (in a template: no quote, or | int).",
        ),
        ("tty: 1.5", ("tty",), "expected boolean, got number 1.5", ""),
        (
            "env: {A: b}",
            ("env",),
            "expected list, got mapping",
            'Make it a list: start each item with "- ".',
        ),
        (
            "resources: [{}]",
            ("resources",),
            "expected mapping, got list",
            'Make it a mapping: leave out the "- " before its fields.',
        ),
        (
            "resources: 'map[limits:map[cpu:1]]'",
            ("resources",),
            'expected mapping, got string "map[limits:map[cpu:1]]"',
            "A template printed Go's form of the value: use toYaml and nindent.",
        ),
        (
            "workingDir: [/app]",
            ("workingDir",),
            "expected string, got list",
            'A single value belongs here: leave out the "- ".',
        ),
        (
            "livenessProbe: {httpGet: {port: [80]}}",
            ("livenessProbe", "httpGet", "port"),
            "expected integer or string, got list",
            'A single value belongs here: leave out the "- ".',
        ),
    ],
)
def test_a_wrong_type_says_what_stands_there_and_how_to_write_it(
    catalog: SchemaCatalog,
    container: str,
    route: tuple[str | int, ...],
    message: str,
    help_text: str,
) -> None:
    violations = catalog.check(deployment(container)).violations
    assert found(violations) == [("wrong-type", (*CONTAINER, *route), message, help_text)]


@pytest.mark.parametrize(
    ("container", "route", "message", "help_text"),
    [
        (
            "imagePullPolicy: always",
            ("imagePullPolicy",),
            'expected Always, IfNotPresent or Never, got "always"',
            'Did you mean "Always"?',
        ),
        (
            "ports: [{containerPort: 65536}]",
            ("ports", 0, "containerPort"),
            "expected a number from 1 to 65535, got 65536",
            "",
        ),
        (
            "ports: [{containerPort: 0}]",
            ("ports", 0, "containerPort"),
            "expected a number from 1 to 65535, got 0",
            "",
        ),
        (
            "livenessProbe: {httpGet: {port: '8000'}}",
            ("livenessProbe", "httpGet", "port"),
            'expected a port number without quotes, or a port name with a letter in it, got "8000"',
            "",
        ),
        (
            "resources: {limits: {memory: 1GiB}}",
            ("resources", "limits", "memory"),
            'expected a quantity such as 500m, 2 or 1Gi, got "1GiB"',
            "",
        ),
        (
            "ports: [{containerPort: 99999999999}]",
            ("ports", 0, "containerPort"),
            "expected a number from 1 to 65535, got 99999999999",
            "",
        ),
        (
            "livenessProbe: {initialDelaySeconds: 9999999999}",
            ("livenessProbe", "initialDelaySeconds"),
            "expected an integer from -2147483648 to 2147483647, got 9999999999",
            "",
        ),
        ("image: ''", ("image",), 'expected at least 1 character, got ""', ""),
    ],
)
def test_a_bad_value_says_what_is_allowed(
    catalog: SchemaCatalog,
    container: str,
    route: tuple[str | int, ...],
    message: str,
    help_text: str,
) -> None:
    obj = deployment()
    spec = obj["spec"]["template"]["spec"]
    spec["containers"][0].update(manifest("{" + container + "}"))
    violations = catalog.check(obj).violations
    assert found(violations) == [("bad-value", (*CONTAINER, *route), message, help_text)]


@pytest.mark.parametrize("value", ["1", "0.5", "100m", "1e3", ".5", "2Gi", "1E"])
def test_quantities_are_numbers_or_strings(catalog: SchemaCatalog, value: str) -> None:
    assert catalog.check(deployment(f"resources: {{limits: {{cpu: {value}}}}}")).violations == ()


def test_an_integral_float_is_an_integer(catalog: SchemaCatalog) -> None:
    """Helm writes a million as 1e+06."""
    assert catalog.check(deployment("securityContext: {runAsUser: 1e+06}")).violations == ()


def test_a_mode_that_lost_its_zero_is_explained(catalog: SchemaCatalog) -> None:
    obj = deployment(pod="volumes: [{name: v, secret: {secretName: s, defaultMode: 644}}]")
    (violation,) = catalog.check(obj).violations
    assert violation.message == "expected a number from 0 to 511, got 644"
    assert violation.help == "File modes are octal: write 0644 or 420, not 644."


def test_an_octal_mode_is_fine(catalog: SchemaCatalog) -> None:
    obj = deployment(pod="volumes: [{name: v, secret: {secretName: s, defaultMode: 0644}}]")
    assert catalog.check(obj).violations == ()


@pytest.mark.parametrize(
    ("strategy", "messages"),
    [
        ("maxSurge: 25%, maxUnavailable: 0", []),
        (
            "maxSurge: '1'",
            ['expected an integer without quotes or a percentage, got "1"'],
        ),
        ("maxUnavailable: -1", ["expected at least 0, got -1"]),
    ],
)
def test_rolling_update_takes_integers_and_percentages(
    catalog: SchemaCatalog, strategy: str, messages: list[str]
) -> None:
    obj = deployment(spec=f"strategy: {{rollingUpdate: {{{strategy}}}}}")
    assert [v.message for v in catalog.check(obj).violations] == messages


def test_empty_strings_stand_for_the_default(catalog: SchemaCatalog) -> None:
    text = "imagePullPolicy: '', ports: [{containerPort: 1, protocol: '', name: ''}]"
    assert catalog.check(deployment(text)).violations == ()


def test_a_missing_field_is_reported_at_its_parent(catalog: SchemaCatalog) -> None:
    obj = manifest("{apiVersion: apps/v1, kind: Deployment, metadata: {name: a}, spec: {}}")
    assert found(catalog.check(obj).violations) == [
        ("missing-field", ("spec",), 'required field "selector" is missing', ""),
        ("missing-field", ("spec",), 'required field "template" is missing', ""),
    ]


def test_a_container_needs_an_image(catalog: SchemaCatalog) -> None:
    obj = deployment()
    del obj["spec"]["template"]["spec"]["containers"][0]["image"]
    (violation,) = catalog.check(obj).violations
    assert (violation.route, violation.suggestion) == (CONTAINER, "image")


def test_a_mistyped_required_field_is_one_violation(catalog: SchemaCatalog) -> None:
    obj = deployment()
    container = obj["spec"]["template"]["spec"]["containers"][0]
    container["Image"] = container.pop("image")
    assert found(catalog.check(obj).violations) == [
        ("unknown-field", (*CONTAINER, "Image"), 'unknown field "Image"', 'Did you mean "image"?')
    ]


def test_what_is_missing_from_status_does_not_matter(catalog: SchemaCatalog) -> None:
    obj = deployment()
    obj["status"] = {"conditions": [{}]}
    assert catalog.check(obj).violations == ()


def test_labels_and_annotations_are_strings(catalog: SchemaCatalog) -> None:
    metadata = "{name: a, labels: {v: 1}, annotations: {b: true}}"
    text = f"{{apiVersion: v1, kind: ConfigMap, metadata: {metadata}}}"
    assert found(catalog.check(manifest(text)).violations) == [
        (
            "wrong-type",
            ("metadata", "labels", "v"),
            "expected string, got integer 1",
            f'Quote it: "1" {QUOTE}',
        ),
        (
            "wrong-type",
            ("metadata", "annotations", "b"),
            "expected string, got boolean true",
            f'Quote it: "true" {QUOTE}',
        ),
    ]


@pytest.mark.parametrize(
    "data", ["data: {password: hunter2!}", "stringData: {pin: 123456}", "data: {token: [s3cret]}"]
)
def test_the_values_of_a_secret_never_show(catalog: SchemaCatalog, data: str) -> None:
    obj = manifest(f"{{apiVersion: v1, kind: Secret, metadata: {{name: a}}, {data}}}")
    result = catalog.check(obj)
    assert len(result.violations) == 1
    assert not any(value in repr(result) for value in ("hunter2", "123456", "s3cret"))


def test_a_long_value_is_cut(catalog: SchemaCatalog) -> None:
    obj = deployment(f"tty: '{'x' * 100}'")
    (violation,) = catalog.check(obj).violations
    assert violation.message == f'expected boolean, got string "{"x" * 39}…"'


@pytest.mark.parametrize(
    "value", [{"a": 1}, [1], None, 3, "text", 1.5, True, {1: 2}, {"kind": "List"}]
)
def test_the_caller_s_object_stays_as_it_is(catalog: SchemaCatalog, value: Any) -> None:
    before = repr(value)
    catalog.check(value)
    assert repr(value) == before
