from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.charts.conftest import Render

CHART = "plate-llm"


def metric(resource: str, percent: int) -> dict[str, Any]:
    target = {"type": "Utilization", "averageUtilization": percent}
    return {"type": "Resource", "resource": {"name": resource, "target": target}}


def test_replica_count(render: Render) -> None:
    assert render(CHART, {"replicaCount": 4}).one("Deployment")["spec"]["replicas"] == 4


def test_replica_count_may_be_none(render: Render) -> None:
    assert render(CHART, {"replicaCount": 0}).one("Deployment")["spec"]["replicas"] == 0


def test_the_autoscaler_alone_decides_on_replicas(render: Render) -> None:
    rendered = render(CHART, {"autoscaling": {"enabled": True}})
    assert "replicas" not in rendered.one("Deployment")["spec"]


def test_production_scales_between_3_and_10(render: Render) -> None:
    assert render(CHART, env="prod").one("HorizontalPodAutoscaler")["spec"] == {
        "scaleTargetRef": {
            "apiVersion": "apps/v1",
            "kind": "Deployment",
            "name": "plate-llm-prod",
        },
        "minReplicas": 3,
        "maxReplicas": 10,
        "metrics": [metric("cpu", 70)],
        "behavior": {"scaleDown": {"stabilizationWindowSeconds": 300}},
    }


def test_it_scales_on_memory_too(render: Render) -> None:
    values = {"autoscaling": {"enabled": True, "targetMemoryUtilizationPercentage": 80}}
    scaler = render(CHART, values).one("HorizontalPodAutoscaler")
    assert scaler["spec"]["metrics"] == [metric("cpu", 70), metric("memory", 80)]


@pytest.mark.parametrize(
    ("values", "limit"),
    [
        ({}, {"maxUnavailable": 1}),
        ({"maxUnavailable": "25%"}, {"maxUnavailable": "25%"}),
        ({"maxUnavailable": None, "minAvailable": 1}, {"minAvailable": 1}),
        ({"maxUnavailable": None, "minAvailable": "50%"}, {"minAvailable": "50%"}),
    ],
)
def test_disruption_budget(
    render: Render, values: dict[str, Any], limit: dict[str, int | str]
) -> None:
    budget = {"podDisruptionBudget": {"enabled": True, **values}, "replicaCount": 2}
    rendered = render(CHART, budget)
    assert rendered.one("PodDisruptionBudget")["spec"] == {
        "selector": rendered.one("Deployment")["spec"]["selector"],
        "unhealthyPodEvictionPolicy": "AlwaysAllow",
        **limit,
    }
