"""What is live against what Git says: the API server's own answer, with as little noise."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from plate_llm_cli.cluster.live_objects import LiveComparison, LiveObjects, merge_patch
from plate_llm_cli.graph.differences import ChangeKind, path_text
from plate_llm_cli.graph.manifests import Manifest
from plate_llm_cli.source.nodes import Mapping
from plate_llm_cli.source.reader import parse_text
from tests.cluster.connecting import application, connected

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from plate_llm_cli.cluster.api import Api
    from plate_llm_cli.gitops.releases import Release
    from tests.cluster.double.cluster import Cluster

CANARY = "c4n4ry-value"
LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"


@pytest.fixture
def api(kube: Cluster, tmp_path: Path) -> Iterator[Api]:
    """A cluster with the namespace that is deployed to."""
    kube.namespace("argocd", "staging")
    with connected(kube, tmp_path) as opened:
        yield opened


class _Release:
    """As much of a release as a manifest asks for."""

    namespace = "staging"


RELEASE: Release = _Release()  # type: ignore[assignment]


def manifest(obj: dict[str, Any], *, hook: bool = False) -> Manifest:
    """`obj` as a release in the namespace `staging` renders it."""
    file = parse_text(json.dumps(obj), "web.yaml")
    assert isinstance(file.root, Mapping)
    return Manifest(RELEASE, file, file.root, hook=hook)


def compared(
    api: Api, *objects: dict[str, Any], app: dict[str, Any] | None = None
) -> LiveComparison:
    return LiveObjects(api, app or application()).compare(map(manifest, objects))


def fields(found: LiveComparison) -> dict[str, str]:
    """What became of each field, by object and path."""
    return {
        f"{change.identity.kind} {path_text(item.route)}".strip(): str(item.kind)
        for change in found.changes
        for item in change.fields
    }


def deployment(**spec: Any) -> dict[str, Any]:
    pod = {"containers": [{"name": "web", "image": "web:1"}]}
    template = {"metadata": {"labels": {"app": "web"}}, "spec": pod}
    selector = {"matchLabels": {"app": "web"}}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "web"},
        "spec": {"replicas": 1, "selector": selector, "template": template} | spec,
    }


def config(name: str = "web", **data: str) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name}, "data": data}


def secret(**data: str) -> dict[str, Any]:
    made = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "web"}, "type": "Opaque"}
    return made | {"stringData": data}


def deploy(kube: Cluster, obj: dict[str, Any], *, manager: str = "argocd-controller") -> None:
    """Store it as ArgoCD's client-side apply does, with what it keeps beside it."""
    placed = obj | {"metadata": obj["metadata"] | {"namespace": "staging"}}
    notes = {LAST_APPLIED: json.dumps(placed), "argocd.argoproj.io/tracking-id": "web-stg:x"}
    kube.create(placed | {"metadata": placed["metadata"] | {"annotations": notes}}, manager=manager)


@pytest.mark.parametrize("manager", ["argocd-controller", "kubectl-client-side-apply", "helm"])
def test_what_was_deployed_is_no_difference_defaults_and_tracking_included(
    kube: Cluster, api: Api, manager: str
) -> None:
    deploy(kube, deployment(), manager=manager)
    assert fields(compared(api, deployment())) == {}


def test_what_was_applied_by_the_server_is_no_difference(api: Api) -> None:
    placed = deployment()
    placed["metadata"]["namespace"] = "staging"
    api.apply(placed)
    assert fields(compared(api, deployment())) == {}


def test_a_hand_on_the_cluster_is_seen(kube: Cluster, api: Api) -> None:
    deploy(kube, deployment())
    patch = {"spec": {"replicas": 3, "minReadySeconds": 7}}
    kube.patch("Deployment", "web", patch, "staging", manager="kubectl-edit")
    found = compared(api, deployment())
    assert fields(found) == {
        "Deployment spec.minReadySeconds": "removed",
        "Deployment spec.replicas": "changed",
    }
    (change,) = found.changes
    assert [(item.before, item.after) for item in change.fields][1] == (3, 1)


