"""ArgoCD, External Secrets and the Deployment controller, as far as the double plays them."""

from __future__ import annotations

import base64
import datetime
from typing import TYPE_CHECKING, Any

import pytest

from tests.cluster.asking import until
from tests.cluster.double import argocd_scripts as scripts
from tests.cluster.double import pod_states
from tests.cluster.double.argocd import REFRESH, ArgoCD, status
from tests.cluster.double.cluster import Cluster
from tests.cluster.double.external_secrets import ExternalSecrets
from tests.cluster.double.workloads import Workloads, deployment

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.cluster.double.pod_states import PodState


def application(*, automated: bool = True, **more: Any) -> dict[str, Any]:
    spec: dict[str, Any] = {
        "project": "default",
        "source": {"repoURL": "https://git.example.com/deploy.git", "path": "web"},
        "destination": {"namespace": "stg"},
    }
    if automated:
        spec["syncPolicy"] = {"automated": {}}
    about = {"apiVersion": "argoproj.io/v1alpha1", "kind": "Application"}
    return about | {"metadata": {"name": "web", "namespace": "argocd"}, "spec": spec} | more


def held(kube: Cluster) -> dict[str, Any]:
    found: dict[str, Any] = kube.read("Application", "web", "argocd").get("status") or {}
    return found


def has(kube: Cluster, **health_and_phase: str) -> Callable[[], bool]:
    def reached() -> bool:
        found = held(kube)
        health = (found.get("health") or {}).get("status")
        phase = (found.get("operationState") or {}).get("phase")
        return {"health": health, "phase": phase}.items() >= health_and_phase.items()

    return reached


@pytest.fixture
def argocd(kube: Cluster) -> ArgoCD:
    kube.namespace("argocd", "stg")
    return ArgoCD(kube)


@pytest.mark.usefixtures("argocd")
def test_an_application_with_automated_sync_becomes_healthy(kube: Cluster) -> None:
    kube.create(application())
    until(has(kube, health="Healthy", phase="Succeeded"))
    found = held(kube)
    assert found["sync"]["status"] == "Synced"
    assert found["sync"]["revision"] == scripts.REVISION
    assert found["sync"]["comparedTo"]["source"]["path"] == "web"
    assert found["operationState"]["syncResult"]["revision"] == scripts.REVISION
    assert [entry["id"] for entry in found["history"]] == [0]
    assert found["resources"][0] == {
        "group": "apps",
        "version": "v1",
        "kind": "Deployment",
        "namespace": "stg",
        "name": "web",
        "status": "Synced",
        "health": {"status": "Healthy"},
    }


@pytest.mark.usefixtures("argocd")
def test_an_operation_is_taken_and_done(kube: Cluster) -> None:
    kube.create(application(automated=False))
    kube.patch("Application", "web", {"operation": {"sync": {"revision": "main"}}}, "argocd")
    until(has(kube, health="Healthy", phase="Succeeded"))
    assert "operation" not in kube.read("Application", "web", "argocd")
    assert held(kube)["operationState"]["operation"] == {"sync": {"revision": "main"}}


def test_a_second_sync_has_the_next_script_and_revision(kube: Cluster, argocd: ArgoCD) -> None:
    failed = scripts.failed_operation("no such namespace")
    argocd.plan("web", scripts.success(), failed, revisions=["a" * 40, "b" * 40])
    kube.create(application())
    until(has(kube, health="Healthy"))
    kube.patch("Application", "web", {"operation": {"sync": {}}}, "argocd")
    until(has(kube, phase="Failed"))
    found = held(kube)
    assert found["sync"]["revision"] == "b" * 40
    assert found["operationState"]["message"] == "no such namespace"
    assert [one["type"] for one in found["conditions"]] == ["SyncError"]


@pytest.mark.usefixtures("argocd")
def test_a_changed_source_is_synced_by_itself(kube: Cluster) -> None:
    kube.create(application())
    until(has(kube, health="Healthy"))
    kube.patch("Application", "web", {"spec": {"source": {"path": "other"}}}, "argocd")
    until(lambda: len(held(kube)["history"]) == 2)
    assert held(kube)["sync"]["comparedTo"]["source"]["path"] == "other"


@pytest.mark.usefixtures("argocd")
def test_a_refresh_looks_again(kube: Cluster) -> None:
    old = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)
    body = application(automated=False)
    kube.create(body | {"status": status(body, at=old)})
    assert held(kube)["reconciledAt"] == "2026-01-01T00:00:00Z"
    annotations = {"metadata": {"annotations": {REFRESH: "normal"}}}
    kube.patch("Application", "web", annotations, "argocd")
    until(lambda: held(kube)["reconciledAt"] != "2026-01-01T00:00:00Z")
    found = kube.read("Application", "web", "argocd")
    assert "annotations" not in found["metadata"]
    assert found["status"]["health"] == {"status": "Healthy"}


