"""AppProjects allow and refuse what ArgoCD's own functions do."""

from __future__ import annotations

from typing import Any

import pytest

from plate_llm_cli.gitops.applications import IN_CLUSTER
from plate_llm_cli.graph.projects import Project, glob_matches
from plate_llm_cli.source.nodes import Mapping
from plate_llm_cli.source.reader import parse_text

HOME = (parse_text("", "project.yaml"), Mapping((1, 1, 1, 1)))  # type: ignore[arg-type]


def project(**spec: Any) -> Project:
    return Project({"metadata": {"name": "team"}, "spec": spec}, HOME)


@pytest.mark.parametrize(
    ("pattern", "value", "separator", "expected"),
    [
        ("*", "https://a/b", "/", True),
        ("https://a/*", "https://a/b", "/", True),
        ("https://a/*", "https://a/b/c", "/", False),
        ("https://a/**", "https://a/b/c", "/", True),
        ("web-?", "web-1", "", True),
        ("web-[12]", "web-3", "", False),
        ("web-[!12]", "web-3", "", True),
        ("web-{stg,prod}", "web-prod", "", True),
        ("web-{stg,prod}", "web-dev", "", False),
        ("a,b", "a,b", "", True),
        ("web.x", "webax", "", False),
        ("{", "anything", "", True),
    ],
)
def test_a_glob_matches_as_gobwas_has_it(
    pattern: str, value: str, separator: str, expected: object
) -> None:
    assert glob_matches(pattern, value, separator) is expected


@pytest.mark.parametrize(
    ("patterns", "url", "route"),
    [
        (["https://a/b.git"], "https://A/b", None),
        (["git@a:b/c.git"], "ssh://git@a/b/c", None),
        (["https://a/b/c"], "git@a:b/c.git", ("spec", "sourceRepos")),
        (["*", "!https://a/*"], "https://a/b", ("spec", "sourceRepos", 1)),
        # As ArgoCD's code has it, a pattern that denies others lets the rest through.
        (["!https://a/b"], "https://a/c", None),
        ([], "https://a/c", ("spec", "sourceRepos")),
    ],
)
def test_a_source_is_compared_as_argocd_normalises_it(
    patterns: list[str], url: str, route: object
) -> None:
    refusal = project(sourceRepos=patterns).refuses_source(url)
    assert (refusal and refusal.route) == route


@pytest.mark.parametrize(
    ("entries", "cluster", "route"),
    [
        ([{"server": IN_CLUSTER, "namespace": "web"}], IN_CLUSTER, None),
        ([{"name": "in-cluster", "namespace": "w*"}], IN_CLUSTER, None),
        ([{"server": IN_CLUSTER, "namespace": "db"}], IN_CLUSTER, ("spec", "destinations")),
        ([{"name": "seoul", "namespace": "web"}], "busan", ("spec", "destinations")),
        # One knows the address, the other one the name: nobody can tell.
        ([{"server": "https://1.2.3.4", "namespace": "web"}], "busan", None),
        (
            [{"server": "*", "namespace": "*"}, {"server": "*", "namespace": "!web"}],
            IN_CLUSTER,
            ("spec", "destinations", 1),
        ),
    ],
)
def test_a_destination_has_to_be_listed_and_not_denied(
    entries: list[dict[str, str]], cluster: str, route: object
) -> None:
    refusal = project(destinations=entries).refuses_destination(cluster, "web")
    assert (refusal and refusal.route) == route


CLUSTER_ROLE = ("rbac.authorization.k8s.io", "ClusterRole", "web")
ROLE = ("rbac.authorization.k8s.io", "Role", "web")
CUSTOM = ("example.com", "Widget", "web")
RBAC = {"group": "rbac.authorization.k8s.io", "kind": "*"}


@pytest.mark.parametrize(
    ("spec", "kind", "route"),
    [
        ({}, CLUSTER_ROLE, ("spec", "clusterResourceWhitelist")),
        ({"clusterResourceWhitelist": [RBAC]}, CLUSTER_ROLE, None),
        (
            {"clusterResourceWhitelist": [RBAC], "clusterResourceBlacklist": [RBAC]},
            CLUSTER_ROLE,
            ("spec", "clusterResourceBlacklist", 0),
        ),
        (
            {"clusterResourceWhitelist": [{**RBAC, "name": "team-*"}]},
            CLUSTER_ROLE,
            ("spec", "clusterResourceWhitelist"),
        ),
        ({}, ROLE, None),
        ({"namespaceResourceWhitelist": [{"group": "", "kind": "*"}]}, ("", "Secret", "a"), None),
        (
            {"namespaceResourceWhitelist": [{"group": "", "kind": "*"}]},
            ROLE,
            ("spec", "namespaceResourceWhitelist"),
        ),
        # Whether a Widget is of the cluster is not known, and as a namespaced one it is allowed.
        ({}, CUSTOM, None),
    ],
)
def test_a_kind_is_looked_up_in_the_lists_of_its_scope(
    spec: dict[str, Any], kind: tuple[str, str, str], route: object
) -> None:
    refusal = project(**spec).refuses_kind(*kind, {})
    assert (refusal and refusal.route) == route


def test_the_scope_of_a_custom_kind_is_what_its_definition_says() -> None:
    scopes = {("example.com", "Widget"): "Cluster"}
    refusal = project().refuses_kind(*CUSTOM, scopes)
    assert refusal is not None
    assert refusal.route == ("spec", "clusterResourceWhitelist")
