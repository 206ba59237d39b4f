"""A cluster that the small tree names as that of staging."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Tree
    from tests.cluster.double.cluster import Cluster

TOKEN = "canary-token-7d1e"  # noqa: S105 - of a double
"""The token of the context: nobody must ever see it."""


@pytest.fixture
def cluster(kube: Cluster, tree: Tree, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Cluster:
    """A cluster with the namespaces of staging and of ArgoCD; only `TOKEN` lets in."""
    tree.write("plate-llm.toml", '[contexts]\nweb-stg = "stg"\n')
    kube.token(TOKEN, "alice")
    path = kube.kubeconfig(tmp_path / "config", context="stg", token=TOKEN)
    monkeypatch.setenv("KUBECONFIG", str(path))
    kube.namespace("argocd", "staging")
    return kube
