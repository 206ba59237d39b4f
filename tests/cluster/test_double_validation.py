"""What the double says of objects that are not in order, and which it does not notice."""

from __future__ import annotations

import http.client
import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.cluster.asking import refusal
from tests.cluster.double.workloads import deployment

if TYPE_CHECKING:
    from tests.cluster.asking import Asker
    from tests.cluster.double.cluster import Cluster

DEPLOYMENTS = "/apis/apps/v1/namespaces/default/deployments"
APPS = "/apis/argoproj.io/v1alpha1/namespaces/default/applications"
SECRETS = "/apis/external-secrets.io/v1/namespaces/default/externalsecrets"
STRICT = {"fieldValidation": "Strict"}


def application(**spec: Any) -> dict[str, Any]:
    source = {"repoURL": "https://git.example.com/deploy.git", "path": "web"}
    whole = {"project": "default", "destination": {"namespace": "default"}, "source": source}
    return {
        "apiVersion": "argoproj.io/v1alpha1",
        "kind": "Application",
        "metadata": {"name": "web"},
        "spec": whole | spec,
    }


def with_typing_error() -> dict[str, Any]:
    body = deployment("web")
    body["spec"]["replica"] = 1
    body["spec"]["template"]["spec"]["containers"][0]["imagee"] = "x"
    return body


def test_strict_names_every_unknown_field_of_a_built_in_kind(asker: Asker) -> None:
    refused = refusal(lambda: asker.create(DEPLOYMENTS, with_typing_error(), query=STRICT))
    assert refused == (
        400,
        "BadRequest",
        'Deployment in version "v1" cannot be handled as a Deployment: strict decoding error: '
        'unknown field "spec.template.spec.containers[0].imagee", unknown field "spec.replica"',
    )


def test_strict_names_every_unknown_field_of_a_custom_resource(asker: Asker) -> None:
    body = application(syncPolcy={})
    refused = refusal(lambda: asker.create(APPS, body, query=STRICT))
    assert refused == (
        400,
        "BadRequest",
        'Application in version "v1alpha1" cannot be handled as a Application: strict decoding '
        'error: unknown field "spec.syncPolcy"',
    )


def test_a_strict_patch_is_invalid(kube: Cluster, asker: Asker) -> None:
    kube.create(deployment("web"))
    body = {"spec": {"replica": 2}}
    refused = refusal(lambda: asker.patch(f"{DEPLOYMENTS}/web", body, query=STRICT))
    assert (refused[0], refused[1]) == (422, "Invalid")
    assert refused[2].endswith('strict decoding error: unknown field "spec.replica"')


@pytest.mark.parametrize(
    ("validation", "warnings"),
    [("?fieldValidation=Warn", 2), ("", 2), ("?fieldValidation=Ignore", 0)],
)
def test_unknown_fields_are_warned_of_and_pruned(
    kube: Cluster, validation: str, warnings: int
) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", kube.server.server_port, timeout=5)
    kind = {"Content-Type": "application/json"}
    connection.request("POST", DEPLOYMENTS + validation, json.dumps(with_typing_error()), kind)
    answer = connection.getresponse()
    told = answer.headers.get_all("Warning") or []
    answer.read()
    connection.close()
    first = '299 - "unknown field \\"spec.template.spec.containers[0].imagee\\""'
    assert (answer.status, told[:1]) == (201, [first][:warnings])
    assert len(told) == warnings
    assert "replica" not in kube.read("Deployment", "web")["spec"]


@pytest.mark.parametrize(
    ("spec", "fault"),
    [
        ({"project": None}, "spec.project: Required value"),
        (
            {"project": 1},
            'spec.project: Invalid value: "integer": spec.project in body must be of type string: '
            '"integer"',
        ),
    ],
)
def test_a_custom_resource_is_held_against_its_schema(
    asker: Asker, spec: dict[str, Any], fault: str
) -> None:
    body = application(**spec)
    body["spec"] = {name: value for name, value in body["spec"].items() if value is not None}
    refused = refusal(lambda: asker.create(APPS, body))
    message = f'Application.argoproj.io "web" is invalid: {fault}'
    assert refused == (422, "Invalid", message)


def test_an_enumeration_says_what_it_allows(asker: Asker) -> None:
    body = {"metadata": {"name": "web"}, "spec": {"refreshPolicy": "Sometimes"}}
    refused = refusal(lambda: asker.create(SECRETS, body))
    assert refused[2] == (
        'ExternalSecret.external-secrets.io "web" is invalid: spec.refreshPolicy: Unsupported '
        'value: "Sometimes": supported values: "CreatedOnce", "Periodic", "OnChange"'
    )


