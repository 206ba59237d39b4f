"""CRDs as the API server reads them: structural schemas, nulls, unknown fields."""

from __future__ import annotations

from typing import Any

import pytest

from plate_llm_cli.schemas.catalog import SchemaCatalog
from plate_llm_cli.schemas.violations import SchemaSource, Status
from tests.schemas.conftest import found, manifest


def crd(spec: str, version: str = "served: true,", **more: Any) -> dict[str, Any]:
    """A CRD for `acme.io/v1 Widget` whose `spec` has the schema in the YAML `spec`."""
    text = (
        "{apiVersion: apiextensions.k8s.io/v1, kind: CustomResourceDefinition,"
        "metadata: {name: widgets.acme.io}, spec: {group: acme.io, scope: Namespaced,"
        "names: {kind: Widget, plural: widgets}, versions: [{name: v1,"
        f"storage: true, {version} schema: {{openAPIV3Schema: {{type: object, properties: "
        f"{{spec: {spec}}}}}}}}}]}}}}"
    )
    obj: dict[str, Any] = manifest(text)
    obj["spec"].update(more)
    return obj


def widget(spec: str, version: str = "v1") -> Any:
    return manifest(
        f"{{apiVersion: acme.io/{version}, kind: Widget, metadata: {{name: a}}, spec: {spec}}}"
    )


def violations(schema: str, spec: str) -> list[tuple[str, Any, str, str]]:
    return found(SchemaCatalog("1.37", [crd(schema)]).check(widget(spec)).violations)


def test_an_unknown_field_is_reported() -> None:
    schema = "{type: object, properties: {size: {type: integer}}}"
    assert violations(schema, "{sise: 1}") == [
        ("unknown-field", ("spec", "sise"), 'unknown field "sise"', 'Did you mean "size"?')
    ]


@pytest.mark.parametrize(
    "schema",
    [
        "{type: object, x-kubernetes-preserve-unknown-fields: true}",
        "{type: object, additionalProperties: {type: integer}}",
        "{x-kubernetes-preserve-unknown-fields: true}",
        "{type: object, additionalProperties: true}",
    ],
)
def test_a_schema_may_be_open(schema: str) -> None:
    assert violations(schema, "{anything: 1}") == []


def test_an_object_without_properties_has_no_fields() -> None:
    assert [v[0] for v in violations("{type: object}", "{a: 1}")] == ["unknown-field"]


def test_fields_inside_an_open_object_stay_closed() -> None:
    schema = (
        "{type: object, x-kubernetes-preserve-unknown-fields: true,"
        "properties: {a: {type: object, properties: {b: {type: string}}}}}"
    )
    assert [v[1] for v in violations(schema, "{x: 1, a: {c: 1}}")] == [("spec", "a", "c")]


def test_status_and_metadata_need_no_schema() -> None:
    obj = widget("{}")
    obj["metadata"]["labels"] = {"a": "b"}
    assert SchemaCatalog("1.37", [crd("{type: object}")]).check(obj).violations == ()


