from __future__ import annotations

from typing import Any

from plate_llm_cli.gitops.generation.application import application_text
from plate_llm_cli.gitops.generation.facts import ApplicationFacts, chart_source, destination_of
from plate_llm_cli.gitops.generation.needs import needs_of


def _object(api: str, kind: str, name: str = "a", **fields: Any) -> dict[str, Any]:
    return {"apiVersion": api, "kind": kind, "metadata": {"name": name}, **fields}


def _autoscaler(kind: str, name: str) -> dict[str, Any]:
    target = {"apiVersion": "apps/v1", "kind": kind, "name": name}
    return _object("autoscaling/v2", "HorizontalPodAutoscaler", spec={"scaleTargetRef": target})


def _ignored(*objects: dict[str, Any]) -> list[dict[str, Any]]:
    return [item.as_plain() for item in needs_of(objects, "b").tolerated]


def test_replicas_that_an_autoscaler_decides_may_differ() -> None:
    for kind in ("Deployment", "StatefulSet"):
        workload = _object("apps/v1", kind, "web", spec={"replicas": 0})
        assert _ignored(workload, _autoscaler(kind, "web")) == [
            {"group": "apps", "kind": kind, "name": "web", "jsonPointers": ["/spec/replicas"]}
        ]


def test_replicas_are_watched_where_no_autoscaler_decides_them() -> None:
    workload = _object("apps/v1", "Deployment", "web", spec={"replicas": 1})
    assert _ignored(workload, _autoscaler("Deployment", "other")) == []
    left_out = _object("apps/v1", "Deployment", "web", spec={})
    assert _ignored(left_out, _autoscaler("Deployment", "web")) == []


def test_a_certificate_authority_that_is_filled_in_later_may_differ() -> None:
    api = "admissionregistration.k8s.io/v1"
    bare = _object(api, "ValidatingWebhookConfiguration", webhooks=[{"clientConfig": {}}])
    filled = _object(
        api, "MutatingWebhookConfiguration", webhooks=[{"clientConfig": {"caBundle": "eA=="}}]
    )
    assert _ignored(bare, filled) == [
        {
            "group": "admissionregistration.k8s.io",
            "kind": "ValidatingWebhookConfiguration",
            "name": "a",
            "jqPathExpressions": [".webhooks[]?.clientConfig.caBundle"],
        }
    ]


def test_an_ingress_without_edit_in_place_is_watched_whole() -> None:
    assert _ignored(_object("networking.k8s.io/v1", "Ingress")) == []


def test_an_object_too_large_for_its_annotation_is_applied_by_the_server() -> None:
    limit = 262144 - len("kubectl.kubernetes.io/last-applied-configuration")
    empty = len('{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a"},"data":{"a":""}}')
    fits = _object("v1", "ConfigMap", data={"a": "x" * (limit - empty)})
    over = _object("v1", "ConfigMap", data={"a": "x" * (limit - empty + 1)})
    assert not needs_of([fits], "b").oversized
    assert needs_of([over], "b").oversized


def test_options_that_the_objects_need_say_why() -> None:
    objects = [
        _object("v1", "ConfigMap", data={"a": "x" * 300_000}),
        _object("apps/v1", "Deployment", "web", spec={"replicas": 2}),
        _autoscaler("Deployment", "web"),
    ]
    facts = ApplicationFacts(
        "a",
        (chart_source("https://git.example.org/a.git", "chart", "main"),),
        destination_of("b"),
        needs=needs_of(objects, "b"),
    )
    text = application_text(facts)
    assert (
        "      # An object is larger than the annotation may be that client-side apply keeps"
        " it in.\n"
        "      - ServerSideApply=true\n"
        "      # A sync leaves alone what `ignoreDifferences` names.\n"
        "      - RespectIgnoreDifferences=true\n"
    ) in text


def test_objects_of_any_shape_are_looked_at() -> None:
    strange: list[dict[str, Any]] = [
        {},
        {"kind": "HorizontalPodAutoscaler", "spec": []},
        {"kind": "ValidatingWebhookConfiguration", "webhooks": ["x", {"clientConfig": 1}]},
        {"kind": "Ingress", "metadata": {"annotations": None}},
        {"kind": "Deployment", "apiVersion": None, "spec": "x", "metadata": 3},
    ]
    assert len(needs_of(strange, "b").tolerated) == 1
