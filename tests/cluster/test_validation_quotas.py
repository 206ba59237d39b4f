"""Whether pods fit: quotas with what is used, limits of a namespace, roll-outs."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from plate_llm_cli.cluster.validation.demand import Defaults, amount_text, pod_demand, rollout_of
from tests.cluster.validating import Tried, tried

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cluster.double.cluster import Cluster

FILE = "manifests/all.yaml"
DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: app}
spec:
  replicas: 2
  strategy: {rollingUpdate: {maxSurge: 1, maxUnavailable: 0}}
  selector: {matchLabels: {app: app}}
  template:
    metadata: {labels: {app: app}}
    spec:
      containers:
        - name: app
          image: ghcr.io/a/b:1
          resources:
            requests: {cpu: 500m, memory: 1Gi}
            limits:
              cpu: 1
              memory: 2Gi
"""
HINT = "(ask for less, or for a larger quota)"


@pytest.fixture(name="tree")
def _tree(kube: Cluster, tmp_path: Path) -> Tried:
    return tried(kube, tmp_path)


def quota(tree: Tried, used: dict[str, str], /, **more: Any) -> None:
    hard = more.pop("hard")
    tree.kube.create(
        {
            "apiVersion": "v1",
            "kind": "ResourceQuota",
            "metadata": {"name": "compute", "namespace": "stg"},
            "spec": {"hard": hard, **more},
            "status": {"hard": hard, "used": used},
        }
    )


def limit_range(tree: Tried, **item: Any) -> None:
    tree.kube.create(
        {
            "apiVersion": "v1",
            "kind": "LimitRange",
            "metadata": {"name": "caps", "namespace": "stg"},
            "spec": {"limits": [{"type": "Container", **item}]},
        }
    )


def live(tree: Tried, replicas: int, cpu: str = "500m", image: str = "old") -> None:
    container = {"name": "app", "image": image, "resources": {"requests": {"cpu": cpu}}}
    tree.kube.create(
        {
            "apiVersion": "apps/v1",
            "kind": "Deployment",
            "metadata": {"name": "app", "namespace": "stg"},
            "spec": {
                "replicas": replicas,
                "selector": {"matchLabels": {"app": "app"}},
                "template": {
                    "metadata": {"labels": {"app": "app"}},
                    "spec": {"containers": [container]},
                },
            },
            "status": {"replicas": replicas},
        }
    )


def test_first_pods_that_fit_exactly(tree: Tried) -> None:
    quota(tree, {"requests.cpu": "1"}, hard={"requests.cpu": "2", "limits.memory": "4Gi"})
    assert tree.complaints(DEPLOYMENT) == []


def test_first_pods_that_do_not_fit(tree: Tried) -> None:
    quota(tree, {"cpu": "1500m"}, hard={"cpu": "2"})
    assert tree.complaints(DEPLOYMENT) == [
        f"exceeded-quota error {FILE}:15:24 ResourceQuota compute in stg leaves 500m of 2 "
        f"requests.cpu, and 1 are needed: app 2 x 500m {HINT}"
    ]


def test_a_quota_that_others_overdraw_is_nothing_to_those_who_take_none(tree: Tried) -> None:
    quota(tree, {"pods": "4"}, hard={"pods": "3"})
    assert tree.complaints(DEPLOYMENT.replace("replicas: 2", "replicas: 0")) == []


def test_what_runs_already_is_not_counted_twice(tree: Tried) -> None:
    live(tree, 2)
    quota(tree, {"requests.cpu": "1"}, hard={"requests.cpu": "1500m"})
    assert tree.complaints(DEPLOYMENT) == []


def test_roll_out_that_would_stand_still(tree: Tried) -> None:
    live(tree, 2)
    quota(tree, {"requests.cpu": "1"}, hard={"requests.cpu": "1200m"})
    assert tree.complaints(DEPLOYMENT) == [
        f"exceeded-quota error {FILE}:15:24 ResourceQuota compute in stg leaves 1200m of 1200m "
        "requests.cpu, and 1500m are needed during a roll-out: "
        f"app 3 x 500m, 1 of them for the roll-out {HINT}"
    ]


