from __future__ import annotations

import pytest

from plate_llm_cli.graph.scopes import of_cluster


@pytest.mark.parametrize(
    ("group", "kind", "expected"),
    [
        ("", "Namespace", True),
        ("rbac.authorization.k8s.io", "ClusterRole", True),
        ("cert-manager.io", "ClusterIssuer", True),
        ("cluster.x-k8s.io", "Cluster", False),
        ("apps", "Deployment", False),
        ("example.org", "Widget", True),
        ("example.org", "ClusterWidget", False),
    ],
)
def test_which_kinds_belong_to_the_cluster(group: str, kind: str, expected: bool) -> None:
    scopes = {("example.org", "Widget"): "Cluster", ("example.org", "ClusterWidget"): "Namespaced"}
    assert of_cluster(group, kind, scopes) is expected
