"""What is known of a kind: removed, deprecated, unknown, unchecked, unidentified."""

from __future__ import annotations

from typing import Any

import pytest

from plate_llm_cli.schemas.catalog import SchemaCatalog
from plate_llm_cli.schemas.violations import SchemaSource, Status
from tests.schemas.conftest import found


def of(api: str, kind: str) -> dict[str, Any]:
    return {"apiVersion": api, "kind": kind, "metadata": {"name": "a"}}


@pytest.mark.parametrize(
    ("name", "gone", "last", "instead"),
    [
        ("extensions/v1beta1 Ingress", "1.22", "1.21", "networking.k8s.io/v1"),
        ("extensions/v1beta1 Deployment", "1.16", "1.15", "apps/v1"),
        ("networking.k8s.io/v1beta1 Ingress", "1.22", "1.21", "networking.k8s.io/v1"),
        ("policy/v1beta1 PodDisruptionBudget", "1.25", "1.24", "policy/v1"),
        ("batch/v1beta1 CronJob", "1.25", "1.24", "batch/v1"),
        ("autoscaling/v2beta1 HorizontalPodAutoscaler", "1.25", "1.24", "autoscaling/v2"),
        ("autoscaling/v2beta2 HorizontalPodAutoscaler", "1.26", "1.25", "autoscaling/v2"),
        (
            "flowcontrol.apiserver.k8s.io/v1beta3 FlowSchema",
            "1.32",
            "1.31",
            "flowcontrol.apiserver.k8s.io/v1",
        ),
        (
            "apiextensions.k8s.io/v1beta1 CustomResourceDefinition",
            "1.22",
            "1.21",
            "apiextensions.k8s.io/v1",
        ),
    ],
)
def test_a_removed_api_names_its_end_and_its_successor(
    catalog: SchemaCatalog, name: str, gone: str, last: str, instead: str
) -> None:
    api, _, kind = name.partition(" ")
    result = catalog.check(of(api, kind))
    assert result.status is Status.REMOVED
    assert result.message == f"{api} {kind} was removed in Kubernetes {gone}"
    assert result.help == f"Use apiVersion {instead}; its fields may differ."
    assert (result.last_version, result.replacement) == (last, instead)


def test_a_removed_api_without_successor(catalog: SchemaCatalog) -> None:
    result = catalog.check(of("policy/v1beta1", "PodSecurityPolicy"))
    assert (result.status, result.replacement) == (Status.REMOVED, None)
    assert result.help == "No API of this version has PodSecurityPolicy."


def test_an_api_that_a_later_version_drops_is_deprecated() -> None:
    result = SchemaCatalog("1.25").check(of("autoscaling/v2beta2", "HorizontalPodAutoscaler"))
    assert (result.status, result.source) == (Status.DEPRECATED, SchemaSource.KUBERNETES)
    message = "autoscaling/v2beta2 HorizontalPodAutoscaler is gone from Kubernetes 1.26 on"
    assert result.message == message
    assert (result.last_version, result.replacement) == ("1.25", "autoscaling/v2")


def test_an_api_that_comes_later(catalog: SchemaCatalog) -> None:
    policy = of("admissionregistration.k8s.io/v1", "ValidatingAdmissionPolicy")
    result = SchemaCatalog("1.28").check(policy)
    assert result.status is Status.UNKNOWN_KIND
    assert result.help == "It comes with Kubernetes 1.30."
    assert catalog.check(policy).status is Status.CHECKED


@pytest.mark.parametrize(
    ("api", "kind", "help_text", "instead"),
    [
        ("v1", "Deployment", "Deployment is in apps/v1.", "apps/v1"),
        ("apps", "Deployment", "Deployment is in apps/v1.", "apps/v1"),
        ("apps/v1", "deployment", 'Did you mean "Deployment"?', None),
        ("apps/v1", "Deploymnt", 'Did you mean "Deployment"?', None),
        ("v1", "Qqqqqq", "Check apiVersion and kind for a typing error.", None),
        ("v1", "Container", "Check apiVersion and kind for a typing error.", None),
    ],
)
def test_an_unknown_kind_of_a_known_group(
    catalog: SchemaCatalog, api: str, kind: str, help_text: str, instead: str | None
) -> None:
    result = catalog.check(of(api, kind))
    assert result.status is Status.UNKNOWN_KIND
    assert result.message == f"Kubernetes 1.37 has no kind {kind} in {api}"
    assert (result.help, result.replacement) == (help_text, instead)


@pytest.mark.parametrize(
    ("api", "kind"),
    [
        ("traefik.io/v1alpha1", "IngressRoute"),
        ("gateway.networking.k8s.io/v1", "HTTPRoute"),
        ("external-secrets.io/v1beta1", "ExternalSecret"),
    ],
)
def test_a_custom_resource_without_schema_is_unchecked(
    catalog: SchemaCatalog, api: str, kind: str
) -> None:
    result = catalog.check(of(api, kind))
    assert (result.status, result.source, result.violations) == (Status.UNCHECKED, None, ())
    assert result.message == f"there is no schema for {api} {kind}"


@pytest.mark.parametrize(
    ("obj", "expected"),
    [
        ("text", ("wrong-type", (), 'expected a Kubernetes object, got string "text"')),
        (None, ("wrong-type", (), "expected a Kubernetes object, got null")),
        ([], ("wrong-type", (), "expected a Kubernetes object, got list")),
        ({"kind": "Pod"}, ("missing-field", (), "apiVersion is missing")),
        ({"apiVersion": "v1"}, ("missing-field", (), "kind is missing")),
        ({"apiVersion": "v1", "kind": ""}, ("missing-field", ("kind",), "kind is empty")),
        (
            {"apiVersion": 1, "kind": "Pod"},
            ("wrong-type", ("apiVersion",), "expected string, got integer 1"),
        ),
    ],
)
def test_what_is_no_object(catalog: SchemaCatalog, obj: Any, expected: tuple[Any, ...]) -> None:
    result = catalog.check(obj)
    assert result.status is Status.UNIDENTIFIED
    assert [violation[:3] for violation in found(result.violations)] == [expected]
