"""Roll-outs on the page: how far they are, and what their pods suffer from."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from plate_llm_cli.cluster.objects import Ref
from plate_llm_cli.cluster.status.item import Level
from plate_llm_cli.cluster.status.replicas import Replicas, problems_of, replicas_of
from tests.cluster.double import pod_states
from tests.cluster.living import small
from tests.cluster.looking import living

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cluster.double.cluster import Cluster
    from tests.cluster.looking import Look


@pytest.fixture
def look(kube: Cluster, tmp_path: Path) -> Look:
    return living(kube, tmp_path)


def test_numbers_from_before_the_last_change_do_not_count(look: Look) -> None:
    look.kube.patch("Deployment", "web", {"spec": {"replicas": 3}}, "shop")
    level, problems = look.said("Deployment")
    assert level is Level.WAITING
    assert problems == ["the last change is not taken up yet (generation 2, seen 1)"]


def test_a_new_revision_on_its_way(look: Look) -> None:
    progressing = {"type": "Progressing", "status": "True", "reason": "ReplicaSetUpdated"}
    look.living.change("Deployment", "web", {"updatedReplicas": 1, "conditions": [progressing]})
    assert look.said("Deployment") == (Level.WAITING, ["1 of 2 are of the new revision"])


def test_pods_of_the_revision_before_that_still_end(look: Look) -> None:
    look.living.change("Deployment", "web", {"replicas": 3})
    assert look.said("Deployment") == (Level.WAITING, ["1 of the old revision still to end"])


def test_a_roll_out_that_is_stuck(look: Look) -> None:
    late = {"type": "Progressing", "status": "False", "reason": "ProgressDeadlineExceeded"}
    look.living.change("Deployment", "web", {"availableReplicas": 1, "conditions": [late]})
    level, problems = look.said("Deployment")
    assert level is Level.FAILING
    assert problems == ["the roll-out is stuck: no progress within 600 s"]


def test_a_deployment_that_broke_after_it_was_up(look: Look) -> None:
    look.living.change("Deployment", "web", {"availableReplicas": 1})
    assert look.said("Deployment") == (Level.FAILING, ["1 of 2 are available"])


def test_pods_that_are_refused(look: Look) -> None:
    message = 'pods "web-1" is forbidden: exceeded quota: compute'
    refused = {"type": "ReplicaFailure", "status": "True", "reason": "FailedCreate"}
    status = {"availableReplicas": 0, "conditions": [refused | {"message": message}]}
    look.living.change("Deployment", "web", status)
    level, problems = look.said("Deployment")
    assert (level, problems[0]) == (Level.FAILING, f"pods are refused: {message}")


def test_a_deployment_that_is_not_there(look: Look) -> None:
    look.kube.delete("Deployment", "web", "shop")
    assert look.said("Deployment") == (Level.FAILING, ["is not there"])


def test_scaled_to_nothing(look: Look) -> None:
    look.kube.patch("Deployment", "web", {"spec": {"replicas": 0}}, "shop")
    zero = dict.fromkeys(("replicas", "updatedReplicas", "readyReplicas", "availableReplicas"), 0)
    look.living.change("Deployment", "web", zero | {"observedGeneration": 2})
    assert look.said("Deployment") == (Level.NOTE, ["scaled to no replica at all"])


TROUBLES = {
    "OOMKilled (exit 137), restarted 3 times (2 pods): it used more memory than its limit of 256Mi":
        pod_states.out_of_memory(),
    "CrashLoopBackOff (exit 1), restarted 5 times (2 pods): it ended with exit code 1":
        pod_states.crash_looping(),
    "CreateContainerConfigError (2 pods): Secret web-env has no key API_KEY":
        pod_states.config_error("couldn't find key API_KEY in Secret shop/web-env"),
    "ImagePullBackOff (2 pods): the registry refuses the pull: registry is missing or wrong":
        pod_states.image_pull_fails("401 Unauthorized"),
    "Unschedulable (2 pods): no node has enough memory free": pod_states.unschedulable(),
}  # fmt: skip


@pytest.mark.parametrize(("said", "state"), TROUBLES.items())
def test_what_pods_share_is_said_once(look: Look, said: str, state: pod_states.PodState) -> None:
    look.living.pods_become(state)
    assert look.said("Deployment") == (Level.FAILING, [said])


def test_what_to_do_names_the_environment(look: Look) -> None:
    look.living.pods_become(pod_states.config_error('secret "web-env" not found'))
    (problem,) = look.item("Deployment").problems
    assert problem.advice == "plate-llm secrets plan prod shows what OpenBao lacks"


def test_pods_that_are_not_ready_yet_during_a_roll_out(look: Look) -> None:
    look.living.pods_become(pod_states.not_ready())
    assert look.said("Deployment") == (
        Level.WAITING,
        ["NotReady (2 pods): its readinessProbe does not succeed"],
    )


def test_pods_that_are_no_longer_ready(look: Look) -> None:
    look.living.pods_become(pod_states.not_ready(), reason="NewReplicaSetAvailable")
    level, _ = look.said("Deployment")
    assert level is Level.FAILING


def test_what_is_over_is_a_note(look: Look) -> None:
    look.living.pods_become(pod_states.recovered_from_memory())
    item = look.item("Deployment")
    assert (item.level, item.summary) == (
        Level.NOTE,
        "2 of 2 ready, revision 3, 4 restarts, web:1.4",
    )


def test_an_older_revision_that_holds_the_fort(look: Look) -> None:
    new = look.kube.objects("ReplicaSet", "shop")[0]
    old = {name: new[name] for name in ("apiVersion", "kind", "spec")}
    owners = new["metadata"]["ownerReferences"]
    revision = {"deployment.kubernetes.io/revision": "2"}
    about = {"name": "web-old", "namespace": "shop", "ownerReferences": owners}
    old["metadata"] = about | {"annotations": revision}
    look.kube.create(old | {"status": {"replicas": 2, "readyReplicas": 2}})
    look.living.pods_become(pod_states.image_pull_fails())
    _, problems = look.said("Deployment")
    assert problems[-1] == "the revision before still runs: 2 ready"


def test_facts_for_programs(look: Look) -> None:
    facts = look.item("Deployment").facts
    assert (facts["wanted"], facts["ready"], facts["images"]) == (
        2,
        2,
        ["registry.example.com/shop/web:1.4"],
    )
    assert [pod["name"] for pod in facts["pods"]] == ["web-5d8f7c-0", "web-5d8f7c-1"]
    assert facts["replica_sets"] == [
        {"name": "web-5d8f7c", "revision": "3", "wanted": 2, "ready": 2}
    ]


JOBS = [
    ({"active": 1}, Level.WAITING, "runs"),
    ({"conditions": [{"type": "Complete", "status": "True"}]}, Level.OK, "complete"),
    (
        {"conditions": [{"type": "Failed", "status": "True", "reason": "BackoffLimitExceeded"}]},
        Level.FAILING,
        "failed",
    ),
]


@pytest.mark.parametrize(("status", "level", "summary"), JOBS)
def test_jobs_are_to_end(
    kube: Cluster, tmp_path: Path, status: dict[str, Any], level: Level, summary: str
) -> None:
    template = {"spec": {"restartPolicy": "Never", "containers": [{"name": "a", "image": "b"}]}}
    job: dict[str, Any] = {"apiVersion": "batch/v1", "kind": "Job", "spec": {"template": template}}
    job["metadata"] = {"name": "migrate", "namespace": "shop"}
    expected = small()
    look = living(kube, tmp_path, replace(expected, objects={Ref.of(job): job}))
    kube.create(job | {"status": status})
    item = look.item("Job")
    assert (item.level, item.summary) == (level, summary)


def workload(kind: str, status: dict[str, Any], **spec: Any) -> dict[str, Any]:
    return {"kind": kind, "spec": spec, "status": status, "metadata": {"name": "web"}}


def test_a_stateful_set_and_a_daemon_set_are_counted_by_their_own_fields() -> None:
    counts = {"replicas": 3, "updatedReplicas": 3, "readyReplicas": 2, "availableReplicas": 2}
    assert replicas_of(workload("StatefulSet", counts, replicas=3)) == Replicas(3, 3, 2, 2, 3)
    daemons = {
        "desiredNumberScheduled": 4,
        "updatedNumberScheduled": 4,
        "numberReady": 4,
        "numberAvailable": 4,
        "currentNumberScheduled": 4,
    }
    assert replicas_of(workload("DaemonSet", daemons)) == Replicas(4, 4, 4, 4, 4)
    assert list(problems_of(workload("DaemonSet", daemons))) == []
