"""`plate-llm argocd apply`: as a person or a pipeline calls it, on good days and on bad ones."""

from __future__ import annotations

import json
import os
import subprocess
from typing import TYPE_CHECKING

import pytest

from plate_llm_cli.cluster import connection
from tests.cli.conftest import command
from tests.cli.reaching import TOKEN, cluster
from tests.cli.terminal import talk

if TYPE_CHECKING:
    from tests.cli.conftest import Call, Tree
    from tests.cluster.double.cluster import Cluster

__all__ = ["cluster"]

APPLIED = "Application argocd/web-stg applied\n"
PROJECT = """\
apiVersion: argoproj.io/v1alpha1
kind: AppProject
metadata:
  name: web
  namespace: argocd
spec:
  sourceRepos: ["*"]
"""


def stored(cluster: Cluster) -> dict[str, object]:
    spec: dict[str, object] = cluster.read("Application", "web-stg", "argocd")["spec"]
    return spec


def test_applied_and_then_nothing_to_do(cluster: Cluster, call: Call) -> None:
    done = call("argocd", "apply", "web-stg")
    assert (done.code, done.out, done.err) == (0, APPLIED, "")
    again = call("argocd", "apply", "web-stg")
    assert (again.code, again.out) == (
        0,
        "nothing to do: Application argocd/web-stg is as in the tree\n",
    )
    assert stored(cluster)["project"] == "default"


def test_a_dry_run_shows_each_field_and_stores_nothing(
    cluster: Cluster, tree: Tree, call: Call
) -> None:
    call("argocd", "apply", "web-stg")
    tree.replace("apps/web-stg.yaml", "targetRevision: main", "targetRevision: v2")
    done = call("argocd", "apply", "web-stg", "--dry-run")
    assert (done.code, done.err) == (0, "")
    assert done.out == (
        "~ Application argocd/web-stg\n    spec.source.targetRevision: main -> v2\n\n1 to change\n"
    )
    assert stored(cluster)["source"]["targetRevision"] == "main"  # type: ignore[index]


@pytest.mark.usefixtures("cluster")
def test_json(call: Call) -> None:
    data = json.loads(call("argocd", "apply", "web-stg", "--format", "json").out)
    assert (data["version"], data["context"], data["dry_run"]) == (1, "stg", False)
    (item,) = data["objects"]
    assert (item["kind"], item["name"], item["applied"]) == ("Application", "web-stg", True)
    assert item["changes"][0]["change"] == "added"


@pytest.mark.usefixtures("cluster")
def test_all_in_the_order_of_the_waves_and_the_project_first(tree: Tree, call: Call) -> None:
    tree.write("projects/web.yaml", PROJECT)
    tree.replace("apps/web-stg.yaml", "project: default", "project: web")
    text = (tree.root / "apps/web-stg.yaml").read_text("utf-8")
    early = '  name: zz-first\n  annotations:\n    argocd.argoproj.io/sync-wave: "-1"\n'
    tree.write("apps/zz-first.yaml", text.replace("  name: web-stg\n", early, 1))
    done = call("argocd", "apply", "web-stg", "--all", "--project")
    assert done.out.splitlines() == [
        "AppProject argocd/web applied",
        "Application argocd/zz-first applied",
        "Application argocd/web-stg applied",
    ]


def test_a_project_that_the_tree_lacks(cluster: Cluster, tree: Tree, call: Call) -> None:
    tree.replace("apps/web-stg.yaml", "project: default", "project: web")
    done = call("argocd", "apply", "web-stg", "--project")
    assert done.code == 2
    assert done.err.startswith("error: the tree has no AppProject web in the namespace argocd\n")
    assert cluster.requests == []


def test_conflicts_and_force(cluster: Cluster, call: Call) -> None:
    call("argocd", "apply", "web-stg")
    theirs = {"spec": {"source": {"targetRevision": "theirs"}}}
    cluster.patch("Application", "web-stg", theirs, "argocd", manager="argocd-server")
    refused = call("argocd", "apply", "web-stg")
    assert (refused.code, refused.out) == (3, "")
    assert refused.err.splitlines() == [
        "error: others manage fields that differ from the tree, nothing was applied",
        "  Application argocd/web-stg: .spec.source.targetRevision: "
        '"argocd-server" using argoproj.io/v1alpha1',
        "hint: --force-conflicts takes these fields over; or let Git say what they are to be",
    ]
    assert call("argocd", "apply", "web-stg", "--force-conflicts").out == APPLIED
    assert stored(cluster)["source"]["targetRevision"] == "main"  # type: ignore[index]


def test_rights_that_are_missing(cluster: Cluster, call: Call) -> None:
    cluster.deny(verb="patch", resource="applications")
    cluster.deny(verb="create", resource="applications")
    done = call("argocd", "apply", "web-stg")
    assert done.code == 3
    assert done.err.splitlines()[1:3] == [
        "  patch Application argocd/web-stg",
        "  create Application argocd/web-stg",
    ]
    assert cluster.asked("PATCH") == []


