"""Autoscalers and budgets, on trees of plain manifests."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from plate_llm_cli.findings import Finding

APPLICATION = """\
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {{name: web, namespace: argocd}}
spec:
  project: default
  source: {{repoURL: 'https://git.example.com/x.git', path: web, targetRevision: main}}
  destination: {{server: 'https://kubernetes.default.svc', namespace: web}}
{extra}
"""
DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata: {{name: web}}
spec:
  {replicas}
  selector: {{matchLabels: {{app: web}}}}
  template:
    metadata: {{labels: {{app: web}}}}
    spec:
      containers:
        - name: web
          image: registry.example.com/web:1.0.0
          resources: {{requests: {{cpu: 1}}, limits: {{memory: 1Gi}}}}
"""
SCALER = """\
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {{name: web}}
spec:
  scaleTargetRef: {{apiVersion: apps/v1, kind: Deployment, name: web}}
  minReplicas: {fewest}
  maxReplicas: {most}
"""
SHARE = """\
  metrics:
    - type: Resource
      resource: {name: cpu, target: {type: Utilization, averageUtilization: 80}}
"""
LIMITS = """\
---
apiVersion: v1
kind: LimitRange
metadata: {name: limits}
spec: {limits: [{type: Container, defaultRequest: {cpu: 1}}]}
"""
SETTINGS = """\
---
apiVersion: v1
kind: ConfigMap
metadata: {name: argocd-cm}
data:
  resource.customizations.ignoreDifferences.apps_Deployment: |
    jsonPointers: [/spec/replicas]
"""
BUDGET = """\
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: {{name: web}}
spec:
  {rule}
  selector: {{matchLabels: {{app: web}}}}
"""


@pytest.fixture
def rules_in(
    tmp_path: Path, check_tree: Callable[..., tuple[Finding, ...]]
) -> Callable[..., set[str]]:
    """The rules that find something, infos aside."""

    def check(text: str, extra: str = "") -> set[str]:
        (tmp_path / "app.yaml").write_text(APPLICATION.format(extra=extra))
        (tmp_path / "web").mkdir()
        (tmp_path / "web" / "web.yaml").write_text(text)
        return {item.rule for item in check_tree(tmp_path) if item.severity != "info"}

    return check


@pytest.mark.parametrize(
    ("replicas", "rule"),
    [
        (1, "minAvailable: 1"),
        (2, "minAvailable: 2"),
        (2, "minAvailable: 60%"),
        (5, "minAvailable: 100%"),
        (5, "maxUnavailable: 0"),
        (5, "maxUnavailable: 0%"),
    ],
)
def test_a_budget_that_blocks(rules_in: Callable[..., set[str]], replicas: int, rule: str) -> None:
    text = DEPLOYMENT.format(replicas=f"replicas: {replicas}") + BUDGET.format(rule=rule)
    assert rules_in(text) == {"blocking-disruption-budget"}


@pytest.mark.parametrize(
    ("replicas", "rule"),
    [
        (2, "minAvailable: 1"),
        (2, "minAvailable: 50%"),
        (1, "maxUnavailable: 1"),
        (1, "maxUnavailable: 25%"),
        (0, "minAvailable: 1"),
    ],
)
def test_a_budget_that_lets_a_pod_go(
    rules_in: Callable[..., set[str]], replicas: int, rule: str
) -> None:
    text = DEPLOYMENT.format(replicas=f"replicas: {replicas}") + BUDGET.format(rule=rule)
    assert rules_in(text) == set()


def test_the_fewest_pods_of_an_autoscaler_count(rules_in: Callable[..., set[str]]) -> None:
    text = DEPLOYMENT.format(replicas="paused: false") + SCALER.format(fewest=3, most=5)
    assert rules_in(text + BUDGET.format(rule="minAvailable: 2")) == set()


def test_replicas_beside_an_autoscaler(rules_in: Callable[..., set[str]]) -> None:
    text = DEPLOYMENT.format(replicas="replicas: 3") + SCALER.format(fewest=2, most=5)
    assert rules_in(text) == {"fighting-replicas"}


@pytest.mark.parametrize(
    "entry",
    [
        "{group: apps, kind: Deployment, jsonPointers: [/spec/replicas]}",
        "{group: '*', kind: '*', jsonPointers: [/spec/replicas]}",
        "{kind: Deployment, group: apps, jqPathExpressions: [.spec.replicas]}",
        "{kind: '*', group: '*', managedFieldsManagers: [kube-controller-manager]}",
    ],
)
def test_replicas_that_the_application_ignores(
    rules_in: Callable[..., set[str]], entry: str
) -> None:
    text = DEPLOYMENT.format(replicas="replicas: 3") + SCALER.format(fewest=2, most=5)
    assert rules_in(text, f"  ignoreDifferences: [{entry}]") == set()


def test_another_kind_that_is_ignored_is_no_excuse(rules_in: Callable[..., set[str]]) -> None:
    text = DEPLOYMENT.format(replicas="replicas: 3") + SCALER.format(fewest=2, most=5)
    entry = "{group: apps, kind: StatefulSet, jsonPointers: [/spec/replicas]}"
    assert rules_in(text, f"  ignoreDifferences: [{entry}]") == {"fighting-replicas"}


def test_replicas_that_argocd_leaves_to_the_cluster_everywhere(
    rules_in: Callable[..., set[str]],
) -> None:
    text = DEPLOYMENT.format(replicas="replicas: 3") + SCALER.format(fewest=2, most=5)
    assert rules_in(text + SETTINGS) == set()


def test_a_share_of_a_request_that_is_not_made(rules_in: Callable[..., set[str]]) -> None:
    text = DEPLOYMENT.format(replicas="paused: false") + SCALER.format(fewest=2, most=5)
    assert rules_in(text.replace("cpu: 1", "memory: 1Gi") + SHARE) == {"unmeasured-autoscaler"}


def test_a_limit_range_makes_the_request(rules_in: Callable[..., set[str]]) -> None:
    text = DEPLOYMENT.format(replicas="paused: false") + SCALER.format(fewest=2, most=5)
    assert rules_in(text.replace("cpu: 1", "memory: 1Gi") + SHARE + LIMITS) == set()


def test_a_target_of_another_kind_is_an_error(rules_in: Callable[..., set[str]]) -> None:
    text = DEPLOYMENT.format(replicas="paused: false") + SCALER.format(fewest=2, most=5)
    wrong = text.replace("kind: Deployment, name: web", "kind: StatefulSet, name: web")
    assert rules_in(wrong) == {"untargeted-autoscaler"}


def test_more_at_least_than_at_most(rules_in: Callable[..., set[str]]) -> None:
    text = DEPLOYMENT.format(replicas="paused: false") + SCALER.format(fewest=5, most=2)
    assert rules_in(text) == {"impossible-scaling"}
