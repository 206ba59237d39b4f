"""Objects of the double live as on a real API server: each expectation is what that one answers."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

import pytest
from kubernetes.client.exceptions import ApiException

from tests.cluster.asking import JSON_PATCH, STRATEGIC_PATCH, refusal
from tests.cluster.double.workloads import deployment

if TYPE_CHECKING:
    from tests.cluster.asking import Asker
    from tests.cluster.double.cluster import Cluster

MAPS = "/api/v1/namespaces/default/configmaps"
DEPLOYMENTS = "/apis/apps/v1/namespaces/default/deployments"
STALE = (
    'Operation cannot be fulfilled on configmaps "c": the object has been modified; please apply '
    "your changes to the latest version and try again"
)


def config_map(name: str = "c", **data: str) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name}, "data": data}


def test_a_new_object_gets_what_the_server_keeps_of_it(asker: Asker) -> None:
    made = asker.create(MAPS, config_map(k="v"))
    metadata = made["metadata"]
    assert made["data"] == {"k": "v"}
    assert metadata["namespace"] == "default"
    assert metadata["uid"]
    assert metadata["resourceVersion"]
    assert metadata["creationTimestamp"].endswith("Z")
    assert "generation" not in metadata


def test_a_name_is_taken_once(asker: Asker) -> None:
    asker.create(MAPS, config_map())
    refused = refusal(lambda: asker.create(MAPS, config_map()))
    assert refused == (409, "AlreadyExists", 'configmaps "c" already exists')


def test_what_is_absent_is_not_found(asker: Asker) -> None:
    assert refusal(lambda: asker.ask("get", f"{MAPS}/c")) == (
        404,
        "NotFound",
        'configmaps "c" not found',
    )


def test_nothing_can_be_made_in_a_namespace_that_is_absent(asker: Asker) -> None:
    path = MAPS.replace("default", "nowhere")
    refused = refusal(lambda: asker.create(path, config_map()))
    assert refused == (404, "NotFound", 'namespaces "nowhere" not found')


def test_a_body_of_another_namespace_is_refused(asker: Asker) -> None:
    body = config_map() | {"metadata": {"name": "c", "namespace": "other"}}
    assert refusal(lambda: asker.create(MAPS, body)) == (
        400,
        "BadRequest",
        "the namespace of the provided object does not match the namespace sent on the request",
    )


def test_a_name_may_be_made_up(asker: Asker) -> None:
    body = config_map() | {"metadata": {"generateName": "g-"}}
    assert asker.create(MAPS, body)["metadata"]["name"].startswith("g-")


def test_a_name_has_a_form(asker: Asker) -> None:
    code, reason, message = refusal(lambda: asker.create(MAPS, config_map("UPPER_case")))
    assert (code, reason) == (422, "Invalid")
    start = 'ConfigMap "UPPER_case" is invalid: metadata.name: Invalid value: "UPPER_case": a lower'
    assert message.startswith(start)


def test_null_in_a_merge_patch_removes(asker: Asker) -> None:
    asker.create(MAPS, config_map(k="v"))
    patched = asker.patch(f"{MAPS}/c", {"data": {"k": None, "n": "1"}})
    assert patched["data"] == {"n": "1"}


def test_json_patches(asker: Asker) -> None:
    asker.create(MAPS, config_map(k="v"))
    operations = [
        {"op": "test", "path": "/data/k", "value": "v"},
        {"op": "move", "from": "/data/k", "path": "/data/a~1b"},
        {"op": "add", "path": "/data/n", "value": "1"},
    ]
    assert asker.patch(f"{MAPS}/c", operations, JSON_PATCH)["data"] == {"a/b": "v", "n": "1"}


def test_a_json_patch_that_cannot_be_done_changes_nothing(kube: Cluster, asker: Asker) -> None:
    kube.create(config_map(k="v"))
    operations = [
        {"op": "remove", "path": "/data/k"},
        {"op": "test", "path": "/data/n", "value": "1"},
    ]
    refused = refusal(lambda: asker.patch(f"{MAPS}/c", operations, JSON_PATCH))
    message = "the server rejected our request due to an error in our request"
    assert refused == (422, "Invalid", message)
    assert kube.read("ConfigMap", "c")["data"] == {"k": "v"}


def test_who_writes_over_a_newer_object_is_told(asker: Asker) -> None:
    old = asker.create(MAPS, config_map(k="v"))
    asker.patch(f"{MAPS}/c", {"data": {"q": "1"}})
    refused = refusal(lambda: asker.ask("put", f"{MAPS}/c", old))
    assert refused == (409, "Conflict", STALE)


def test_a_write_that_changes_nothing_has_no_new_version(asker: Asker) -> None:
    old = asker.create(MAPS, config_map(k="v"))
    assert asker.patch(f"{MAPS}/c", {"data": {"k": "v"}}) == old


def test_a_dry_run_answers_and_keeps_nothing(kube: Cluster, asker: Asker) -> None:
    assert asker.create(MAPS, config_map(k="v"), dry_run="All")["data"] == {"k": "v"}
    assert not kube.exists("ConfigMap", "c")


def test_a_dry_run_of_a_deletion_deletes_nothing(kube: Cluster, asker: Asker) -> None:
    kube.create(config_map())
    asker.ask("delete", f"{MAPS}/c", dry_run="All")
    assert kube.exists("ConfigMap", "c")


def test_finalizers_hold_what_is_deleted(kube: Cluster, asker: Asker) -> None:
    kube.create(config_map() | {"metadata": {"name": "c", "finalizers": ["x.io/y"]}})
    asker.ask("delete", f"{MAPS}/c")
    assert "deletionTimestamp" in kube.read("ConfigMap", "c")["metadata"]
    asker.patch(f"{MAPS}/c", {"metadata": {"finalizers": None}})
    assert not kube.exists("ConfigMap", "c")


def test_another_object_of_the_name_is_not_deleted(kube: Cluster, asker: Asker) -> None:
    kube.create(config_map())
    body = {"preconditions": {"uid": "another"}}
    code, reason, message = refusal(lambda: asker.ask("delete", f"{MAPS}/c", body))
    assert (code, reason) == (409, "Conflict")
    assert message.startswith("Precondition failed: UID in precondition: another, UID in object")


def test_a_namespace_takes_its_objects_with_it(kube: Cluster, asker: Asker) -> None:
    kube.namespace("gone")
    kube.create(config_map() | {"metadata": {"name": "c", "namespace": "gone"}})
    asker.ask("delete", "/api/v1/namespaces/gone")
    assert kube.objects("ConfigMap") == []


def test_lists_say_what_they_are_and_how_new(kube: Cluster, asker: Asker) -> None:
    kube.create(config_map())
    found = asker.ask("get", "/api/v1/configmaps")
    assert (found["kind"], found["apiVersion"]) == ("ConfigMapList", "v1")
    version = kube.read("ConfigMap", "c")["metadata"]["resourceVersion"]
    assert found["metadata"]["resourceVersion"] == version


def test_a_long_list_comes_in_parts(kube: Cluster, asker: Asker) -> None:
    for name in ("a", "b", "c"):
        kube.create(config_map(name))
    first = asker.ask("get", MAPS, limit=2)
    assert first["metadata"]["remainingItemCount"] == 1
    token = first["metadata"]["continue"]
    rest = asker.ask("get", MAPS, limit=2, query={"continue": token})
    names = [one["metadata"]["name"] for one in first["items"] + rest["items"]]
    assert names == ["a", "b", "c"]


def test_the_parts_of_a_list_that_is_too_old_are_gone(kube: Cluster, asker: Asker) -> None:
    for name in ("a", "b"):
        kube.create(config_map(name))
    token = asker.ask("get", MAPS, limit=1)["metadata"]["continue"]
    kube.create(config_map("c"))
    kube.compact()
    code, reason, _ = refusal(lambda: asker.ask("get", MAPS, query={"continue": token}))
    assert (code, reason) == (410, "Expired")


def test_text_of_a_secret_is_stored_as_data(asker: Asker) -> None:
    body = {"metadata": {"name": "s"}, "stringData": {"a": "b"}}
    made = asker.create("/api/v1/namespaces/default/secrets", body)
    assert made["data"] == {"a": base64.b64encode(b"b").decode()}
    assert made["type"] == "Opaque"
    assert "stringData" not in made


def test_a_deployment_has_defaults(asker: Asker) -> None:
    spec = asker.create(DEPLOYMENTS, deployment("web"))["spec"]
    assert spec["progressDeadlineSeconds"] == 600
    assert spec["strategy"]["rollingUpdate"] == {"maxUnavailable": "25%", "maxSurge": "25%"}
    assert spec["template"]["spec"]["containers"][0]["imagePullPolicy"] == "IfNotPresent"


def test_a_generation_counts_changes_of_the_spec_alone(asker: Asker) -> None:
    made = asker.create(DEPLOYMENTS, deployment("web"))
    path = f"{DEPLOYMENTS}/web"
    labelled = asker.patch(path, {"metadata": {"labels": {"a": "b"}}})
    reported = asker.patch(f"{path}/status", {"status": {"readyReplicas": 2}})
    scaled = asker.patch(path, {"spec": {"replicas": 3}})
    found = [one["metadata"]["generation"] for one in (made, labelled, reported, scaled)]
    assert found == [1, 1, 1, 2]


def test_a_strategic_patch_finds_a_container_by_its_name(asker: Asker) -> None:
    asker.create(DEPLOYMENTS, deployment("web", image="web:1"))
    container = {"name": "web", "env": [{"name": "A", "value": "1"}]}
    patch = {"spec": {"template": {"spec": {"containers": [container]}}}}
    patched = asker.patch(f"{DEPLOYMENTS}/web", patch, STRATEGIC_PATCH)
    (found,) = patched["spec"]["template"]["spec"]["containers"]
    assert (found["image"], found["env"]) == ("web:1", [{"name": "A", "value": "1"}])


def test_a_custom_resource_has_no_strategic_patch(kube: Cluster, asker: Asker) -> None:
    kube.crd(group="x.io", version="v1", plural="things", kind="Thing")
    kube.create({"apiVersion": "x.io/v1", "kind": "Thing", "metadata": {"name": "t"}})
    path = "/apis/x.io/v1/namespaces/default/things/t"
    code, reason, _ = refusal(lambda: asker.patch(path, {}, STRATEGIC_PATCH))
    assert (code, reason) == (415, "UnsupportedMediaType")


def test_a_deployment_is_scaled_through_its_subresource(kube: Cluster, asker: Asker) -> None:
    kube.create(deployment("web"))
    scaled = asker.patch(f"{DEPLOYMENTS}/web/scale", {"spec": {"replicas": 4}})
    assert (scaled["kind"], scaled["spec"]) == ("Scale", {"replicas": 4})
    assert kube.read("Deployment", "web")["spec"]["replicas"] == 4


def test_a_status_is_written_through_its_subresource_alone(kube: Cluster, asker: Asker) -> None:
    kube.create(deployment("web"))
    asker.patch(f"{DEPLOYMENTS}/web", {"status": {"readyReplicas": 1}})
    assert "status" not in kube.read("Deployment", "web")
    patch = {"status": {"readyReplicas": 1}, "spec": {"replicas": 9}}
    asker.patch(f"{DEPLOYMENTS}/web/status", patch)
    found = kube.read("Deployment", "web")
    assert (found["status"], found["spec"]["replicas"]) == ({"readyReplicas": 1}, 1)


def test_a_selector_cannot_be_changed(kube: Cluster, asker: Asker) -> None:
    kube.create(deployment("web"))
    labels = {"app.kubernetes.io/name": "web", "more": "1"}
    template = {"metadata": {"labels": labels}}
    patch = {"spec": {"selector": {"matchLabels": labels}, "template": template}}
    code, _, message = refusal(lambda: asker.patch(f"{DEPLOYMENTS}/web", patch))
    assert code == 422
    assert message.endswith("field is immutable")


def test_an_account_gives_tokens(asker: Asker) -> None:
    path = "/api/v1/namespaces/default/serviceaccounts/default/token"
    made = asker.create(path, {"spec": {"audiences": ["openbao"]}})
    assert made["status"]["token"]


def test_a_resource_that_is_not_installed_is_no_path(asker: Asker) -> None:
    with pytest.raises(ApiException) as caught:
        asker.ask("get", "/apis/nope.io/v1/namespaces/default/things")
    assert caught.value.status == 404
    assert caught.value.body in {b"404 page not found\n", "404 page not found\n"}