def test_a_custom_resource_gets_its_defaults(asker: Asker) -> None:
    entry = {"secretKey": "a", "remoteRef": {"key": "apps/web"}}
    body = {"metadata": {"name": "web"}, "spec": {"data": [entry]}}
    spec = asker.create(SECRETS, body)["spec"]
    assert spec["refreshInterval"] == "1h0m0s"
    assert spec["target"] == {"creationPolicy": "Owner", "deletionPolicy": "Retain"}
    assert spec["data"][0]["remoteRef"] == {
        "key": "apps/web",
        "conversionStrategy": "Default",
        "decodingStrategy": "None",
        "nullBytePolicy": "Ignore",
        "metadataPolicy": "None",
    }


def test_a_field_of_the_wrong_type_cannot_be_read(asker: Asker) -> None:
    body = deployment("web")
    body["spec"]["replicas"] = "two"
    code, reason, message = refusal(lambda: asker.create(DEPLOYMENTS, body))
    assert (code, reason) == (400, "BadRequest")
    assert "cannot be handled as a Deployment: json: cannot unmarshal string into Go" in message


def test_what_is_required_is_named(asker: Asker) -> None:
    body = deployment("web")
    del body["spec"]["selector"]
    refused = refusal(lambda: asker.create(DEPLOYMENTS, body))
    message = 'Deployment.apps "web" is invalid: spec.selector: Required value'
    assert refused == (422, "Invalid", message)


def test_a_selector_must_match_the_template(asker: Asker) -> None:
    body = deployment("web")
    body["spec"]["selector"] = {"matchLabels": {"app": "other"}}
    assert refusal(lambda: asker.create(DEPLOYMENTS, body))[2].endswith(
        "`selector` does not match template `labels`"
    )


def test_a_status_of_an_application_is_written_with_it(kube: Cluster, asker: Asker) -> None:
    """Its definition has no status subresource, so that each status counts as a generation."""
    asker.create(APPS, application())
    asker.patch(f"{APPS}/web", {"status": {"health": {"status": "Healthy"}}})
    found = kube.read("Application", "web")
    assert (found["status"]["health"]["status"], found["metadata"]["generation"]) == ("Healthy", 2)


def test_a_status_of_an_external_secret_is_not(kube: Cluster, asker: Asker) -> None:
    asker.create(SECRETS, {"metadata": {"name": "web"}, "spec": {}, "status": {"a": "dropped"}})
    asker.patch(f"{SECRETS}/web", {"status": {"a": "dropped"}})
    assert "status" not in kube.read("ExternalSecret", "web")


def test_a_definition_is_served_once_it_is_made(kube: Cluster, asker: Asker) -> None:
    kube.crd(group="x.io", version="v1", plural="things", kind="Thing", short=["th"])
    (entry,) = [
        one for one in asker.ask("get", "/apis/x.io/v1")["resources"] if "/" not in one["name"]
    ]
    assert (entry["kind"], entry["shortNames"]) == ("Thing", ["th"])
    kube.delete("CustomResourceDefinition", "things.x.io")
    groups = [group["name"] for group in asker.ask("get", "/apis")["groups"]]
    assert "x.io" not in groups


@pytest.mark.parametrize(
    ("selector", "names"),
    [
        ("tier=web", ["a"]),
        ("tier!=web", ["b", "c"]),
        ("tier in (web, db),!old", ["a"]),
        ("tier notin (web)", ["b", "c"]),
        ("old", ["b"]),
    ],
)
def test_labels_select(kube: Cluster, asker: Asker, selector: str, names: list[str]) -> None:
    for name, labels in (("a", {"tier": "web"}), ("b", {"tier": "db", "old": ""}), ("c", {})):
        metadata = {"name": name, "labels": labels}
        kube.create({"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata})
    path = "/api/v1/namespaces/default/configmaps"
    found = asker.ask("get", path, label_selector=selector)["items"]
    assert [one["metadata"]["name"] for one in found] == names


def test_fields_select_events(kube: Cluster, asker: Asker) -> None:
    pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p", "namespace": "default"}}
    kube.event(pod, "BackOff", "again")
    kube.event(pod, "Pulled", "done", kind="Normal")
    path = "/api/v1/namespaces/default/events"
    selector = "involvedObject.name=p,type=Warning"
    found = asker.ask("get", path, field_selector=selector)["items"]
    assert [one["reason"] for one in found] == ["BackOff"]


def test_a_field_that_selects_nothing_is_refused(asker: Asker) -> None:
    path = "/api/v1/namespaces/default/configmaps"
    code, _, message = refusal(lambda: asker.ask("get", path, field_selector="data.k=v"))
    assert code == 400
    assert message.endswith("field label not supported: data.k")
