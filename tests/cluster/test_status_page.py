"""The page as a whole: its verdict, what it costs, and what it does where it may not look."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from plate_llm_cli.cluster.status.item import Level
from plate_llm_cli.errors import ClusterError
from tests.cluster.double import pod_states
from tests.cluster.double.cluster import Cluster
from tests.cluster.living import CANARY
from tests.cluster.looking import living

if TYPE_CHECKING:
    from pathlib import Path

    from plate_llm_cli.cluster.status.page import Page


def reason(page: Page) -> str:
    assert page.reason is not None
    item, problem = page.reason
    return f"{item.ref.kind} {item.ref.name}: {problem.text}"


def test_all_is_well(kube: Cluster, tmp_path: Path) -> None:
    page = living(kube, tmp_path).page()
    assert [(item.ref.kind, item.level, item.summary) for item in page.items] == [
        ("Application", Level.OK, "Synced, Healthy, 4f2c1aa00000, 2m ago"),
        ("Deployment", Level.OK, "2 of 2 ready, revision 3, web:1.4"),
        ("ExternalSecret", Level.OK, "synced 12m ago"),
        ("SecretStore", Level.OK, "ready"),
        ("Secret", Level.OK, "has all 2 keys that are read"),
        ("Ingress", Level.OK, "shop.example.com at 203.0.113.10"),
        ("Certificate", Level.OK, page.items[6].summary),
        ("HorizontalPodAutoscaler", Level.OK, "2 replicas, wants 2 (2 to 5), cpu 41% of 70%"),
        ("PodDisruptionBudget", Level.OK, "1 may be taken away (2 healthy, 1 must stay)"),
    ]
    assert page.items[6].summary.startswith("valid until ")
    assert (page.healthy, page.reason, page.unknown) == (True, None, 0)


def test_each_kind_is_asked_for_once(kube: Cluster, tmp_path: Path) -> None:
    living(kube, tmp_path).page()
    paths = [request.path for request in kube.requests]
    assert len(paths) == len(set(paths))
    assert [path for path in paths if "/pods" in path] == ["/api/v1/namespaces/shop/pods"]


def test_no_value_of_a_secret_is_kept(kube: Cluster, tmp_path: Path) -> None:
    page = living(kube, tmp_path).page()
    (secret,) = [item for item in page.items if item.ref.kind == "Secret"]
    assert secret.facts["present"] == ["API_KEY", "JWT_SECRET"]
    assert CANARY not in repr([(item, item.problems, item.facts) for item in page.items])


def test_ages_are_of_the_clusters_clock(tmp_path: Path) -> None:
    with Cluster("argocd", "external-secrets", "cert-manager", skew=timedelta(days=-40)) as kube:
        page = living(kube, tmp_path).page()
        assert page.items[0].summary.endswith(", 2m ago")
        assert page.items[2].summary == "synced 12m ago"
        assert page.at is not None
        assert abs(page.at - kube.api.clock.now()) < timedelta(minutes=1)


def test_the_root_of_several_problems_is_named(kube: Cluster, tmp_path: Path) -> None:
    look = living(kube, tmp_path)
    look.living.application("web-prod", {"health": {"status": "Degraded"}})
    look.living.unready("ExternalSecret", "web-env", "SecretSyncedError", "permission denied")
    look.living.unready("SecretStore", "bao", "InvalidProviderConfig", "permission denied")
    assert reason(look.page()) == "ExternalSecret web-env: SecretSyncedError: permission denied"
    look.living.pods_become(pod_states.crash_looping())
    assert reason(look.page()).startswith("Deployment web: CrashLoopBackOff")
    look.living.pods_become(pod_states.image_pull_fails())
    assert reason(look.page()).startswith("Deployment web: ImagePullBackOff")


def test_what_is_on_its_way_is_not_healthy_yet(kube: Cluster, tmp_path: Path) -> None:
    look = living(kube, tmp_path)
    look.living.application("web-prod", {"health": {"status": "Progressing"}})
    page = look.page()
    assert (page.level, page.healthy) == (Level.WAITING, False)
    assert reason(page) == "Application web-prod: ArgoCD calls it Progressing"


def test_secrets_and_events_that_may_not_be_read(kube: Cluster, tmp_path: Path) -> None:
    look = living(kube, tmp_path)
    kube.deny(verb="*", resource="secrets", namespace="shop")
    kube.deny(verb="*", resource="events", namespace="shop")
    page = look.page()
    assert look.said("Secret") == (Level.UNKNOWN, ["may not read Secret shop/web-env"])
    assert page.unread == "may not list events in shop"
    assert (page.healthy, page.unknown) == (True, 2)


def test_without_the_workloads_nothing_can_be_said(kube: Cluster, tmp_path: Path) -> None:
    look = living(kube, tmp_path)
    kube.deny(verb="*", resource="deployments", namespace="shop")
    page = look.page()
    assert (page.level, page.healthy) == (Level.UNKNOWN, False)
    assert reason(page) == "Deployment web: may not list deployments in shop"


def test_pods_that_may_not_be_read_are_no_harm_while_all_are_ready(
    kube: Cluster, tmp_path: Path
) -> None:
    look = living(kube, tmp_path)
    kube.deny(verb="*", resource="pods", namespace="shop")
    assert look.said("Deployment") == (Level.NOTE, ["may not list pods in shop"])
    look.living.change("Deployment", "web", {"availableReplicas": 1})
    assert not look.page().healthy


def test_a_definition_that_is_not_installed(tmp_path: Path) -> None:
    with Cluster("argocd", "external-secrets", "cert-manager") as kube:
        look = living(kube, tmp_path)
        kube.delete("CustomResourceDefinition", "externalsecrets.external-secrets.io")
        item = look.item("ExternalSecret")
        (problem,) = item.problems
        assert item.level is Level.FAILING
        assert problem.text == ("the cluster knows no ExternalSecret of external-secrets.io/v1")
        assert problem.advice == "install the External Secrets Operator, with its CRDs"
        kube.delete("Secret", "web-env", "shop")
        reason = look.page().reason
        assert reason is not None
        assert reason[0].ref.kind == "ExternalSecret"


def test_credentials_that_are_not_accepted_end_it(kube: Cluster, tmp_path: Path) -> None:
    look = living(kube, tmp_path)
    kube.token("good", "alice")
    with pytest.raises(ClusterError) as caught:
        look.page(token="bad")  # noqa: S106 - a test's own
    assert caught.value.status == 401


def test_a_part_that_stays_broken_does_not_hide_the_others(kube: Cluster, tmp_path: Path) -> None:
    look = living(kube, tmp_path)
    kube.fault("/ingresses", status=404, times=None, message="gone")
    page = look.page()
    levels = {item.ref.kind: item.level for item in page.items}
    assert (levels["Ingress"], levels["Certificate"]) == (Level.UNKNOWN, Level.OK)


def test_warnings_about_what_is_ours(kube: Cluster, tmp_path: Path) -> None:
    look = living(kube, tmp_path)
    look.living.pods_become(pod_states.not_ready())
    other = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "other", "namespace": "shop"}}
    kube.event(other, "BackOff", "not ours")
    (line,) = look.page().warnings
    assert (line.reason, line.objects) == ("Unhealthy", 2)
    assert line.message == "Readiness probe failed: HTTP probe failed with statuscode: 503"