def test_metadata_is_kubernetes_own() -> None:
    obj = widget("{}")
    obj["metadata"]["lables"] = {}
    (violation,) = SchemaCatalog("1.37", [crd("{type: object}")]).check(obj).violations
    assert (violation.route, violation.suggestion) == (("metadata", "lables"), "labels")


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("{type: string}", "1", "expected string, got integer 1"),
        ("{type: integer}", "1.5", "expected integer, got number 1.5"),
        ("{type: number}", "1", None),
        ("{x-kubernetes-int-or-string: true}", "80", None),
        ("{x-kubernetes-int-or-string: true}", "'80%'", None),
        (
            "{x-kubernetes-int-or-string: true}",
            "[80]",
            "expected integer or string, got list",
        ),
        (
            "{anyOf: [{type: integer}, {type: string}], x-kubernetes-int-or-string: true}",
            "true",
            "expected integer or string, got boolean true",
        ),
        ("{type: string, enum: [a, b]}", "c", 'expected a or b, got "c"'),
        ("{type: integer, minimum: 1}", "0", "expected at least 1, got 0"),
        ("{type: integer, maximum: 5}", "6", "expected at most 5, got 6"),
        (
            "{type: integer, minimum: 1, exclusiveMinimum: true}",
            "1",
            "expected at least 1, got 1",
        ),
        ("{type: integer, multipleOf: 5}", "7", "expected a multiple of 5, got 7"),
        ("{type: string, minLength: 2}", "a", 'expected at least 2 characters, got "a"'),
        ("{type: string, maxLength: 1}", "ab", 'expected at most 1 character, got "ab"'),
        (
            "{type: string, pattern: '^[a-z]+$'}",
            "A",
            'expected text that matches ^[a-z]+$, got "A"',
        ),
        ("{type: string, pattern: '('}", "A", None),
        (
            "{type: string, pattern: '^(a+)+$'}",
            "a" * 60 + "b",
            "expected text that matches ^(a+)+$",
        ),
        ("{type: integer, format: int32}", "2147483648", "expected an integer from -2147483648 to"),
        ("{type: string, format: date-time}", "soon", "expected a time such as"),
        ("{type: string, format: no-such-format}", "x", None),
        ("{type: array, items: {type: string}, minItems: 1}", "[]", "expected at least 1 item"),
        (
            "{type: array, items: {type: string}, x-kubernetes-list-type: set}",
            "[a, a]",
            "expected items that differ from each other",
        ),
        (
            "{type: object, maxProperties: 1, additionalProperties: true}",
            "{a: 1, b: 2}",
            "expected at most 1 entry",
        ),
        ("{type: string, enum: 5, minLength: x, pattern: [a]}", "x", None),
    ],
)
def test_value_keywords(field: str, value: str, message: str | None) -> None:
    schema = f"{{type: object, properties: {{f: {field}}}}}"
    messages = [v[2] for v in violations(schema, f"{{f: {value}}}")]
    assert len(messages) == (message is not None)
    assert all(text.startswith(message or "") for text in messages)


@pytest.mark.parametrize(
    ("schema", "spec", "expected"),
    [
        ("{type: object, properties: {a: {type: string}}}", "{a: null}", []),
        ("{type: object, properties: {a: {type: string, nullable: true}}}", "{a: null}", []),
        ("{type: object, additionalProperties: {type: string}}", "{a: null}", []),
        (
            "{type: object, required: [a], properties: {a: {type: string}}}",
            "{a: null}",
            ['required field "a" is null, which counts as missing'],
        ),
        (
            "{type: object, required: [a], properties: {a: {type: string, nullable: true}}}",
            "{a: null}",
            [],
        ),
        (
            "{type: object, required: [a], properties: {a: {type: string, default: x}}}",
            "{}",
            [],
        ),
        (
            "{type: object, properties: {a: {type: array, items: {type: string}}}}",
            "{a: [null]}",
            ["expected string, got null"],
        ),
        (
            "{type: object, properties: {a: {type: array, items: {type: string, nullable: true}}}}",
            "{a: [null]}",
            [],
        ),
    ],
)
def test_nulls(schema: str, spec: str, expected: list[str]) -> None:
    assert [v[2] for v in violations(schema, spec)] == expected


ONE_OF = (
    "{type: object, properties: {a: {type: string}, b: {type: string}},"
    "oneOf: [{required: [a]}, {required: [b]}]}"
)
ANY_OF = (
    "{type: object, properties: {kind: {type: string}, n: {type: integer}}, anyOf: ["
    "{properties: {kind: {enum: [x]}}}, {properties: {kind: {enum: [y]}}, required: [n]}]}"
)
NOT = "{type: object, properties: {a: {type: string}}, not: {required: [a]}}"


@pytest.mark.parametrize(
    ("schema", "spec", "expected"),
    [
        (ONE_OF, "{a: x}", []),
        (ONE_OF, "{}", ["a or b must be set"]),
        (ONE_OF, "{a: x, b: x}", ["only one of a, b may be set"]),
        (ANY_OF, "{kind: x}", []),
        (ANY_OF, "{kind: z}", ['expected x, got "z"']),
        (NOT, "{}", []),
        (NOT, "{a: x}", ["a must not be set here"]),
    ],
)
def test_combinations_give_one_sentence(schema: str, spec: str, expected: list[str]) -> None:
    assert [v[2] for v in violations(schema, spec)] == expected