@pytest.mark.parametrize(
    ("script", "health", "condition"),
    [
        (scripts.comparison_error("no such chart"), "Healthy", "ComparisonError"),
        (scripts.degraded("crash loop"), "Degraded", None),
        (scripts.stuck(), "Progressing", None),
    ],
)
def test_what_does_not_become_healthy(
    kube: Cluster, argocd: ArgoCD, script: scripts.Script, health: str, condition: str | None
) -> None:
    argocd.plan("web", script)
    kube.create(application())
    until(has(kube, health=health))
    kinds = [one["type"] for one in held(kube).get("conditions", ())]
    assert kinds == ([condition] if condition else [])


def test_an_application_may_go_away_meanwhile(kube: Cluster, argocd: ArgoCD) -> None:
    argocd.plan("web", scripts.deleted())
    kube.create(application())
    until(lambda: not kube.exists("Application", "web", "argocd"))
    assert kube.objects("Application") == []


def test_argocd_has_the_time_of_the_cluster() -> None:
    with Cluster("argocd", skew=datetime.timedelta(days=-1)) as kube:
        kube.namespace("argocd")
        ArgoCD(kube)
        kube.create(application())
        until(has(kube, health="Healthy"))
        at = datetime.datetime.fromisoformat(held(kube)["reconciledAt"])
    assert at < datetime.datetime.now(datetime.UTC) - datetime.timedelta(hours=23)


def external_secret(**spec: Any) -> dict[str, Any]:
    entry = {"secretKey": "TOKEN", "remoteRef": {"key": "apps/web", "property": "token"}}
    store = {"secretStoreRef": {"name": "bao"}, "target": {"name": "web-secrets"}}
    about = {"apiVersion": "external-secrets.io/v1", "kind": "ExternalSecret"}
    return about | {"metadata": {"name": "web"}, "spec": {"data": [entry]} | store | spec}


def ready(kube: Cluster, kind: str = "ExternalSecret", name: str = "web") -> str:
    found = (kube.read(kind, name).get("status") or {}).get("conditions") or [{}]
    return str(found[0].get("reason", ""))


def kept(kube: Cluster) -> str:
    data = kube.read("Secret", "web-secrets")["data"]
    return base64.b64decode(data["TOKEN"]).decode()


def force(kube: Cluster, when: str) -> None:
    patch = {"metadata": {"annotations": {"force-sync": when}}}
    kube.patch("ExternalSecret", "web", patch)


def test_an_external_secret_becomes_a_secret(kube: Cluster) -> None:
    ExternalSecrets(kube, {"apps/web": {"token": "one"}})
    kube.create(external_secret())
    until(lambda: ready(kube) == "SecretSynced")
    assert kept(kube) == "one"
    (owner,) = kube.read("Secret", "web-secrets")["metadata"]["ownerReferences"]
    assert (owner["kind"], owner["name"]) == ("ExternalSecret", "web")


def test_a_sync_may_be_asked_for(kube: Cluster) -> None:
    external = ExternalSecrets(kube, {"apps/web": {"token": "one"}})
    kube.create(external_secret())
    until(lambda: ready(kube) == "SecretSynced")
    external.put("apps/web", token="two")  # noqa: S106 - of a provider that is played
    assert kept(kube) == "one"
    force(kube, "1")
    until(lambda: kept(kube) == "two")


def test_a_secret_that_is_read_once_is_not_read_again(kube: Cluster) -> None:
    external = ExternalSecrets(kube, {"apps/web": {"token": "one"}})
    kube.create(external_secret(refreshInterval="0"))
    until(lambda: ready(kube) == "SecretSynced")
    external.put("apps/web", token="two")  # noqa: S106 - of a provider that is played
    force(kube, "1")
    kube.create(external_secret() | {"metadata": {"name": "other"}})
    until(lambda: ready(kube, name="other") == "SecretSynced")
    before = kube.read("ExternalSecret", "web")["status"]["syncedResourceVersion"]
    assert before.startswith("1-")


