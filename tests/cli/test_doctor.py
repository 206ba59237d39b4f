"""`plate-llm doctor`: what it says of a machine, a cluster and an OpenBao."""

from __future__ import annotations

import json
import os
import re
import subprocess
from typing import TYPE_CHECKING

from tests.cli.reaching import cluster
from tests.cli.stores import SPEC

__all__ = ["cluster"]

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from tests.cli.conftest import Call, Tree
    from tests.cluster.double.cluster import Cluster
    from tests.secrets.fixtures import Bao


OTHER = "canary-token-2b6f"


def line_of(out: str, name: str) -> str:
    found = re.search(rf"^  +(\w+) +{re.escape(name)}  +(.*)$", out, re.MULTILINE)
    assert found, out
    return f"{found[1]}: {found[2]}"


def test_without_env_the_machine_and_git(tree: Tree, call: Call) -> None:
    del tree
    done = call("doctor")
    assert (done.code, done.err) == (0, "")
    assert line_of(done.out, "Helm") == "ok: built in"
    assert line_of(done.out, "checkout").startswith("skip: ")
    assert line_of(done.out, "OpenBao") == "skip: this tree has no secrets spec"
    assert "cluster" not in done.out


def test_a_helm_that_does_not_start(
    tree: Tree, call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    del tree
    helm = tmp_path / "bin" / "helm"
    helm.parent.mkdir()
    helm.write_bytes(b"\x7fELF of another machine")
    helm.chmod(0o755)
    monkeypatch.setenv("PATH", f"{helm.parent}{os.pathsep}{os.environ['PATH']}")
    assert line_of(call("doctor").out, "helm binary") == (
        f"warn: {helm} does not start: --engine helm would not work"
    )


def test_what_argocd_does_not_see(tree: Tree, call: Call) -> None:
    for command in (
        ("init", "-q", "-b", "main"),
        ("remote", "add", "origin", "https://me:s3cr3t@git.example.com/team/deploy.git"),
    ):
        subprocess.run(["git", *command], cwd=tree.root, check=True)  # noqa: S603, S607
    done = call("doctor")
    assert line_of(done.out, "origin") == "ok: https://git.example.com/team/deploy.git"
    assert line_of(done.out, "working tree").startswith("warn: main, with 2 changed files: ")
    assert line_of(done.out, "upstream").startswith("warn: main follows no branch: ")
    assert "s3cr3t" not in done.out


def test_a_branch_that_follows_what_is_not_here(tree: Tree, call: Call) -> None:
    for command in (
        ("init", "-q", "-b", "main"),
        ("remote", "add", "origin", "https://git.example.com/team/deploy.git"),
        ("config", "branch.main.remote", "origin"),
        ("config", "branch.main.merge", "refs/heads/gone"),
    ):
        subprocess.run(["git", *command], cwd=tree.root, check=True)  # noqa: S603, S607
    assert line_of(call("doctor").out, "upstream").startswith(
        "warn: main follows origin/gone, which is not here: "
    )


def test_a_cluster_in_which_all_is_allowed(cluster: Cluster, call: Call) -> None:
    done = call("doctor", "web-stg")
    assert line_of(done.out, "context") == "ok: stg"
    assert line_of(done.out, "argocd apply") == "ok: allowed"
    assert line_of(done.out, "ArgoCD").startswith("ok: its CRDs are there")
    assert cluster.url in line_of(done.out, "API server")
    assert line_of(done.out, "External Secrets") == "skip: no ExternalSecret is rendered"
    assert line_of(done.out, "host") == "skip: no Ingress with a host is rendered"


def test_without_the_helm_that_is_set_the_rest_is_looked_at(
    cluster: Cluster, tree: Tree, call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    tree.write("plate-llm.toml", 'engine = "helm"\n[contexts]\nweb-stg = "stg"\n')
    monkeypatch.setattr("shutil.which", lambda _: None)
    done = call("doctor", "web-stg")
    assert (done.code, done.err) == (1, "")
    assert line_of(done.out, "rendering").startswith("fail: there is no `helm` on PATH: ")
    assert cluster.url in line_of(done.out, "API server")


def test_what_may_not_be_done_is_named_by_command(cluster: Cluster, call: Call) -> None:
    cluster.deny(verb="patch", group="argoproj.io", resource="applications")
    cluster.deny(verb="list", resource="pods")
    done = call("doctor", "web-stg")
    assert line_of(done.out, "argocd apply") == (
        "warn: may not patch Application in argocd: ask who runs the cluster for it"
    )
    assert line_of(done.out, "status") == (
        "warn: may not list Pod in staging: ask who runs the cluster for it"
    )
    assert done.code == 0


def test_the_version_of_argocd_that_runs(cluster: Cluster, call: Call) -> None:
    labels = {"app.kubernetes.io/name": "argocd-application-controller"}
    container = {"name": "c", "image": "quay.io/argoproj/argocd:v3.2.1@sha256:" + "0" * 64}
    cluster.create(
        {
            "apiVersion": "apps/v1",
            "kind": "StatefulSet",
            "metadata": {"name": "c", "namespace": "argocd", "labels": labels},
            "spec": {
                "selector": {"matchLabels": labels},
                "template": {"metadata": {"labels": labels}, "spec": {"containers": [container]}},
            },
        }
    )
    assert line_of(call("doctor", "web-stg").out, "ArgoCD") == "ok: argocd:v3.2.1"


def test_an_api_server_that_is_gone_is_a_line(cluster: Cluster, call: Call) -> None:
    cluster.stop()
    done = call("doctor", "web-stg")
    assert done.code == 1
    assert line_of(done.out, "API server").startswith(
        f"fail: {cluster.url} (context stg) cannot be reached: Connection refused"
    )


def test_a_token_that_is_not_accepted(cluster: Cluster, tmp_path: Path, call: Call) -> None:
    cluster.kubeconfig(tmp_path / "config", context="stg", token=OTHER)
    done = call("doctor", "web-stg")
    assert line_of(done.out, "API server").startswith("fail: cannot ")
    assert OTHER not in done.out + done.err


def test_another_context_is_refused(cluster: Cluster, call: Call, tmp_path: Path) -> None:
    cluster.kubeconfig(tmp_path / "config", context="prod")
    done = call("doctor", "web-stg", "--context", "prod")
    assert line_of(done.out, "context").startswith(
        "fail: web-stg is in the context 'stg', not in 'prod'"
    )


def test_a_typo(tree: Tree, call: Call) -> None:
    del tree
    done = call("doctor", "web-sgt")
    assert (done.code, done.err) == (
        2,
        "error: no environment 'web-sgt'\nhint: did you mean web-stg?\n",
    )


def test_openbao(bao: Bao, call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(bao.tree(tmp_path / "tree", SPEC, ("stg", "prod")))
    done = call("doctor")
    assert line_of(done.out, "OpenBao") == f"ok: {bao.address}, up and not sealed"
    assert line_of(done.out, "token") == "ok: token, policies root"
    assert bao.token not in done.out + done.err


def test_an_environment_without_secrets(
    bao: Bao, call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(bao.tree(tmp_path / "tree", SPEC, ("stg", "prod", "docs")))
    done = call("doctor", "docs")
    assert line_of(done.out, "OpenBao") == f"ok: {bao.address}, up and not sealed"


def test_json(tree: Tree, call: Call) -> None:
    del tree
    data = json.loads(call("doctor", "--format", "json").out)
    assert (data["version"], data["summary"]["fail"]) == (1, 0)
    assert data["checks"][0]["name"] == "Python"
