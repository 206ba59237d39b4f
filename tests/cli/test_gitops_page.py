"""The page about GitOps: its commands, in its order, on a copy of this tree and a cluster."""

from __future__ import annotations

import re
import shlex
import subprocess
from typing import TYPE_CHECKING

from tests.cli.deployments import ROOT, ours
from tests.cluster.double.argocd import ArgoCD

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from tests.cli.conftest import Call, Tree
    from tests.cluster.double.cluster import Cluster

__all__ = ["ours"]

PAGE = (ROOT / "docs" / "gitops.md").read_text("utf-8")
COMMANDS = re.findall(r"^\$ plate-llm (.*)$", PAGE, flags=re.MULTILINE)
REPOSITORY = (
    ("init", "-q", "-b", "main"),
    ("add", "-A"),
    ("-c", "user.name=a", "-c", "user.email=a@b.c", "commit", "-q", "-m", "all"),
    ("update-ref", "refs/remotes/origin/main", "HEAD"),
)
CONTEXTS = "[contexts]\nstg = 'stg'\n"


def test_every_command_of_the_page(
    kube: Cluster, ours: Tree, call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KUBECONFIG", str(kube.kubeconfig(tmp_path / "config", context="stg")))
    ours.write("plate-llm.toml", (ours.root / "plate-llm.toml").read_text("utf-8") + CONTEXTS)
    for git in REPOSITORY:
        subprocess.run(["git", *git], cwd=ours.root, check=True)  # noqa: S603, S607 - our own words
    head = subprocess.check_output(["git", "rev-parse", "HEAD"], cwd=ours.root, text=True)  # noqa: S607
    ArgoCD(kube).plan("plate-llm-stg", revisions=[head.strip()])
    kube.namespace("argocd", "plate-stg")
    for line in COMMANDS:
        if "--watch" in line:  # for a terminal
            continue
        ended = call(*shlex.split(line))
        assert ended.code in (0, 1), (line, ended.out, ended.err)  # 1 is a difference, or unwell
        assert "error:" not in ended.err, (line, ended.err)
    assert kube.exists("Application", "plate-llm-stg", "argocd")