def test_a_key_that_is_missing_fails_and_heals(kube: Cluster) -> None:
    external = ExternalSecrets(kube, {})
    kube.create(external_secret())
    until(lambda: ready(kube) == "SecretSyncedError")
    assert not kube.exists("Secret", "web-secrets")
    until(lambda: bool(kube.objects("Event")))
    (event,) = kube.objects("Event")
    assert event["reason"] == "UpdateFailed"
    external.put("apps/web", token="one")  # noqa: S106 - of a provider that is played
    force(kube, "1")
    until(lambda: ready(kube) == "SecretSynced")


def test_a_store_is_valid_or_not(kube: Cluster) -> None:
    external = ExternalSecrets(kube, {})
    external.fail("broken", "unable to log in")
    about = {"apiVersion": "external-secrets.io/v1", "kind": "SecretStore"}
    for name in ("bao", "broken"):
        kube.create(about | {"metadata": {"name": name}, "spec": {"provider": {"vault": {}}}})
    until(lambda: all(ready(kube, "SecretStore", name) for name in ("bao", "broken")))
    assert ready(kube, "SecretStore", "bao") == "Valid"
    assert ready(kube, "SecretStore", "broken") == "InvalidProviderConfig"


def rolled_out(kube: Cluster, generation: int) -> Callable[[], bool]:
    def reached() -> bool:
        found = kube.read("Deployment", "web").get("status") or {}
        seen = found.get("observedGeneration") == generation
        return seen and found.get("readyReplicas", 0) == 2 and found.get("replicas") == 2

    return reached


def test_a_deployment_gets_pods_that_run(kube: Cluster) -> None:
    Workloads(kube)
    kube.create(deployment("web", replicas=2))
    until(rolled_out(kube, 1))
    (replica_set,) = kube.objects("ReplicaSet")
    assert replica_set["metadata"]["annotations"] == {"deployment.kubernetes.io/revision": "1"}
    pods = kube.objects("Pod")
    assert [pod["status"]["phase"] for pod in pods] == ["Running", "Running"]
    owners = {pod["metadata"]["ownerReferences"][0]["name"] for pod in pods}
    assert owners == {replica_set["metadata"]["name"]}


def test_a_changed_template_replaces_the_pods(kube: Cluster) -> None:
    Workloads(kube)
    kube.create(deployment("web", replicas=2))
    until(rolled_out(kube, 1))
    old = {pod["metadata"]["uid"] for pod in kube.objects("Pod")}
    annotations = {"kubectl.kubernetes.io/restartedAt": "2026-01-01T00:00:00Z"}
    template = {"metadata": {"annotations": annotations}}
    kube.patch("Deployment", "web", {"spec": {"template": template}})
    until(rolled_out(kube, 2))
    assert old.isdisjoint(pod["metadata"]["uid"] for pod in kube.objects("Pod"))
    replicas = sorted(one["spec"]["replicas"] for one in kube.objects("ReplicaSet"))
    assert replicas == [0, 2]


@pytest.mark.parametrize(
    ("state", "waits_for", "event"),
    [
        (pod_states.out_of_memory(), "CrashLoopBackOff", "BackOff"),
        (pod_states.image_pull_fails(), "ImagePullBackOff", "Failed"),
        (pod_states.config_error(), "CreateContainerConfigError", "Failed"),
    ],
)
def test_pods_that_do_not_come_up(
    kube: Cluster, state: PodState, waits_for: str, event: str
) -> None:
    Workloads(kube, state)
    kube.create(deployment("web"))
    until(lambda: [one["reason"] for one in kube.objects("Event")] == [event])
    (pod,) = kube.objects("Pod")
    (container,) = pod["status"]["containerStatuses"]
    assert container["state"]["waiting"]["reason"] == waits_for


def test_a_pod_that_took_too_much_memory_says_so(kube: Cluster) -> None:
    Workloads(kube, pod_states.out_of_memory(restarts=4))
    kube.create(deployment("web"))
    until(lambda: bool(kube.objects("Event")))
    (pod,) = kube.objects("Pod")
    (container,) = pod["status"]["containerStatuses"]
    ended = container["lastState"]["terminated"]
    assert (ended["reason"], ended["exitCode"], container["restartCount"]) == ("OOMKilled", 137, 4)


def test_a_pod_that_no_node_takes_has_no_containers(kube: Cluster) -> None:
    Workloads(kube, pod_states.unschedulable("0/3 nodes are available"))
    kube.create(deployment("web"))
    until(lambda: bool(kube.objects("Event")))
    (pod,) = kube.objects("Pod")
    (condition,) = pod["status"]["conditions"]
    assert (condition["reason"], condition["message"]) == (
        "Unschedulable",
        "0/3 nodes are available",
    )
    assert "containerStatuses" not in pod["status"]