def test_items_of_a_map_list_must_differ() -> None:
    schema = (
        "{type: object, properties: {l: {type: array, x-kubernetes-list-type: map,"
        "x-kubernetes-list-map-keys: [name], items: {type: object, required: [name],"
        "properties: {name: {type: string}}}}}}"
    )
    assert violations(schema, "{l: [{name: a}, {name: a}]}") == [
        (
            "duplicate-item",
            ("spec", "l", 1),
            'the list has name "a" already, at [0]',
            "Remove or rename one of the two.",
        )
    ]


def test_an_embedded_resource_is_an_object() -> None:
    schema = (
        "{type: object, properties: {t: {type: object, x-kubernetes-embedded-resource: true,"
        "x-kubernetes-preserve-unknown-fields: true}}}"
    )
    assert violations(schema, "{t: {apiVersion: v1, kind: Pod, metadata: {}, spec: {}}}") == []
    assert [v[2] for v in violations(schema, "{t: {apiVersion: v1}}")] == [
        'required field "kind" is missing'
    ]


def test_rules_in_cel_are_not_evaluated() -> None:
    schema = "{type: object, x-kubernetes-validations: [{rule: 'false'}], properties: {a: {}}}"
    assert violations(schema, "{a: 1}") == []


def test_a_version_that_the_crd_lacks() -> None:
    result = SchemaCatalog("1.37", [crd("{type: object}")]).check(widget("{}", "v1alpha1"))
    assert result.status is Status.UNKNOWN_KIND
    assert result.message == "the CRD of Widget has no version v1alpha1"
    assert result.help == "It serves acme.io/v1."


@pytest.mark.parametrize(
    ("version", "status", "message"),
    [
        ("served: false,", Status.REMOVED, "the CRD no longer serves acme.io/v1 Widget"),
        ("deprecated: true,", Status.DEPRECATED, "the CRD calls acme.io/v1 Widget deprecated"),
        ("deprecated: true, deprecationWarning: Old.,", Status.DEPRECATED, "Old."),
    ],
)
def test_a_version_that_the_crd_gives_up(version: str, status: Status, message: str) -> None:
    result = SchemaCatalog("1.37", [crd("{type: object}", version)]).check(widget("{}"))
    assert (result.status, result.message, result.source) == (status, message, SchemaSource.CRD)


def test_a_crd_that_keeps_everything_checks_nothing() -> None:
    known = crd("{type: object}", preserveUnknownFields=True)
    result = SchemaCatalog("1.37", [known]).check(widget("{a: 1}"))
    assert (result.status, result.violations) == (Status.UNCHECKED, ())


def test_where_crds_differ_the_one_that_fits_counts() -> None:
    old = crd("{type: object, properties: {a: {type: string}}}")
    new = crd("{type: object, properties: {a: {type: string}, b: {type: string}}}")
    catalog = SchemaCatalog("1.37", [old, new])
    assert catalog.check(widget("{a: x, b: x}")).violations == ()
    assert len(catalog.check(widget("{a: 1}")).violations) == 1


def test_a_crd_comes_before_our_own_model() -> None:
    known = crd("{type: object, properties: {anything: {type: string}}}", group="cert-manager.io")
    known["spec"]["names"]["kind"] = "Certificate"
    obj = {**widget("{anything: x}"), "apiVersion": "cert-manager.io/v1", "kind": "Certificate"}
    result = SchemaCatalog("1.37", [known]).check(obj)
    assert (result.source, result.violations) == (SchemaSource.CRD, ())


def test_a_crd_may_come_after_the_first_check() -> None:
    catalog = SchemaCatalog("1.37")
    assert catalog.check(widget("{a: 1}")).status is Status.UNCHECKED
    catalog.add_crd(crd("{type: object}"))
    assert catalog.check(widget("{a: 1}")).status is Status.CHECKED


@pytest.mark.parametrize(
    "broken",
    [
        None,
        5,
        {},
        {"kind": "CustomResourceDefinition"},
        {"kind": "CustomResourceDefinition", "spec": 1},
        {"kind": "CustomResourceDefinition", "spec": {"versions": [1, {"name": 2}]}},
        {"kind": "CustomResourceDefinition", "spec": {"group": 1, "names": [], "versions": []}},
    ],
)
def test_what_is_no_crd_is_left_out(broken: Any) -> None:
    assert SchemaCatalog("1.37", [broken]).check(widget("{}")).status is Status.UNCHECKED