def test_what_git_no_longer_has_goes_back_to_its_default(kube: Cluster, api: Api) -> None:
    deploy(kube, deployment(revisionHistoryLimit=2, minReadySeconds=5))
    (change,) = compared(api, deployment()).changes
    found = {path_text(item.route): (item.before, item.kind) for item in change.fields}
    assert found["spec.minReadySeconds"] == (5, ChangeKind.REMOVED)
    assert found["spec.revisionHistoryLimit"][0] == 2


def test_a_container_and_a_variable_that_git_no_longer_has(kube: Cluster, api: Api) -> None:
    wanted, more = deployment(), deployment()
    pod = more["spec"]["template"]["spec"]
    pod["containers"][0]["env"] = [{"name": "A", "value": "1"}]
    pod["containers"].append({"name": "helper", "image": "helper:1"})
    deploy(kube, more)
    assert fields(compared(api, wanted)) == {
        "Deployment spec.template.spec.containers[name=helper]": "removed",
        "Deployment spec.template.spec.containers[name=web].env": "removed",
    }


def test_what_controllers_write_is_theirs(kube: Cluster, api: Api) -> None:
    deploy(kube, deployment())
    notes = {"deployment.kubernetes.io/revision": "4"}
    patch = {"metadata": {"annotations": notes}, "spec": {"paused": True}}
    kube.patch("Deployment", "web", patch, "staging", manager="kube-controller-manager")
    assert fields(compared(api, deployment())) == {}


def test_a_restart_is_no_difference(kube: Cluster, api: Api) -> None:
    deploy(kube, deployment())
    notes = {"kubectl.kubernetes.io/restartedAt": "2026-05-04T12:00:00Z"}
    patch = {"spec": {"template": {"metadata": {"annotations": notes}}}}
    kube.patch("Deployment", "web", patch, "staging", manager="kubectl-rollout")
    assert fields(compared(api, deployment())) == {}


def test_new_and_gone_objects(kube: Cluster, api: Api) -> None:
    deploy(kube, config("old", a="1"))
    listed = [
        {"version": "v1", "kind": "ConfigMap", "namespace": "staging", "name": name}
        for name in ("old", "gone-already")
    ]
    hook = {"version": "v1", "kind": "Pod", "namespace": "staging", "name": "t", "hook": True}
    app = application() | {"status": {"resources": [*listed, hook]}}
    found = compared(api, config("new", a="1"), app=app)
    assert [(str(item.identity), item.kind) for item in found.changes] == [
        ("ConfigMap staging/new", ChangeKind.ADDED),
        ("ConfigMap staging/old", ChangeKind.REMOVED),
    ]


def test_the_namespace_that_argocd_makes_is_nobody_s(api: Api) -> None:
    listed = [{"version": "v1", "kind": "Namespace", "name": "staging"}]
    app = application() | {"status": {"resources": listed}}
    assert compared(api, app=app).changes == []


def test_hooks_and_tests_are_left_out(api: Api) -> None:
    noted = config("job") | {
        "metadata": {"name": "job", "annotations": {"argocd.argoproj.io/hook": "PreSync"}}
    }
    manifests = [manifest(noted), manifest(config("test"), hook=True)]
    assert LiveObjects(api, application()).compare(manifests).changes == []


def test_nothing_is_stored(kube: Cluster, api: Api) -> None:
    deploy(kube, deployment(minReadySeconds=5))
    before = kube.read("Deployment", "web", "staging")
    compared(api, deployment(replicas=4), config("new", a="1"))
    assert {item.query.get("dryRun") for item in kube.asked("PATCH")} == {"All"}
    assert {item.method for item in kube.requests} == {"GET", "PATCH"}
    assert kube.read("Deployment", "web", "staging") == before
    assert not kube.exists("ConfigMap", "new", "staging")


