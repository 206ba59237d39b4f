"""Commands that change something, and clusters that nothing names: none of these is asked."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Call, Tree
    from tests.cluster.double.cluster import Cluster

ELSEWHERE = "https://10.0.0.9:6443"
CHANGING = (
    ("argocd", "apply", "web-stg", "--yes"),
    ("argocd", "sync", "web-stg", "--yes"),
    ("argocd", "rollback", "web-stg", "--yes"),
)


def entry(name: str, server: str) -> dict[str, Any]:
    return {
        "contexts": [{"name": name, "context": {"cluster": name, "user": name}}],
        "clusters": [{"name": name, "cluster": {"server": server}}],
        "users": [{"name": name, "user": {"token": f"canary-{name}"}}],
    }


@pytest.fixture
def kubeconfig(kube: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two files: the current context, `dev`, is a cluster that answers; `wl` is elsewhere."""
    paths = [tmp_path / "one", tmp_path / "two"]
    current = {"apiVersion": "v1", "kind": "Config", "current-context": "dev"}
    paths[0].write_text(json.dumps(current | entry("dev", kube.url)))
    paths[1].write_text(json.dumps({"apiVersion": "v1", "kind": "Config"} | entry("wl", ELSEWHERE)))
    monkeypatch.setenv("KUBECONFIG", ":".join(map(str, paths)))
    return paths[0]


@pytest.mark.usefixtures("kubeconfig")
@pytest.mark.parametrize("words", CHANGING, ids=lambda words: words[1])
@pytest.mark.parametrize("settings", ["", '[contexts]\nweb-sgt = "dev"\nargocd = "dev"\n'])
def test_the_current_context_is_not_guessed(
    kube: Cluster, tree: Tree, call: Call, words: tuple[str, ...], settings: str
) -> None:
    tree.write("plate-llm.toml", settings)
    for more in ((), ("--context", "dev")):
        done = call(*words, *more)
        assert done.code == 2
        assert "nothing says that web-stg is in the context 'dev'" in done.err
    assert kube.requests == []


@pytest.mark.usefixtures("kubeconfig")
@pytest.mark.parametrize("words", CHANGING, ids=lambda words: words[1])
def test_yes_really_is_about_the_context_beside_it(
    kube: Cluster, tree: Tree, call: Call, words: tuple[str, ...]
) -> None:
    """What is deployed elsewhere has its Application where ArgoCD runs, which nobody has named."""
    tree.replace("apps/web-stg.yaml", "https://kubernetes.default.svc", ELSEWHERE)
    done = call(*words, "--context", "wl", "--yes-really")
    assert done.code == 2
    assert "nothing says that argocd is in the context 'dev'" in done.err
    assert kube.requests == []