def test_a_token_that_has_expired(cluster: Cluster, call: Call) -> None:
    cluster.revoke(TOKEN)
    done = call("argocd", "apply", "web-stg")
    assert (done.code, done.out) == (3, "")
    assert TOKEN not in done.err


def test_no_cluster_there(cluster: Cluster, call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "_PAUSES", ())
    cluster.stop()
    done = call("argocd", "apply", "web-stg")
    assert (done.code, done.out) == (3, "")
    assert "(context stg) cannot be reached" in done.err


def test_no_argocd_there(cluster: Cluster, call: Call) -> None:
    cluster.delete("CustomResourceDefinition", "applications.argoproj.io")
    done = call("argocd", "apply", "web-stg")
    assert done.code == 3
    assert done.err.startswith("error: the cluster knows no Application of argoproj.io/v1alpha1\n")


@pytest.mark.parametrize("arguments", [("web-stg", "--context", "other"), ("web-prod",)])
def test_another_context_than_the_right_one(
    cluster: Cluster, call: Call, arguments: tuple[str, ...]
) -> None:
    assert call("argocd", "apply", *arguments).code == 2
    assert cluster.requests == []


@pytest.mark.usefixtures("cluster")
def test_what_is_not_committed_is_warned_of(tree: Tree, call: Call) -> None:
    for arguments in (
        ("init", "-q", "-b", "main"),
        ("add", "-A"),
        ("-c", "user.name=a", "-c", "user.email=a@b.c", "commit", "-q", "-m", "all"),
    ):
        subprocess.run(["git", *arguments], cwd=tree.root, check=True)  # noqa: S603, S607
    assert call("argocd", "apply", "web-stg", "--dry-run").err == ""
    tree.write("charts/web/values-stg.yaml", "greeting: other\n")
    tree.write("charts/web/templates/new.yaml", "")
    done = call("argocd", "apply", "web-stg", "--dry-run")
    assert done.err == (
        "warning: web-stg is deployed from Git, not from this folder, which differs from "
        "the last commit: charts/web/templates/new.yaml, charts/web/values-stg.yaml\n"
    )


@pytest.mark.usefixtures("cluster")
def test_what_is_not_pushed_is_warned_of(tree: Tree, call: Call) -> None:
    who = ("-c", "user.name=a", "-c", "user.email=a@b.c")
    for arguments in (
        ("init", "-q", "-b", "main"),
        ("add", "-A"),
        (*who, "commit", "-q", "-m", "all"),
        ("remote", "add", "upstream", "git@git.example.com:team/deploy.git"),
        ("update-ref", "refs/remotes/upstream/main", "HEAD"),
    ):
        subprocess.run(["git", *arguments], cwd=tree.root, check=True)  # noqa: S603, S607
    tree.write("charts/web/values-stg.yaml", "greeting: other\n")
    subprocess.run(["git", *who, "commit", "-qam", "x"], cwd=tree.root, check=True)  # noqa: S603, S607
    done = call("argocd", "apply", "web-stg", "--dry-run")
    assert "which differs from upstream/main: charts/web/values-stg.yaml\n" in done.err


@pytest.mark.parametrize(("answer", "there"), [(b"n\n", False), (b"y\n", True)])
def test_a_person_is_asked(cluster: Cluster, tree: Tree, answer: bytes, there: bool) -> None:
    code, shown = talk(
        command("argocd", "apply", "web-stg"),
        ((b"Apply this to stg? [y/N]: ", answer),),
        folder=tree.root,
        environ=os.environ | {"NO_COLOR": "1"},
    )
    assert code == 0
    assert "+ Application argocd/web-stg\n" in shown
    assert cluster.exists("Application", "web-stg", "argocd") is there
    assert ("nothing was written" in shown) is not there
    assert TOKEN not in shown


def test_what_changes_while_a_person_thinks_is_not_written_over(
    cluster: Cluster, tree: Tree, call: Call
) -> None:
    call("argocd", "apply", "web-stg")
    tree.replace("apps/web-stg.yaml", "targetRevision: main", "targetRevision: v2")

    def change() -> bytes:
        note = {"metadata": {"labels": {"a": "b"}}, "spec": {"source": {"targetRevision": "v2"}}}
        cluster.patch("Application", "web-stg", note, "argocd", manager="plate-llm")
        return b"y\n"

    code, shown = talk(
        command("argocd", "apply", "web-stg"),
        ((b"Apply this to stg? [y/N]: ", change),),
        folder=tree.root,
    )
    assert code == 3
    assert "something was changed in the cluster meanwhile, nothing was applied" in shown