def test_kinds_that_the_cluster_lacks_are_named_and_the_others_go_on(
    kube: Cluster, api: Api
) -> None:
    deploy(kube, config(a="1"))
    other = {"apiVersion": "x.io/v1", "kind": "Thing", "metadata": {"name": "t"}}
    found = compared(api, other, config(a="2"))
    assert found.missing_kinds == ["Thing of x.io/v1"]
    assert fields(found) == {"ConfigMap data.a": "changed"}
    assert found.partial


def test_what_the_api_server_refuses_is_told_and_compared_as_it_stands(
    kube: Cluster, api: Api
) -> None:
    deploy(kube, deployment())
    found = compared(api, deployment(replicaz=3))
    ((ref, complaints),) = found.refused
    assert str(ref) == "Deployment staging/web"
    assert complaints[0].endswith(".spec.replicaz: field not declared in schema")
    assert "Deployment spec.replicaz" in fields(found)


def test_many_of_a_kind_are_read_at_once(kube: Cluster, api: Api) -> None:
    names = [f"c{number}" for number in range(6)]
    for name in names:
        deploy(kube, config(name, a="1"))
    assert compared(api, *(config(name, a="1") for name in names)).changes == []
    assert len(kube.asked("GET", "/configmaps")) == 1


def test_of_secrets_only_that_they_differ(kube: Cluster, api: Api) -> None:
    deploy(kube, secret(a=f"{CANARY}-1", b="same", c="more"))
    found = compared(api, secret(a=f"{CANARY}-2", b="same"))
    assert fields(found) == {"Secret data.a": "changed", "Secret data.c": "removed"}
    assert CANARY not in repr(found)
    assert kube.asked("PATCH", "/secrets") == []


def test_secrets_that_agree_are_no_difference(kube: Cluster, api: Api) -> None:
    deploy(kube, secret(a=CANARY))
    assert fields(compared(api, secret(a=CANARY))) == {}


@pytest.mark.parametrize(
    "ignored",
    [
        {"jsonPointers": ["/spec/replicas"]},
        {"jqPathExpressions": [".spec.replicas"]},
        {"jqPathExpressions": ['select(.metadata.name == "web") | .spec["replicas"]']},
        {"managedFieldsManagers": ["autoscaler"]},
    ],
)
def test_what_the_application_ignores(kube: Cluster, api: Api, ignored: dict[str, Any]) -> None:
    deploy(kube, deployment())
    kube.patch("Deployment", "web", {"spec": {"replicas": 3}}, "staging", manager="autoscaler")
    entry = {"group": "apps", "kind": "Deployment"} | ignored
    assert fields(compared(api, deployment(), app=application(ignoreDifferences=[entry]))) == {}
    other = entry | {"name": "another"}
    found = compared(api, deployment(), app=application(ignoreDifferences=[other]))
    assert fields(found) == {"Deployment spec.replicas": "changed"}


def test_an_expression_that_is_more_than_a_path_is_named(kube: Cluster, api: Api) -> None:
    deploy(kube, config(a="1"))
    entry = {"group": "", "kind": "ConfigMap", "jqPathExpressions": [".data | keys"]}
    found = compared(api, config(a="1"), app=application(ignoreDifferences=[entry]))
    assert found.unread == [".data | keys"]


def test_the_label_by_which_argocd_tracks(kube: Cluster, api: Api) -> None:
    wanted = config(a="1")
    live = config(a="1")
    live["metadata"]["labels"] = {"app.kubernetes.io/instance": "web-stg"}
    deploy(kube, live)
    assert fields(compared(api, wanted)) == {}


def test_a_merge_patch_leads_from_one_to_the_other() -> None:
    before = {"a": {"b": 1, "c": [1]}, "d": 1, "e": 1}
    after = {"a": {"b": 2, "c": [1]}, "d": 1, "f": {"g": 1}}
    assert merge_patch(before, after) == {"a": {"b": 2}, "e": None, "f": {"g": 1}}
