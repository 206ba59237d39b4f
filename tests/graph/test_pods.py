"""What pods read, name and listen on, as far as the tree tells."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from plate_llm_cli.graph.env_contracts import read_contract
from plate_llm_cli.graph.listening import is_mentioned
from plate_llm_cli.graph.references import references_of
from plate_llm_cli.graph.variables import brought, expanded
from plate_llm_cli.source.tree import Tree

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from plate_llm_cli.graph.deployment import Deployment


def named(kind: str, name: str, **fields: Any) -> dict[str, Any]:
    """An object of the core group."""
    return {"apiVersion": "v1", "kind": kind, "metadata": {"name": name}, **fields}


def pod(container: dict[str, Any], **fields: Any) -> dict[str, Any]:
    """A Pod with one container."""
    return named("Pod", "web", spec={"containers": [{"name": "web", **container}], **fields})


@pytest.mark.parametrize(
    ("value", "names"),
    [
        ("http://$(HOST):$(PORT)/", ["HOST", "PORT"]),
        ("$$(HOST)", []),
        ("$$$(HOST)", ["HOST"]),
        ("$(date +%s) ${HOST} $HOST $(", []),
    ],
)
def test_names_in_brackets_are_looked_up_unless_the_dollar_is_doubled(
    value: str, names: list[str]
) -> None:
    assert list(expanded(value)) == names


def test_env_from_a_config_map_brings_its_keys_with_the_prefix(
    applied: Callable[..., Deployment],
) -> None:
    source = {"prefix": "APP_", "configMapRef": {"name": "web"}}
    deployment = applied(
        pod({"envFrom": [source]}), named("ConfigMap", "web", data={"A": "1", "B": "2"})
    )
    (workload,) = deployment.wiring.workloads
    assert brought(deployment, workload.containers[0]) == frozenset({"APP_A", "APP_B"})


@pytest.mark.parametrize("source", [{"configMapRef": {"name": "x"}}, {"secretRef": {"name": "x"}}])
def test_env_from_something_that_is_not_in_the_tree_may_bring_anything(
    source: dict[str, Any], applied: Callable[..., Deployment]
) -> None:
    deployment = applied(pod({"envFrom": [source]}))
    (workload,) = deployment.wiring.workloads
    assert brought(deployment, workload.containers[0]) is None


@pytest.mark.parametrize(
    "container",
    [
        {"args": ["--bind", "0.0.0.0:8081"]},
        {"args": ["--health-port=8081"]},
        {"command": ["serve", "8081"]},
        {"env": [{"name": "MANAGEMENT_PORT", "value": "8081"}]},
        {"envFrom": [{"configMapRef": {"name": "web"}}]},
    ],
)
def test_a_port_is_mentioned_where_a_pod_is_told_to_listen_on_it(
    container: dict[str, Any], applied: Callable[..., Deployment]
) -> None:
    deployment = applied(
        pod(container), named("ConfigMap", "web", data={"nginx.conf": "server {\n listen 8081;\n}"})
    )
    (workload,) = deployment.wiring.workloads
    assert is_mentioned(deployment.wiring, workload, 8081)


@pytest.mark.parametrize(
    "container",
    [
        {"args": ["--upstream=http://api:8081/"]},
        {"args": ["--port=18081", "--port=80812"]},
        {"env": [{"name": "API", "value": "http://api:8081"}]},
    ],
)
def test_the_port_of_another_host_is_not_a_mention(
    container: dict[str, Any], applied: Callable[..., Deployment]
) -> None:
    deployment = applied(pod(container))
    (workload,) = deployment.wiring.workloads
    assert not is_mentioned(deployment.wiring, workload, 8081)


def test_what_a_pod_names_is_found_with_the_way_to_it(
    applied: Callable[..., Deployment],
) -> None:
    mount = {"name": "files", "mountPath": "/etc/a.yaml", "subPath": "a.yaml"}
    volumes = [
        {"name": "files", "configMap": {"name": "web", "optional": True}},
        {"name": "data", "persistentVolumeClaim": {"claimName": "data"}},
    ]
    spec = pod({"volumeMounts": [mount]}, volumes=volumes, serviceAccountName="runner")
    found = references_of(applied(spec).wiring.workloads)
    assert [(item.kind, item.name, item.key, item.optional) for item in found] == [
        ("ServiceAccount", "runner", "", False),
        ("ConfigMap", "web", "", True),
        ("ConfigMap", "web", "a.yaml", True),
        ("PersistentVolumeClaim", "data", "", False),
    ]
    assert found[2].key_route == ("spec", "containers", 0, "volumeMounts", 0, "subPath")


@pytest.mark.parametrize("count", [0, 1])
def test_what_has_the_wrong_type_is_left_out(
    count: int, applied: Callable[..., Deployment]
) -> None:
    wrong = {"env": [1, {"name": 2}], "envFrom": "x", "args": {"a": 1}, "volumeMounts": [None]}
    spec = pod(wrong, volumes=[{"configMap": []}] * count, serviceAccountName=["x"])
    deployment = applied(spec)
    (workload,) = deployment.wiring.workloads
    assert deployment.absences.references == []
    assert not is_mentioned(deployment.wiring, workload, 1)


@pytest.mark.parametrize("text", ["", "[]", "{", '{"variables": {}}'])
def test_a_contract_that_cannot_be_read_is_none(text: str, tmp_path: Path) -> None:
    chart = 'annotations: {plate-llm.cocdev.co.kr/env-contract: "contract.json"}\n'
    (tmp_path / "Chart.yaml").write_text(chart, "utf-8")
    (tmp_path / "contract.json").write_text(text, "utf-8")
    assert read_contract(Tree(tmp_path), "") is None
