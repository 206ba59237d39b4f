"""What is said of an Application that does not come up."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from plate_llm_cli.cluster.argocd.application import LiveApplication
from plate_llm_cli.cluster.argocd.evidence import doubt, gather
from tests.cluster.asking import until
from tests.cluster.connecting import application, connected
from tests.cluster.double.pod_states import PodState, config_error, image_pull_fails, running
from tests.cluster.double.workloads import Workloads, deployment

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from plate_llm_cli.cluster.api import Api
    from tests.cluster.double.cluster import Cluster


@pytest.fixture
def api(kube: Cluster, tmp_path: Path) -> Iterator[Api]:
    kube.namespace("argocd", "staging")
    with connected(kube, tmp_path) as opened:
        yield opened


def app(kube: Cluster, *states: PodState) -> LiveApplication:
    """An Application whose Deployment web has pods as `states` say, a roll-out a state."""
    Workloads(kube, *states)
    kube.create(deployment("web", "staging", replicas=2))
    for number in range(1, len(states)):
        settle(kube, number)
        container = {"name": "web", "image": f"web:{number + 1}"}
        template = {"spec": {"containers": [container]}}
        kube.patch("Deployment", "web", {"spec": {"template": template}}, "staging")
    settle(kube, len(states))
    there = {"group": "apps", "version": "v1", "kind": "Deployment", "name": "web"}
    listed = {"resources": [there | {"namespace": "staging", "health": {"status": "Progressing"}}]}
    return LiveApplication(application() | {"status": listed})


def settle(kube: Cluster, rollouts: int) -> None:
    """Wait until the simulator has made the pods of the last roll-out."""

    def is_settled() -> bool:
        web = kube.read("Deployment", "web", "staging")
        seen = web.get("status", {}).get("observedGeneration") == web["metadata"]["generation"]
        states = [
            status["state"]
            for pod in kube.objects("Pod", "staging")
            for status in pod.get("status", {}).get("containerStatuses", ())
        ]
        begun = [it for it in states if it.get("waiting", {}).get("reason") != "ContainerCreating"]
        return seen and len(kube.objects("ReplicaSet", "staging")) == rollouts and len(begun) >= 2

    until(is_settled)


def test_an_image_that_is_not_there_is_doubtful(kube: Cluster, api: Api) -> None:
    found = doubt(api, app(kube, image_pull_fails()))
    assert found is not None
    assert not found.certain
    assert "ImagePullBackOff" in found.reason


def test_a_key_that_is_not_there_is_certain_and_its_advice_names_the_environment(
    kube: Cluster, api: Api
) -> None:
    missing = config_error("couldn't find key API_KEY in Secret staging/web-secrets")
    found = doubt(api, app(kube, missing))
    assert found is not None
    assert found.certain
    assert "plate-llm secrets plan web-stg" in found.reason


def test_pods_that_run_give_no_doubt(kube: Cluster, api: Api) -> None:
    assert doubt(api, app(kube, running())) is None


def test_pods_of_the_version_before_give_no_doubt(kube: Cluster, api: Api) -> None:
    assert doubt(api, app(kube, image_pull_fails(), running())) is None


def test_the_same_trouble_of_two_replicas_is_told_once(kube: Cluster, api: Api) -> None:
    evidence = gather(api, app(kube, image_pull_fails()))
    assert [trouble.what for _, trouble in evidence.troubles] == ["ImagePullBackOff"]
    assert [(str(item.ref), item.state) for item in evidence.objects] == [
        ("Deployment staging/web", "Progressing")
    ]
    assert evidence.events != ()


def test_what_may_not_be_read_is_a_note(kube: Cluster, api: Api) -> None:
    live = app(kube, image_pull_fails())
    kube.deny(verb="list", resource="pods")
    evidence = gather(api, live)
    assert evidence.troubles == ()
    assert evidence.notes[0].startswith("may not list pods in staging")
