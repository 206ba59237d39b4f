"""Across both charts: what one release reads, another makes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.charts.conftest import Render

SECRETS = "openbao-secrets-manager"


@pytest.mark.parametrize("env", ["stg", "prod"])
def test_every_secret_that_a_pod_reads_is_made(render: Render, env: str) -> None:
    service = render("plate-llm", env=env)
    pod = service.one("Deployment")["spec"]["template"]["spec"]
    read = {value[0] for value in service.env.values() if isinstance(value, tuple)}
    read |= {entry["name"] for entry in pod["imagePullSecrets"]}
    made = {
        found["spec"]["target"]["name"] for found in render(SECRETS, env=env).of("ExternalSecret")
    }
    shared = render(SECRETS, env="cluster").one("ClusterExternalSecret")["spec"]
    made.add(shared["externalSecretSpec"]["target"]["name"])
    assert read == made


@pytest.mark.parametrize("env", ["stg", "prod"])
def test_the_pull_secret_has_the_type_that_the_kubelet_wants(render: Render, env: str) -> None:
    types = {
        found["metadata"]["name"]: found["spec"]["target"].get("template", {}).get("type")
        for found in render(SECRETS, env=env).of("ExternalSecret")
    }
    assert types["harbor-docker-secret"] == "kubernetes.io/dockerconfigjson"


def test_no_host_is_claimed_by_two_environments(render: Render) -> None:
    hosts = [
        rule["host"]
        for env in ("stg", "prod")
        for rule in render("plate-llm", env=env).one("Ingress")["spec"]["rules"]
    ]
    assert hosts == ["llm.cocdev.co.kr", "llm-api.cocdev.co.kr"]


def test_production_runs_a_fixed_image(render: Render) -> None:
    assert render("plate-llm", env="prod").container["image"].endswith(":0.1.0")
    assert render("plate-llm", env="prod").container["imagePullPolicy"] == "IfNotPresent"


def test_staging_pulls_its_moving_image_every_time(render: Render) -> None:
    container = render("plate-llm", env="stg").container
    assert (container["image"].rpartition(":")[2], container["imagePullPolicy"]) == (
        "stg",
        "Always",
    )
