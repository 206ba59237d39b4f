from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from tests.charts.conftest import NAMESPACES, ROOT

if TYPE_CHECKING:
    from tests.charts.conftest import Render

ARGOCD = ROOT / "environments" / "argocd"
CLUSTER = "https://kubernetes.default.svc"
RELEASES = {
    "openbao-secrets-manager-cluster": ("openbao-secrets-manager", "cluster"),
    "openbao-secrets-manager-stg": ("openbao-secrets-manager", "stg"),
    "openbao-secrets-manager-prod": ("openbao-secrets-manager", "prod"),
    "plate-llm-stg": ("plate-llm", "stg"),
    "plate-llm-prod": ("plate-llm", "prod"),
}


def load(path: str) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((ARGOCD / path).read_text("utf-8"))
    return found


def application(name: str) -> dict[str, Any]:
    return load(f"apps/{name}.yaml")


@pytest.fixture(scope="module")
def repository() -> str:
    """The one place that names the repository."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    url: str = settings["tool"]["plate-llm"]["repo-url"]
    return url


def test_there_is_an_application_a_release() -> None:
    assert {path.stem for path in (ARGOCD / "apps").glob("*.yaml")} == set(RELEASES)


@pytest.mark.parametrize("name", RELEASES)
def test_an_application_names_its_chart_values_and_namespace(name: str) -> None:
    chart, env = RELEASES[name]
    found = application(name)
    spec = found["spec"]
    assert found["metadata"]["name"] == name
    assert spec["source"]["path"] == f"charts/{chart}"
    assert spec["source"]["targetRevision"] == "main"
    assert spec["source"]["helm"] == {"valueFiles": [f"values-{env}.yaml"]}
    assert spec["destination"] == {"server": CLUSTER, "namespace": NAMESPACES[env]}


@pytest.mark.parametrize("name", RELEASES)
def test_an_application_heals_prunes_and_tries_again(name: str) -> None:
    assert application(name)["spec"]["syncPolicy"] == {
        "automated": {"prune": True, "selfHeal": True},
        "syncOptions": ["CreateNamespace=true", "PruneLast=true", "FailOnSharedResource=true"],
        "retry": {"limit": 5, "backoff": {"duration": "10s", "factor": 2, "maxDuration": "3m"}},
    }


@pytest.mark.parametrize("path", ["root.yaml", *(f"apps/{name}.yaml" for name in RELEASES)])
def test_an_application_takes_its_objects_with_it(path: str) -> None:
    assert load(path)["metadata"]["finalizers"] == ["resources-finalizer.argocd.argoproj.io"]


def test_secrets_come_before_the_application() -> None:
    waves = {
        name: int(application(name)["metadata"]["annotations"]["argocd.argoproj.io/sync-wave"])
        for name in RELEASES
    }
    assert waves == {
        "openbao-secrets-manager-cluster": 0,
        "openbao-secrets-manager-stg": 1,
        "openbao-secrets-manager-prod": 1,
        "plate-llm-stg": 2,
        "plate-llm-prod": 2,
    }


def test_every_file_carries_the_one_repository_url(repository: str) -> None:
    urls = {}
    for path in ARGOCD.rglob("*.yaml"):
        spec = yaml.safe_load(path.read_text("utf-8"))["spec"]
        urls[path.relative_to(ARGOCD).as_posix()] = (
            spec["sourceRepos"] if "sourceRepos" in spec else [spec["source"]["repoURL"]]
        )
    assert urls == {path: [repository] for path in urls}


def test_the_root_deploys_the_applications_and_nothing_else() -> None:
    spec = load("root.yaml")["spec"]
    assert spec["source"]["path"] == "environments/argocd/apps"
    assert spec["destination"] == {"server": CLUSTER, "namespace": "argocd"}
    project = load("projects/plate-root.yaml")["spec"]
    assert project["clusterResourceWhitelist"] == []
    assert project["namespaceResourceWhitelist"] == [
        {"group": "argoproj.io", "kind": "Application"}
    ]


def kinds_of(render: Render, releases: dict[str, tuple[str, str]]) -> set[tuple[str, str]]:
    return {
        (found["apiVersion"].rpartition("/")[0], found["kind"])
        for chart, env in releases.values()
        for found in render(chart, env=env)
        # ArgoCD runs no `helm test` hooks.
        if found["metadata"].get("annotations", {}).get("helm.sh/hook") != "test"
    }


def allowed(project: dict[str, Any], field: str) -> set[tuple[str, str]]:
    return {(entry["group"], entry["kind"]) for entry in project["spec"][field]}


SHOWN_ONLY = {("apps", "ReplicaSet"), ("", "Pod")}
CLUSTER_SCOPED = {
    ("external-secrets.io", "ClusterSecretStore"),
    ("external-secrets.io", "ClusterExternalSecret"),
}


def test_the_project_allows_exactly_the_kinds_that_are_deployed(render: Render) -> None:
    project = load("projects/plate.yaml")
    deployed = kinds_of(render, RELEASES)
    assert (
        allowed(project, "namespaceResourceWhitelist") == (deployed - CLUSTER_SCOPED) | SHOWN_ONLY
    )
    assert allowed(project, "clusterResourceWhitelist") == CLUSTER_SCOPED | {("", "Namespace")}


def test_the_project_allows_exactly_the_namespaces_that_are_used() -> None:
    project = load("projects/plate.yaml")["spec"]
    used = [application(name)["spec"]["destination"] for name in RELEASES]
    namespaces = {destination["namespace"] for destination in used}
    assert {entry["namespace"] for entry in project["destinations"]} == namespaces
    assert {
        entry["name"]
        for entry in project["clusterResourceWhitelist"]
        if entry["kind"] == "Namespace"
    } == namespaces


@pytest.mark.parametrize("name", RELEASES)
def test_applications_live_in_the_narrow_project(name: str) -> None:
    assert application(name)["spec"]["project"] == "plate"


@pytest.mark.parametrize("env", ["stg", "prod"])
def test_self_heal_leaves_a_certificates_challenge_alone(env: str) -> None:
    assert application(f"plate-llm-{env}")["spec"]["ignoreDifferences"] == [
        {
            "group": "networking.k8s.io",
            "kind": "Ingress",
            "jqPathExpressions": [
                ".spec.rules[]?.http.paths[]? "
                '| select(.path | startswith("/.well-known/acme-challenge/"))'
            ],
        }
    ]
