"""What a status of an Application means for somebody who waits for a change."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plate_llm_cli.cluster.argocd.verdict import Goal, State, judge
from tests.cluster.applications import AFTER, BEFORE, COMMIT, LATER, NOW, SOURCE, live

GOAL = Goal(NOW, asked=True)
SYNCED = {"status": "Synced", "revision": COMMIT, "comparedTo": {"source": SOURCE}}
OUT = SYNCED | {"status": "OutOfSync"}
OLD_SOURCE = {"status": "Synced", "revision": COMMIT, "comparedTo": {"source": {"path": "old"}}}


def operation(
    phase: str, started: str = AFTER, finished: str = AFTER, **more: Any
) -> dict[str, Any]:
    ended = {} if phase == "Running" else {"finishedAt": finished}
    return {"operationState": {"phase": phase, "startedAt": started, **ended, **more}}


def condition(kind: str, message: str) -> dict[str, Any]:
    return {"conditions": [{"type": kind, "message": message, "lastTransitionTime": BEFORE}]}


def resource(**more: Any) -> dict[str, Any]:
    return {"version": "v1", "kind": "ConfigMap", "namespace": "staging", "name": "old"} | more


WAITING: dict[str, tuple[dict[str, Any], str]] = {
    "stale Healthy": ({"reconciledAt": BEFORE}, "ArgoCD has not looked yet"),
    "never looked at": ({"reconciledAt": None}, "ArgoCD has not looked yet"),
    "compared with the old source": (
        {"sync": OLD_SOURCE},
        "ArgoCD has compared with what the Application said before",
    ),
    "sync runs": (
        operation("Running", message="waiting for healthy state of apps/Deployment/web"),
        "a sync is running: waiting for healthy state of apps/Deployment/web",
    ),
    "sync is being ended": (operation("Terminating"), "a sync is running:"),
    "sync ended after the look": (
        operation("Succeeded", finished=LATER),
        "ArgoCD has not looked since the sync ended",
    ),
    "out of sync": ({"sync": OUT}, "OutOfSync"),
    "progressing": (
        {"health": {"status": "Progressing", "message": "1 of 2 updated"}},
        "Progressing: 1 of 2 updated",
    ),
    "missing": ({"health": {"status": "Missing"}}, "Missing"),
    "repo server restarts": (
        condition("ComparisonError", "rpc error: code = Unavailable desc = connection refused"),
        "ComparisonError: rpc error: code = Unavailable desc = connection refused",
    ),
    "old sync failed, a new one is not yet there": (
        operation("Failed", started=BEFORE, finished=BEFORE) | {"sync": OUT},
        "OutOfSync",
    ),
}

FAILED: dict[str, tuple[dict[str, Any], str]] = {
    "sync failed": (
        operation("Failed", message="one or more objects failed to apply"),
        "the sync has failed: one or more objects failed to apply",
    ),
    "sync ended in an error": (
        operation("Error"),
        "the sync ended in an error: ArgoCD gives no reason",
    ),
    "does not render": (
        condition("ComparisonError", "helm template failed exit status 1"),
        "ComparisonError: helm template failed exit status 1",
    ),
    "invalid": (
        condition("InvalidSpecError", "no such project"),
        "InvalidSpecError: no such project",
    ),
    "suspended": ({"health": {"status": "Suspended"}}, "Suspended"),
}


@pytest.mark.parametrize(("status", "reason"), WAITING.values(), ids=WAITING.keys())
def test_goes_on_waiting(status: dict[str, Any], reason: str) -> None:
    verdict = judge(live(status), GOAL)
    assert (verdict.state, verdict.reason) == (State.WAITING, reason.removesuffix(":"))


@pytest.mark.parametrize(("status", "reason"), FAILED.values(), ids=FAILED.keys())
def test_fails_at_once(status: dict[str, Any], reason: str) -> None:
    verdict = judge(live(status), GOAL)
    assert (verdict.state, verdict.reason) == (State.FAILED, reason)


def test_up() -> None:
    verdict = judge(live(operation("Succeeded")), GOAL)
    assert (verdict.state, verdict.reason) == (State.DONE, "Synced and Healthy")


def test_a_warning_does_not_keep_it_from_being_up() -> None:
    app = live(condition("OrphanedResourceWarning", "Application has 2 orphaned resources"))
    assert judge(app, GOAL).state is State.DONE


def test_degraded_is_told_apart_for_it_may_pass() -> None:
    assert judge(live({"health": {"status": "Degraded"}}), GOAL).state is State.DEGRADED


def test_waits_while_the_request_to_look_is_not_taken_up() -> None:
    asked = {"annotations": {"argocd.argoproj.io/refresh": "normal"}}
    app = live(metadata={"name": "web-stg", "namespace": "argocd"} | asked)
    assert judge(app, GOAL).reason == "ArgoCD has not looked yet"


def test_without_acknowledgement_the_second_of_the_change_is_too_early() -> None:
    app = live({"reconciledAt": "2026-05-04T12:00:00Z"})
    assert judge(app, GOAL).state is State.DONE
    assert judge(app, replace(GOAL, asked=False)).state is State.WAITING


def test_waits_for_the_commit_that_was_asked_for() -> None:
    wanted = replace(GOAL, revision="2" * 40)
    assert judge(live(), wanted).reason == "it is at 111111111111, not yet at 222222222222"
    assert judge(live(), replace(GOAL, revision=COMMIT)).state is State.DONE


def test_the_commit_may_be_that_of_one_source_of_several() -> None:
    sync = {"status": "Synced", "revisions": ["1.2.3", COMMIT]}
    assert judge(live({"sync": sync}), replace(GOAL, revision=COMMIT)).state is State.DONE


def test_without_automated_sync_nothing_will_happen() -> None:
    verdict = judge(live({"sync": OUT}, spec={"source": SOURCE}), GOAL)
    assert (verdict.state, verdict.advice) == (
        State.FAILED,
        "plate-llm argocd sync web-stg starts one",
    )
    assert judge(
        live({"sync": OUT}, spec={"source": SOURCE}), replace(GOAL, syncing=True)
    ).state is (State.WAITING)


def test_automated_sync_can_be_switched_off_by_a_field() -> None:
    policy = {"source": SOURCE, "syncPolicy": {"automated": {"enabled": False}}}
    assert judge(live({"sync": OUT}, spec=policy), GOAL).state is State.FAILED


def test_what_is_not_pruned_stays_out_of_sync_for_ever() -> None:
    behind = {"sync": OUT, "resources": [resource(status="OutOfSync", requiresPruning=True)]}
    spec = {"source": SOURCE, "syncPolicy": {"automated": {}}}
    verdict = judge(live(behind, spec=spec), GOAL)
    assert verdict.state is State.FAILED
    assert verdict.reason == "Git no longer has ConfigMap staging/old, and pruning is off"


def test_an_application_that_is_being_deleted_is_given_up() -> None:
    metadata = {"name": "web-stg", "namespace": "argocd", "deletionTimestamp": AFTER}
    assert judge(live(metadata=metadata), GOAL).reason == "the Application is being deleted"


@pytest.mark.parametrize(
    ("more", "state"),
    [
        ({}, State.FAILED),
        (operation("Failed", started=BEFORE, finished=BEFORE), State.FAILED),
        (operation("Running"), State.WAITING),
        (operation("Succeeded", finished=LATER), State.WAITING),
        (operation("Succeeded"), State.DONE),
    ],
)
def test_the_error_of_the_sync_before_does_not_end_the_next_one(
    more: dict[str, Any], state: State
) -> None:
    error = condition("SyncError", "Failed last sync attempt to [1]: refused")
    assert judge(live(error | more), GOAL).state is state


def test_the_error_of_the_sync_before_does_not_end_one_that_is_asked_for() -> None:
    app = live(condition("SyncError", "Failed last sync attempt to [1]: refused"))
    app.node["operation"] = {"sync": {"prune": True}}
    assert judge(app, GOAL).reason == "a sync is running"


def test_a_sync_that_was_asked_for_is_judged_by_its_own_operation() -> None:
    ours, error = replace(GOAL, syncing=True), condition("SyncError", "refused")
    assert judge(live(error | {"sync": OUT}), ours).state is State.WAITING
    failed = operation("Failed", message="refused again")
    assert judge(live(error | failed), ours).reason == "the sync has failed: refused again"


@given(
    st.sampled_from(["Synced", "OutOfSync", "Unknown", ""]),
    st.sampled_from(["Healthy", "Progressing", "Degraded", "Missing", "Suspended", ""]),
    st.integers(-100, -1),
)
def test_a_status_from_before_the_change_never_says_that_it_is_up(
    sync: str, health: str, seconds: int
) -> None:
    moment = NOW.timestamp() + seconds
    looked = NOW.fromtimestamp(moment, NOW.tzinfo).isoformat()
    status = {
        "reconciledAt": looked,
        "sync": SYNCED | {"status": sync},
        "health": {"status": health},
    }
    assert judge(live(status), GOAL).state is State.WAITING