def test_roll_out_that_can_do_without_more_pods(tree: Tried) -> None:
    live(tree, 2)
    quota(tree, {"requests.cpu": "1"}, hard={"requests.cpu": "1200m"})
    (found,) = tree.complaints(DEPLOYMENT.replace("maxUnavailable: 0", "maxUnavailable: 1"))
    assert found.startswith("exceeded-quota warning ")


def test_pods_that_stay_as_they_are_need_no_room(tree: Tried) -> None:
    text = DEPLOYMENT.replace(
        "            limits:\n              cpu: 1\n              memory: 2Gi\n", ""
    )
    text = text.replace(", memory: 1Gi", "")
    live(tree, 2, image="ghcr.io/a/b:1")
    quota(tree, {"requests.cpu": "1"}, hard={"requests.cpu": "1"})
    assert tree.complaints(text) == []


def test_number_of_pods(tree: Tried) -> None:
    quota(tree, {"pods": "4"}, hard={"pods": "5"})
    assert tree.complaints(DEPLOYMENT) == [
        f"exceeded-quota error {FILE}:5:3 ResourceQuota compute in stg leaves 1 of 5 pods, "
        f"and 2 are needed: app 2 {HINT}"
    ]


def test_replicas_that_are_left_to_an_autoscaler(tree: Tried) -> None:
    tree.kube.crd(group="metrics.k8s.io", version="v1beta1", plural="pods", kind="PodMetrics")
    quota(tree, {"limits.memory": "0"}, hard={"limits.memory": "4Gi"})
    scaler = (
        "---\napiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\nmetadata: {name: app}\n"
        "spec:\n  minReplicas: 3\n  maxReplicas: 4\n"
        "  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: app}\n"
    )
    text = DEPLOYMENT.replace("  replicas: 2\n", "") + scaler
    assert tree.complaints(text) == [
        f"exceeded-quota error {FILE}:17:15 ResourceQuota compute in stg leaves 4Gi of 4Gi "
        f"limits.memory, and 6Gi are needed: app 3 x 2Gi {HINT}"
    ]


def test_what_an_autoscaler_has_made_of_it_stays(tree: Tried) -> None:
    live(tree, 4)
    quota(tree, {"requests.cpu": "2"}, hard={"requests.cpu": "2"})
    (found,) = tree.complaints(DEPLOYMENT.replace("  replicas: 2\n", ""))
    assert "leaves 2 of 2 requests.cpu, and 2500m are needed during a roll-out" in found


def test_container_that_says_nothing(tree: Tried) -> None:
    quota(tree, {}, hard={"limits.ephemeral-storage": "10Gi"})
    said = (
        f"exceeded-quota error {FILE}:16:13 ResourceQuota compute in stg wants "
        "limits.ephemeral-storage of every container, and app says none (no pod is made without)"
    )
    assert tree.complaints(DEPLOYMENT) == [said]
    limit_range(tree, default={"ephemeral-storage": "1Gi"})
    assert tree.complaints(DEPLOYMENT) == []


def test_quota_for_some_pods(tree: Tried) -> None:
    quota(tree, {}, hard={"pods": "0"}, scopes=["BestEffort"])
    assert tree.complaints(DEPLOYMENT) == [
        f"unchecked-live info {FILE}:1:1 "
        "ResourceQuota compute in stg is for some pods only, and is not counted"
    ]


def test_without_the_right_to_read_quotas(tree: Tried) -> None:
    tree.kube.deny(resource="resourcequotas")
    assert tree.complaints(DEPLOYMENT) == [
        f"unchecked-live info {FILE}:1:1 "
        "not checked: you may not list resourcequotas in stg "
        "(ask who runs the cluster for that right, or let somebody check who has it)"
    ]


