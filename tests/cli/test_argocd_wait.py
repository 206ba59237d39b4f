"""`plate-llm argocd wait`: what it prints, when it ends, and what an interrupt leaves."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from typing import TYPE_CHECKING

import pytest

from plate_llm_cli.commands.argocd import until_up
from tests.cli.conftest import command
from tests.cli.reaching import TOKEN, cluster
from tests.cluster.connecting import application
from tests.cluster.double import argocd_scripts as scripts
from tests.cluster.double.argocd import ArgoCD

__all__ = ["cluster"]

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Call, Tree
    from tests.cluster.double.cluster import Cluster

COMMIT = "c" * 40


def test_up(cluster: Cluster, call: Call) -> None:
    ArgoCD(cluster).plan("web-stg", scripts.success(), revisions=[COMMIT])
    cluster.create(application())
    done = call("argocd", "wait", "web-stg")
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith("web-stg is Synced and Healthy at cccccccccccc (")


def test_json(cluster: Cluster, call: Call) -> None:
    ArgoCD(cluster).plan("web-stg", scripts.success(), revisions=[COMMIT])
    cluster.create(application())
    data = json.loads(call("argocd", "wait", "web-stg", "--format", "json").out)
    assert (data["state"], data["revisions"], data["objects"]) == ("up", [COMMIT], [])


def test_a_failed_sync_names_what_failed(cluster: Cluster, call: Call) -> None:
    migrate = scripts.Resource(
        "Job", "migrate", "batch", hook="PreSync", hook_phase="Failed", status="SyncFailed",
        message="Job has reached the specified backoff limit",
    )  # fmt: skip
    ArgoCD(cluster, scripts.failed_operation("one or more synchronization tasks failed", [migrate]))
    cluster.create(application())
    done = call("argocd", "wait", "web-stg")
    assert done.code == 1
    first, why, *_ = done.out.splitlines()
    assert first.startswith("web-stg will not come up (")
    # Of a sync that began before the wait, a condition tells.
    assert why.split()[0] == "why"
    assert why.endswith(": one or more synchronization tasks failed")
    assert "Job has reached the specified backoff limit" in done.out
    assert TOKEN not in done.out + done.err


def test_the_time_runs_out(cluster: Cluster, call: Call) -> None:
    ArgoCD(cluster, scripts.stuck())
    cluster.create(application())
    begun = time.monotonic()
    done = call("argocd", "wait", "web-stg", "--timeout", "1s")
    assert done.code == 1
    assert done.out.startswith("web-stg did not come up within 1 s\n")
    assert time.monotonic() - begun < 5


def test_an_api_server_that_does_not_answer_is_not_waited_for_longer(
    cluster: Cluster, call: Call
) -> None:
    cluster.create(application())
    cluster.fault(delay=4, times=None)
    begun = time.monotonic()
    done = call("argocd", "wait", "web-stg", "--timeout", "1s")
    assert (done.code, done.out) == (3, "")
    assert "it does not answer in time" in done.err
    assert time.monotonic() - begun < 3.5


def test_what_is_in_the_way_is_not_looked_for_without_end(
    cluster: Cluster, call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(until_up, "_EVIDENCE_SECONDS", 0.2)
    ArgoCD(cluster, scripts.stuck())
    cluster.create(application())
    cluster.fault("/events", silent=True, times=None)
    begun = time.monotonic()
    done = call("argocd", "wait", "web-stg", "--timeout", "1s")
    assert done.code == 1
    assert "not looked at: " in done.out
    assert time.monotonic() - begun < 5


def test_not_there(cluster: Cluster, call: Call) -> None:
    del cluster
    done = call("argocd", "wait", "web-stg")
    assert (done.code, done.out) == (3, "")
    assert done.err.splitlines() == [
        "error: there is no Application argocd/web-stg in stg",
        "hint: plate-llm argocd apply web-stg brings it there",
    ]


def test_an_interrupt_leaves_the_last_status(cluster: Cluster, tree: Tree) -> None:
    ArgoCD(cluster, scripts.stuck())
    cluster.create(application())
    with subprocess.Popen(  # noqa: S603 - our own command
        command("argocd", "wait", "web-stg"),
        cwd=tree.root,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=dict(os.environ),
    ) as running:
        deadline = time.monotonic() + 30
        while not any(
            "watch=" in request.path or "watch" in request.query for request in cluster.requests
        ):
            assert time.monotonic() < deadline
            time.sleep(0.02)
        running.send_signal(signal.SIGINT)
        out, err = running.communicate(timeout=10)
    assert (running.returncode, out) == (130, b"")
    assert err.decode().startswith("web-stg: no longer waited for\n  last seen")


@pytest.mark.parametrize("text", ["", "5", "0s", "m", "1x", "-1s", "\u0665s"])
def test_what_is_no_time(tree: Tree, call: Call, text: str) -> None:
    del tree
    done = call("argocd", "wait", "web-stg", "--timeout", text)
    assert done.code == 2
    assert f"--timeout {text!r} is no time" in done.err


def test_a_revision_that_git_does_not_know(cluster: Cluster, tree: Tree, call: Call) -> None:
    del cluster
    subprocess.run(["git", "init", "-q"], cwd=tree.root, check=True)  # noqa: S607
    done = call("argocd", "wait", "web-stg", "--revision", "v9")
    assert (done.code, done.err.splitlines()[0]) == (
        2,
        "error: Git here does not know the revision 'v9'",
    )


def test_a_commit_that_is_not_pushed_is_warned_of(cluster: Cluster, tree: Tree, call: Call) -> None:
    def git(*arguments: str) -> str:
        who = ("-c", "user.name=a", "-c", "user.email=a@b.c")
        done = subprocess.run(  # noqa: S603 - our own words
            ["git", *who, *arguments],  # noqa: S607 - the one on PATH
            cwd=tree.root, check=True, capture_output=True, text=True,
        )  # fmt: skip
        return done.stdout.strip()

    def said() -> str:
        commit = git("rev-parse", "HEAD")
        cluster.patch(
            "Application", "web-stg", {"status": {"sync": {"revision": commit}}}, "argocd"
        )
        return call("argocd", "wait", "web-stg", "--revision", "HEAD", "--timeout", "1s").err

    ArgoCD(cluster)
    cluster.create(application())
    git("init", "-q")
    git("commit", "-q", "--allow-empty", "-m", "first")
    assert said() == ""  # where nothing was fetched, nothing is known
    git("update-ref", "refs/remotes/origin/main", "HEAD")
    assert said() == ""
    git("commit", "-q", "--allow-empty", "-m", "second")
    head = git("rev-parse", "--short=12", "HEAD")
    assert said() == (f"warning: {head} is on no remote branch that Git here knows: git push?\n")


def test_a_kubeconfig_that_is_broken(
    tree: Tree, call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    del tree
    (tmp_path / "config").write_text(f"users: [{{token: {TOKEN}}}\n", "utf-8")
    monkeypatch.setenv("KUBECONFIG", str(tmp_path / "config"))
    done = call("argocd", "wait", "web-stg")
    assert done.code == 2
    assert "is no kubeconfig: line 2 is no YAML" in done.err
    assert TOKEN not in done.err


def test_the_current_context_is_named_when_it_is_guessed(
    cluster: Cluster, tree: Tree, call: Call
) -> None:
    ArgoCD(cluster)
    cluster.create(application())
    tree.remove("plate-llm.toml")
    done = call("argocd", "wait", "web-stg")
    assert (done.code, done.err) == (
        0,
        "looking at the current context of the kubeconfig: stg\n",
    )
