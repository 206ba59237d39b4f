"""Unknown fields: the name that was meant, or the place."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from plate_llm_cli.schemas.catalog import SchemaCatalog
from tests.schemas.conftest import deployment, found, manifest

if TYPE_CHECKING:
    from plate_llm_cli.source.nodes import Route

POD: Route = ("spec", "template", "spec")
CONTAINER: Route = (*POD, "containers", 0)


@pytest.mark.parametrize(
    ("parts", "route", "meant"),
    [
        ({"spec": "replica: 1"}, ("spec", "replica"), "replicas"),
        (
            {"container": "image_pull_policy: Always"},
            (*CONTAINER, "image_pull_policy"),
            "imagePullPolicy",
        ),
        ({"container": "envfrom: []"}, (*CONTAINER, "envfrom"), "envFrom"),
        ({"pod": "imagePullSecret: []"}, (*POD, "imagePullSecret"), "imagePullSecrets"),
        (
            {"container": "envFrom: [{configmapRef: {name: a}}]"},
            (*CONTAINER, "envFrom", 0, "configmapRef"),
            "configMapRef",
        ),
    ],
)
def test_a_near_name_is_offered(
    catalog: SchemaCatalog, parts: dict[str, str], route: Route, meant: str
) -> None:
    (violation,) = catalog.check(deployment(**parts)).violations
    assert found((violation,)) == [
        ("unknown-field", route, f'unknown field "{route[-1]}"', f'Did you mean "{meant}"?')
    ]
    assert violation.suggestion == meant


@pytest.mark.parametrize(
    ("parts", "route", "place"),
    [
        (
            {"pod": "volumeMounts: []"},
            (*POD, "volumeMounts"),
            "spec.template.spec.containers[0].volumeMounts",
        ),
        ({"pod": "image: a"}, (*POD, "image"), "spec.template.spec.containers[0].image"),
        ({"container": "volumes: []"}, (*CONTAINER, "volumes"), "spec.template.spec.volumes"),
        (
            {"container": "runAsNonRoot: true"},
            (*CONTAINER, "runAsNonRoot"),
            "spec.template.spec.containers[0].securityContext.runAsNonRoot",
        ),
        (
            {"container": "securityContext: {fsGroup: 1}"},
            (*CONTAINER, "securityContext", "fsGroup"),
            "spec.template.spec.securityContext.fsGroup",
        ),
        ({"pod": "replicas: 2"}, (*POD, "replicas"), "spec.replicas"),
        ({"spec": "labels: {a: b}"}, ("spec", "labels"), "metadata.labels"),
        (
            {"spec": "serviceAccountName: a"},
            ("spec", "serviceAccountName"),
            "spec.template.spec.serviceAccountName",
        ),
    ],
)
def test_a_field_in_the_wrong_place_is_sent_to_the_right_one(
    catalog: SchemaCatalog, parts: dict[str, str], route: Route, place: str
) -> None:
    (violation,) = catalog.check(deployment(**parts)).violations
    assert (violation.kind.value, violation.route) == ("misplaced-field", route)
    assert violation.help in {
        f"Move it to {place}, where Kubernetes reads it.",
        f"It belongs to {place}, which is set already: merge the two.",
    }


def test_containers_beside_the_template(catalog: SchemaCatalog) -> None:
    assert found(catalog.check(deployment(spec="containers: []")).violations) == [
        (
            "misplaced-field",
            ("spec", "containers"),
            'unknown field "containers"',
            "It belongs to spec.template.spec.containers, which is set already: merge the two.",
        )
    ]


def test_resources_of_a_pod_are_misplaced_before_1_32_only() -> None:
    obj = deployment(pod="resources: {limits: {cpu: 1}}")
    (violation,) = SchemaCatalog("1.31").check(obj).violations
    assert violation.help == (
        "Move it to spec.template.spec.containers[0].resources, where Kubernetes reads it."
    )
    assert SchemaCatalog("1.32").check(obj).violations == ()


def test_the_choices_are_named_where_they_are_few(catalog: SchemaCatalog) -> None:
    obj = manifest("{apiVersion: v1, kind: ConfigMap, metadata: {name: a}, zzz: 1}")
    (violation,) = catalog.check(obj).violations
    assert violation.help == "Known here: binaryData, data, immutable."


def test_a_field_of_a_later_version_says_which(catalog: SchemaCatalog) -> None:
    obj = deployment("lifecycle: {preStop: {sleep: {seconds: 5}}}")
    (violation,) = SchemaCatalog("1.28").check(obj).violations
    assert violation.help == "Kubernetes 1.28 lacks it; 1.29 has it."
    assert catalog.check(obj).violations == ()


def test_a_hostile_key_is_shown_harmless(catalog: SchemaCatalog) -> None:
    obj = deployment()
    obj["spec"]["\x1b[31m\n" + "x" * 100] = 1
    (violation,) = catalog.check(obj).violations
    assert violation.message == 'unknown field "\\u001b[31m\\n' + "x" * 33 + '…"'