@pytest.mark.parametrize(
    ("item", "place", "said"),
    [
        (
            {"max": {"memory": "1536Mi"}},
            "18:15",
            "allows at most 1536Mi of memory, and container app is limited to 2Gi",
        ),
        (
            {"min": {"cpu": "600m"}},
            "15:24",
            "allows at least 600m of cpu, and container app asks for 500m",
        ),
        (
            {"maxLimitRequestRatio": {"cpu": "1500m"}},
            "17:15",
            "allows a limit of 1.5 times the request of cpu, and container app has 1 for 500m",
        ),
        (
            {"type": "Pod", "max": {"cpu": "900m"}},
            "17:15",
            "allows at most 900m of cpu, and a pod of app is limited to 1",
        ),
    ],
)
def test_limit_range(tree: Tried, item: dict[str, Any], place: str, said: str) -> None:
    limit_range(tree, **item)
    assert tree.complaints(DEPLOYMENT) == [
        f"exceeded-quota error {FILE}:{place} LimitRange caps in stg {said} "
        "(no such pod or claim is made)"
    ]


def test_limit_range_that_is_kept(tree: Tried) -> None:
    limit_range(tree, max={"memory": "2Gi"}, min={"cpu": "500m"})
    assert tree.complaints(DEPLOYMENT) == []


def test_claim_that_is_too_large(tree: Tried) -> None:
    limit_range(tree, type="PersistentVolumeClaim", max={"storage": "5Gi"})
    claim = (
        "apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: {name: data}\nspec:\n"
        "  storageClassName: ''\n  accessModes: [ReadWriteOnce]\n"
        "  resources: {requests: {storage: 10Gi}}\n"
    )
    assert tree.complaints(claim) == [
        f"exceeded-quota error {FILE}:7:26 LimitRange caps in stg allows at most 5Gi of storage, "
        "and data asks for 10Gi (no such pod or claim is made)"
    ]


@pytest.mark.parametrize(
    ("resource", "amount", "text"),
    [
        ("cpu", Decimal("1.5"), "1500m"),
        ("cpu", Decimal(10), "10"),
        ("memory", Decimal(1024) ** 3 * 2, "2Gi"),
        ("memory", Decimal(1000), "1000"),
        ("memory", Decimal(0), "0"),
    ],
)
def test_amount(resource: str, amount: Decimal, text: str) -> None:
    assert amount_text(resource, amount) == text


def test_containers_that_run_before_the_others_count_alone() -> None:
    def container(cpu: str, **more: str) -> dict[str, Any]:
        return {"resources": {"requests": {"cpu": cpu}}, **more}

    ahead = [container("3"), container("1", restartPolicy="Always")]
    pod = {"initContainers": ahead, "containers": [container("1"), container("500m")]}
    assert pod_demand(pod, Defaults()).requests == {"cpu": Decimal(3)}
    pod["containers"].append(container("1"))
    assert pod_demand(pod, Defaults()).requests == {"cpu": Decimal("3.5")}


@pytest.mark.parametrize(
    ("strategy", "surge", "stalls"),
    [
        ({}, 2, False),  # a quarter of five, up; and down: one may go
        ({"type": "Recreate"}, 0, False),
        ({"rollingUpdate": {"maxSurge": "10%", "maxUnavailable": 0}}, 1, True),
        ({"rollingUpdate": {"maxSurge": 0, "maxUnavailable": 1}}, 0, False),
    ],
)
def test_pods_of_a_roll_out(strategy: dict[str, Any], surge: int, stalls: bool) -> None:
    spec = {"replicas": 5, "strategy": strategy}
    rollout = rollout_of({"kind": "Deployment", "spec": spec})
    assert rollout is not None
    assert (rollout.replicas, rollout.surge, rollout.stalls) == (5, surge, stalls)
