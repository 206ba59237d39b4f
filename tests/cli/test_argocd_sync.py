"""`plate-llm argocd sync` and `argocd rollback`: what they ask for, and what they print."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.cli.reaching import TOKEN, cluster
from tests.cluster.connecting import application
from tests.cluster.double import argocd_scripts as scripts
from tests.cluster.double.argocd import ArgoCD, status

if TYPE_CHECKING:
    from tests.cli.conftest import Call, Tree
    from tests.cluster.double.cluster import Cluster

__all__ = ["cluster"]

NAME = "Application argocd/web-stg"


def deploy(cluster: Cluster, *, sync: str = "Synced", **state: Any) -> None:
    made = application(automated=state.pop("automated", False))
    cluster.create(made | {"status": status(made, sync=sync) | state})


def stored(cluster: Cluster) -> Any:
    return cluster.read("Application", "web-stg", "argocd")


def entry(number: int) -> dict[str, Any]:
    source = application()["spec"]["source"]
    source["helm"] = {"parameters": [{"name": "password", "value": TOKEN}]}
    when = "2026-05-04T12:00:00Z"
    return {"id": number, "revision": str(number) * 40, "deployedAt": when, "source": source}


def test_a_sync_is_asked_for(cluster: Cluster, call: Call) -> None:
    deploy(cluster, sync="OutOfSync")
    ArgoCD(cluster, scripts.stale())
    done = call("argocd", "sync", "web-stg", "--prune")
    assert (done.code, done.err) == (0, "")
    assert done.out == f"sync of {NAME} to the target revision and prune: asked for\n"
    assert stored(cluster)["operation"]["sync"]["prune"] is True


def test_a_sync_that_is_waited_for(cluster: Cluster, call: Call) -> None:
    deploy(cluster, sync="OutOfSync")
    ArgoCD(cluster)
    done = call("argocd", "sync", "web-stg", "--wait")
    assert done.code == 0
    assert done.out.splitlines()[1].startswith("web-stg is Synced and Healthy at 111111111111 (")


def test_a_wait_for_a_sync_that_fails(cluster: Cluster, call: Call) -> None:
    deploy(cluster, sync="OutOfSync")
    ArgoCD(cluster, scripts.failed_operation("no quota"))
    done = call("argocd", "sync", "web-stg", "--wait", "--format", "json")
    assert done.code == 1
    data = json.loads(done.out)
    assert (data["state"], data["reason"]) == ("failed", "the sync has failed: no quota")


def test_automated_sync_with_nothing_to_change(cluster: Cluster, call: Call) -> None:
    deploy(cluster, automated=True)
    ArgoCD(cluster, scripts.stale())
    done = call("argocd", "sync", "web-stg")
    assert done.code == 0
    assert done.out.startswith(f"nothing to do: {NAME} is Synced")
    assert done.out.endswith(", and automated sync is on\n")
    assert "operationState" not in stored(cluster)["status"]


def test_a_dry_run_of_a_sync(cluster: Cluster, call: Call) -> None:
    service = {"version": "v1", "kind": "Service", "name": "web", "status": "OutOfSync"}
    deploy(cluster, sync="OutOfSync", resources=[service])
    before = stored(cluster)
    done = call("argocd", "sync", "web-stg", "--dry-run", "--resource", "Service/web")
    assert done.code == 0
    assert done.out == (
        "KIND     NAME  STATE\n"
        "Service  web   OutOfSync\n"
        f"sync of {NAME} to the target revision (1 resource alone): "
        "would be asked for, nothing was changed\n"
    )
    assert stored(cluster) == before


def test_json_of_a_sync(cluster: Cluster, call: Call) -> None:
    deploy(cluster, sync="OutOfSync")
    ArgoCD(cluster, scripts.stale())
    data = json.loads(call("argocd", "sync", "web-stg", "--format", "json").out)
    assert (data["started"], data["application"]) == (True, "web-stg")
    assert data["operation"]["syncStrategy"] == {"hook": {}}
    assert data["resource_version"] == stored(cluster)["metadata"]["resourceVersion"]


def test_a_sync_runs_already(cluster: Cluster, call: Call) -> None:
    by = {"initiatedBy": {"username": "bob"}}
    when = "2026-05-04T12:00:00Z"
    deploy(cluster, operationState={"phase": "Running", "startedAt": when, "operation": by})
    done = call("argocd", "sync", "web-stg")
    assert (done.code, done.out) == (1, "")
    assert done.err.splitlines() == [
        f"error: a sync of {NAME} runs already, started by bob at 2026-05-04 12:00:00Z",
        "hint: plate-llm argocd wait web-stg, then run the command again",
    ]


@pytest.mark.parametrize("other", [("--revision", "v2"), ("--dry-run",)])
def test_what_cannot_be_waited_for(cluster: Cluster, call: Call, other: tuple[str, ...]) -> None:
    assert call("argocd", "sync", "web-stg", "--wait", *other).code == 2
    assert cluster.requests == []


@pytest.mark.parametrize("name", ["sync", "rollback"])
def test_another_context_than_the_right_one(cluster: Cluster, call: Call, name: str) -> None:
    assert call("argocd", name, "web-prod").code == 2
    assert cluster.requests == []


def test_who_may_not_sync(cluster: Cluster, call: Call) -> None:
    deploy(cluster)
    cluster.deny(verb="patch", resource="applications")
    done = call("argocd", "sync", "web-stg")
    assert done.code == 3
    assert done.err.startswith(f"error: may not change {NAME}")
    assert TOKEN not in done.err


def test_what_argocd_may_not_be_asked_about_is_not_called_synced(
    cluster: Cluster, call: Call
) -> None:
    deploy(cluster, automated=True)
    cluster.deny(verb="patch", resource="applications")
    done = call("argocd", "sync", "web-stg")
    assert (done.code, done.out) == (3, "")
    assert done.err.startswith(f"error: may not change {NAME}, nothing was synced\n")


def test_the_history(cluster: Cluster, call: Call) -> None:
    deploy(cluster, history=[entry(3), entry(4)], summary={"images": ["web:1.4"]})
    done = call("argocd", "rollback", "web-stg", "--list")
    assert (done.code, done.err) == (0, "")
    assert done.out == (
        "ID       DEPLOYED              REVISION      BY  SOURCE\n"
        "4 (now)  2026-05-04 12:00:00Z  444444444444  -   charts/web @ main\n"
        "3        2026-05-04 12:00:00Z  333333333333  -   charts/web @ main\n"
        "\n"
        "images now: web:1.4\n"
    )


def test_the_history_for_programs_holds_no_values(cluster: Cluster, call: Call) -> None:
    deploy(cluster, history=[entry(3), entry(4)])
    done = call("argocd", "rollback", "web-stg", "--list", "--format", "json")
    data = json.loads(done.out)
    assert [(item["id"], item["current"]) for item in data["history"]] == [(4, True), (3, False)]
    assert TOKEN not in done.out


def test_a_rollback(cluster: Cluster, call: Call) -> None:
    deploy(cluster, automated=True, history=[entry(3), entry(4)])
    done = call("argocd", "rollback", "web-stg", "--disable-auto-sync")
    assert done.code == 0
    assert done.out == (
        "back to 3 (333333333333, deployed 2026-05-04 12:00:00Z)\n"
        f"sync of {NAME} to 333333333333: asked for\n"
    )
    assert done.err.splitlines() == [
        f"warning: automated sync of {NAME} is OFF now: what is pushed is not deployed",
        "hint: plate-llm argocd apply web-stg switches it on again",
        "note: Git still says otherwise; git revert makes it last",
    ]
    assert "automated" not in stored(cluster)["spec"]["syncPolicy"]


def test_applying_switches_automated_sync_on_again(
    cluster: Cluster, tree: Tree, call: Call
) -> None:
    text = (tree.root / "apps/web-stg.yaml").read_text("utf-8")
    policy = "  syncPolicy:\n    automated:\n      selfHeal: true\n"
    tree.write("apps/web-stg.yaml", f"{text}{policy}")
    call("argocd", "apply", "web-stg")
    history = {"status": {"history": [entry(3), entry(4)]}}
    cluster.patch("Application", "web-stg", history, "argocd", manager="argocd")
    assert call("argocd", "rollback", "web-stg", "--disable-auto-sync").code == 0
    assert "automated" not in stored(cluster)["spec"].get("syncPolicy", {})
    assert call("argocd", "apply", "web-stg").code == 0
    assert stored(cluster)["spec"]["syncPolicy"] == {"automated": {"selfHeal": True}}


def test_json_of_a_rollback_holds_no_values(cluster: Cluster, call: Call) -> None:
    deploy(cluster, history=[entry(3), entry(4)])
    done = call("argocd", "rollback", "web-stg", "--format", "json")
    assert json.loads(done.out)["revisions"] == ["3" * 40]
    assert TOKEN not in done.out + done.err


def test_automated_sync_is_in_the_way_of_a_rollback(cluster: Cluster, call: Call) -> None:
    deploy(cluster, automated=True, history=[entry(3), entry(4)])
    done = call("argocd", "rollback", "web-stg")
    assert done.code == 2
    assert "--disable-auto-sync" in done.err
    assert cluster.asked("PATCH") == []


def test_a_dry_run_of_a_rollback(cluster: Cluster, call: Call) -> None:
    deploy(cluster, automated=True, history=[entry(3), entry(4)])
    before = stored(cluster)
    done = call("argocd", "rollback", "web-stg", "3", "--disable-auto-sync", "--dry-run")
    assert (done.code, done.err) == (0, "")
    assert done.out.endswith("would be asked for, nothing was changed\n")
    assert stored(cluster) == before
