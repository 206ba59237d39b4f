"""What the tree says of a deployed service."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from plate_llm_cli.commands.deployed import deployed
from plate_llm_cli.context import Workspace
from plate_llm_cli.errors import UsageError
from plate_llm_cli.smoke.deployed import ClusterService, DeployedService, deployed_service
from plate_llm_cli.smoke.target import Way

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).parents[2]
STAGING = "charts/plate-llm/values-stg.yaml"
SHARED = """
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shared
spec:
  tls:
    - hosts: [web.example.org]
  rules:
    - host: web.example.org
      http:
        paths:
          - path: /
            pathType: Prefix
            backend:
              service: {name: plate-web, port: {number: 80}}
    - host: llm.example.org
      http:
        paths:
          - path: /llm
            pathType: Prefix
            backend:
              service: {name: plate-llm-stg, port: {number: 80}}
"""


@pytest.fixture
def rendered(tmp_path: Path) -> Callable[..., DeployedService]:
    """The service of an environment of this repository, with texts of a value file replaced."""
    for folder in ("charts", "environments"):
        shutil.copytree(ROOT / folder, tmp_path / folder)

    def render(env: str = "stg", **replaced: str) -> DeployedService:
        file = tmp_path / STAGING
        text = file.read_text("utf-8")
        for old, new in replaced.items():
            assert old in text
            text = text.replace(old, new)
        file.write_text(text, "utf-8")
        with Workspace(tmp_path) as workspace:
            release = workspace.release(env)
            return deployed_service(env, release, deployed(workspace))

    return render


def test_users_come_through_the_ingress(rendered: Callable[..., DeployedService]) -> None:
    target = rendered().ingress
    assert target is not None
    assert (target.url, target.way) == ("https://llm.cocdev.co.kr", Way.INGRESS)


def test_service_has_an_address_in_the_cluster(rendered: Callable[..., DeployedService]) -> None:
    service = rendered().service
    assert service == ClusterService("plate-stg", "plate-llm-stg", 80)
    assert service.url == "http://plate-llm-stg.plate-stg.svc"


def test_headless_service_of_the_metrics_is_not_taken(
    rendered: Callable[..., DeployedService],
) -> None:
    service = rendered("prod").service
    assert service == ClusterService("plate-prod", "plate-llm-prod", 80)


def test_settings_are_those_of_the_container(rendered: Callable[..., DeployedService]) -> None:
    found = rendered()
    assert (found.workload.kind, found.workload.name) == ("Deployment", "plate-llm-stg")
    assert found.container == "plate-llm"
    assert found.expected.known
    assert found.expected.audience == "plate-llm"
    assert found.expected.issuer == "http://plate-api"
    assert found.expected.model == "gpt-4o-mini"
    assert found.expected.asks_for_tokens


def test_variables_from_secrets_are_no_settings(rendered: Callable[..., DeployedService]) -> None:
    assert "AUTH_JWT_SECRET" not in rendered().expected.settings


@pytest.mark.parametrize(
    ("env", "tag", "replicas", "redirects"),
    [("stg", "stg", 1, False), ("prod", "0.1.0", 10, True)],
)
def test_environments_differ(
    env: str,
    tag: str,
    replicas: int,
    redirects: bool,
    rendered: Callable[..., DeployedService],
) -> None:
    expected = rendered(env).expected
    assert (expected.tag, expected.replicas, expected.redirects) == (tag, replicas, redirects)


def test_digest_decides_what_runs(rendered: Callable[..., DeployedService]) -> None:
    digest = f"sha256:{'0' * 64}"
    found = rendered(**{"  tag: stg": f"  tag: stg\n  digest: {digest}"})
    assert found.expected.tag == ""


def test_body_limit_of_the_ingress_is_known(rendered: Callable[..., DeployedService]) -> None:
    assert rendered().expected.proxy_body_bytes == 20 * 1024 * 1024


def test_ingress_without_certificate_is_reached_in_clear_text(
    rendered: Callable[..., DeployedService],
) -> None:
    found = rendered(
        **{
            "  tls:\n    - secretName: llm-cocdev-co-kr-tls\n      hosts:\n"
            "        - llm.cocdev.co.kr\n": "",
        }
    )
    assert found.ingress is not None
    assert found.ingress.url == "http://llm.cocdev.co.kr"
    assert found.expected.redirects is None


def test_without_an_ingress_there_is_no_way_in(
    rendered: Callable[..., DeployedService],
) -> None:
    assert rendered(**{"ingress:\n  enabled: true": "ingress:\n  enabled: false"}).ingress is None


def test_path_of_the_ingress_is_part_of_the_address(
    rendered: Callable[..., DeployedService],
) -> None:
    found = rendered(**{"path: /\n": "path: /llm/\n"})
    assert found.ingress is not None
    assert found.ingress.url == "https://llm.cocdev.co.kr/llm"


def test_ingress_that_others_share_is_taken_at_the_host_of_the_service(
    tmp_path: Path, rendered: Callable[..., DeployedService]
) -> None:
    (tmp_path / "charts/plate-llm/templates/shared.yaml").write_text(SHARED, "utf-8")
    found = rendered(**{"ingress:\n  enabled: true": "ingress:\n  enabled: false"})
    assert found.ingress is not None
    assert found.ingress.url == "http://llm.example.org/llm"
    assert found.expected.redirects is None


def test_release_without_the_service_is_refused(
    rendered: Callable[..., DeployedService],
) -> None:
    with pytest.raises(UsageError) as refused:
        rendered("openbao-secrets-manager-stg")
    assert refused.value.message == (
        "openbao-secrets-manager-stg runs no service: none of its pods has LLM_MODEL_NAME"
    )


def test_variables_from_secrets_are_found_in_openbao(
    rendered: Callable[..., DeployedService],
) -> None:
    assert rendered().expected.sources == {
        "AUTH_JWT_SECRET": "secret/server/staging#JWT_SECRET",
        "OPENAI_API_KEY": "secret/server/cluster#OPENAI_API_KEY",
        "ANTHROPIC_API_KEY": "secret/server/cluster#ANTHROPIC_API_KEY",
        "LANGCHAIN_API_KEY": "secret/server/cluster#LANGCHAIN_API_KEY",
    }
