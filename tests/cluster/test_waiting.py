"""Waiting for an Application: against a cluster that answers late, wrongly, or not at all."""

from __future__ import annotations

import threading
import time
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from plate_llm_cli.cluster.argocd import waiting
from plate_llm_cli.cluster.argocd.verdict import State
from plate_llm_cli.cluster.argocd.waiting import Doubt, Waiter, ask_to_look, deadline
from plate_llm_cli.errors import ClusterError, ForbiddenError, MissingKindError
from tests.cluster.connecting import REF, application, connected
from tests.cluster.double import argocd_scripts as scripts
from tests.cluster.double.argocd import ArgoCD
from tests.cluster.double.cluster import Cluster

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from plate_llm_cli.cluster.api import Api
    from plate_llm_cli.cluster.argocd.waiting import Outcome

OLD, NEW = "old-token", "new-token"
APPLICATION = application()


@pytest.fixture
def api(kube: Cluster, tmp_path: Path) -> Iterator[Api]:
    """The cluster, with the namespaces that the Application needs."""
    kube.namespace("argocd", "staging")
    with connected(kube, tmp_path) as opened:
        yield opened


def waited(api: Api, seconds: float = 10, **how: Any) -> Outcome:
    goal = replace(ask_to_look(api, REF), revision=how.pop("revision", ""))
    return Waiter(api, REF, goal, seconds, **how).wait()


def test_up(kube: Cluster, api: Api) -> None:
    ArgoCD(kube)
    kube.create(APPLICATION)
    outcome = waited(api)
    assert (outcome.done, outcome.verdict.reason) == (True, "Synced and Healthy")
    assert outcome.app is not None
    assert outcome.app.health == "Healthy"


def test_a_deadline_within_another_one_leaves_it_as_it_was(api: Api) -> None:
    with deadline(api, 2.0):
        with deadline(api, 1.0):
            assert api.connection.deadline == 1.0
        assert api.connection.deadline == 2.0
    assert api.connection.deadline is None


def test_a_stale_healthy_never_counts(kube: Cluster, api: Api) -> None:
    ArgoCD(kube, scripts.stale())
    kube.create(APPLICATION)
    outcome = waited(api, 1.5)
    assert (outcome.timed_out, outcome.done) == (True, False)
    assert outcome.seconds < 4


def test_a_failed_sync_ends_the_wait_at_once(kube: Cluster, api: Api) -> None:
    ArgoCD(kube, scripts.failed_operation("one or more objects failed to apply"))
    kube.create(APPLICATION)
    outcome = waited(api, 60)
    assert outcome.verdict.reason == ("the sync has failed: one or more objects failed to apply")
    assert outcome.seconds < 10


def test_what_does_not_render_ends_the_wait_at_once(kube: Cluster, api: Api) -> None:
    ArgoCD(kube, scripts.comparison_error("helm template failed"))
    kube.create(APPLICATION)
    outcome = waited(api, 60)
    assert outcome.verdict.reason == "ComparisonError: helm template failed"


def test_degraded_is_given_its_grace_and_no_more(
    kube: Cluster, api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(waiting, "SLICE", 1.0)
    ArgoCD(kube, scripts.degraded("no pods are ready"))
    kube.create(APPLICATION)
    outcome = waited(api, 60, grace=0.5)
    assert (outcome.verdict.state, outcome.verdict.reason) == (
        State.DEGRADED,
        "Degraded: no pods are ready",
    )
    assert not outcome.timed_out
    assert outcome.seconds < 20


def test_degraded_for_a_while_only(kube: Cluster, api: Api) -> None:
    ArgoCD(kube, scripts.recovered())
    kube.create(APPLICATION)
    assert waited(api, 30).done


def test_stuck_ends_with_the_time_that_was_given(kube: Cluster, api: Api) -> None:
    ArgoCD(kube, scripts.stuck())
    kube.create(APPLICATION)
    outcome = waited(api, 1)
    assert outcome.timed_out
    assert 1 <= outcome.seconds < 4


def test_deleted_while_it_is_waited_for(kube: Cluster, api: Api) -> None:
    ArgoCD(kube, scripts.deleted())
    kube.create(APPLICATION)
    outcome = waited(api, 60)
    assert outcome.verdict.reason == "the Application was deleted"


def test_deleted_and_made_anew(kube: Cluster, api: Api) -> None:
    ArgoCD(kube, scripts.stuck())
    kube.create(APPLICATION)

    def anew() -> None:
        kube.delete("Application", "web-stg", "argocd")
        kube.create(APPLICATION)

    timer = threading.Timer(0.3, anew)
    timer.start()
    outcome = waited(api, 30)
    timer.join()
    assert outcome.verdict.state is State.FAILED
    assert outcome.verdict.reason in (
        "the Application was deleted",
        "the Application was deleted, and made anew",
    )


def test_not_there(api: Api) -> None:
    with pytest.raises(ClusterError) as caught:
        ask_to_look(api, REF)
    assert caught.value.status == 404


def test_no_argocd(tmp_path: Path) -> None:
    with (
        Cluster() as bare,
        connected(bare, tmp_path) as api,
        pytest.raises(MissingKindError) as caught,
    ):
        ask_to_look(api, REF)
    assert caught.value.message == "the cluster knows no Application of argoproj.io/v1alpha1"


def test_the_commit_that_was_asked_for(kube: Cluster, api: Api) -> None:
    argocd = ArgoCD(kube)
    argocd.plan("web-stg", scripts.success(), revisions=["b" * 40])
    kube.create(APPLICATION)
    assert waited(api, 10, revision="b" * 40).done


def test_another_commit_is_not_ours(kube: Cluster, api: Api) -> None:
    argocd = ArgoCD(kube)
    argocd.plan("web-stg", scripts.success(), revisions=["a" * 40])
    kube.create(APPLICATION)
    outcome = waited(api, 2, revision="b" * 40)
    assert outcome.timed_out
    assert outcome.verdict.reason == "it is at aaaaaaaaaaaa, not yet at bbbbbbbbbbbb"


def test_the_cluster_s_clock_is_the_one_that_counts(tmp_path: Path) -> None:
    for skew in (timedelta(minutes=-7), timedelta(minutes=7)):
        with Cluster("argocd", skew=skew) as kube, connected(kube, tmp_path) as api:
            kube.namespace("argocd", "staging")
            ArgoCD(kube)
            kube.create(APPLICATION)
            assert waited(api).done


def test_without_the_right_to_ask_it_waits_for_argocd_to_look(kube: Cluster, api: Api) -> None:
    kube.deny(verb="patch", group="argoproj.io", resource="applications")
    ArgoCD(kube)
    kube.create(APPLICATION)
    goal = ask_to_look(api, REF)
    assert not goal.asked
    timer = threading.Timer(1.5, lambda: refresh(kube))
    timer.start()
    outcome = Waiter(api, REF, goal, 20).wait()
    timer.join()
    assert outcome.done


def refresh(kube: Cluster) -> None:
    annotation = {"metadata": {"annotations": {"argocd.argoproj.io/refresh": "normal"}}}
    kube.patch("Application", "web-stg", annotation, "argocd")


FAULTS: dict[str, dict[str, Any]] = {
    "server errors": {"status": 503, "times": 3},
    "too many requests": {"status": 429, "times": 2},
    "the version is forgotten": {"status": 410, "times": 2, "watch": True},
    "watches that break": {"drop": "body", "times": 3, "watch": True},
    "answers that break": {"drop": "before", "times": 2},
    "a slow server": {"delay": 0.4, "times": 4},
}


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS.keys())
def test_comes_through(
    kube: Cluster, api: Api, fault: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(waiting, "_PAUSE", 0.05)
    ArgoCD(kube)
    kube.create(APPLICATION)
    goal = ask_to_look(api, REF)
    kube.fault(r"/applications", method="GET", **fault)
    assert Waiter(api, REF, goal, 30).wait().done


def test_a_watch_on_which_nothing_comes_any_more_is_given_up(
    kube: Cluster, api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(waiting, "SLICE", 0.5)
    ArgoCD(kube, scripts.stuck(), scripts.success())
    kube.create(APPLICATION)
    goal = ask_to_look(api, REF)
    kube.fault(r"/applications", watch=True, silent=True, times=1)
    timer = threading.Timer(
        0.5, lambda: kube.patch("Application", "web-stg", {"operation": {"sync": {}}}, "argocd")
    )
    timer.start()
    outcome = Waiter(api, REF, goal, 30).wait()
    timer.join()
    assert outcome.done


def test_watches_that_end_at_once_are_not_asked_for_without_end(kube: Cluster, api: Api) -> None:
    ArgoCD(kube, scripts.stuck())
    kube.create(APPLICATION)
    goal = ask_to_look(api, REF)
    kube.fault(r"/applications", watch=True, drop="body", times=None)
    assert Waiter(api, REF, goal, 2).wait().timed_out
    assert len(kube.asked("GET", "/applications")) < 16


def test_versions_that_were_compacted_are_read_again(kube: Cluster, api: Api) -> None:
    ArgoCD(kube)
    kube.create(APPLICATION)
    goal = ask_to_look(api, REF)
    kube.compact()
    assert Waiter(api, REF, goal, 30).wait().done


def test_a_server_that_is_gone_ends_with_the_time(kube: Cluster, api: Api) -> None:
    kube.create(APPLICATION)
    goal = ask_to_look(api, REF)
    kube.fault(r"/applications", drop="before", times=None)
    begun = time.monotonic()
    outcome = Waiter(api, REF, goal, 1.5).wait()
    assert outcome.timed_out
    assert time.monotonic() - begun < 4


def test_a_server_that_hangs_ends_with_the_time(kube: Cluster, api: Api) -> None:
    kube.create(APPLICATION)
    goal = ask_to_look(api, REF)
    kube.fault(r"/applications", delay=30, times=None)
    begun = time.monotonic()
    outcome = Waiter(api, REF, goal, 1).wait()
    assert outcome.timed_out
    assert "does not answer in time" in outcome.verdict.reason
    assert time.monotonic() - begun < 4


def test_an_expired_token_is_renewed_once(kube: Cluster, tmp_path: Path) -> None:
    kube.namespace("argocd", "staging")
    kube.token(OLD, "alice")
    with connected(kube, tmp_path, token=OLD) as api:
        ArgoCD(kube)
        kube.create(APPLICATION)
        goal = ask_to_look(api, REF)
        kube.token(NEW, "alice")
        kube.revoke(OLD)
        kube.kubeconfig(tmp_path / "config", context="stg", token=NEW)
        assert Waiter(api, REF, goal, 20).wait().done


def test_a_token_that_stays_refused_ends_the_wait(kube: Cluster, tmp_path: Path) -> None:
    kube.namespace("argocd", "staging")
    kube.token(OLD, "alice")
    with connected(kube, tmp_path, token=OLD) as api:
        kube.create(APPLICATION)
        goal = ask_to_look(api, REF)
        kube.revoke(OLD)
        with pytest.raises(ClusterError) as caught:
            Waiter(api, REF, goal, 20).wait()
    assert caught.value.status == 401


def test_what_may_not_be_read_is_an_error(kube: Cluster, api: Api) -> None:
    kube.create(APPLICATION)
    goal = ask_to_look(api, REF)
    kube.deny(verb="get", group="argoproj.io", resource="applications")
    with pytest.raises(ForbiddenError, match="may not read Application argocd/web-stg"):
        Waiter(api, REF, goal, 20).wait()


def test_what_is_hopeless_ends_the_wait(
    kube: Cluster, api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(waiting, "SLICE", 1.0)
    ArgoCD(kube, scripts.stuck())
    kube.create(APPLICATION)
    never = Doubt("pod web: no image can have this name", certain=True)
    outcome = waited(api, 60, doubt=lambda _: never)
    assert outcome.verdict.reason == "pod web: no image can have this name"
    assert outcome.seconds < 20


def test_what_is_doubtful_is_given_its_grace(
    kube: Cluster, api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(waiting, "SLICE", 1.0)
    ArgoCD(kube, scripts.stuck())
    kube.create(APPLICATION)
    doubts = iter([Doubt("pod web: the image is not there", certain=False), None, None])
    outcome = waited(api, 2.5, doubt=lambda _: next(doubts, None), grace=0.5)
    assert outcome.timed_out


def test_pods_are_not_looked_at_before_our_change_is_applied(kube: Cluster, api: Api) -> None:
    ArgoCD(kube, scripts.stale())
    kube.create(APPLICATION)

    def never(_: object) -> Doubt:
        raise AssertionError("the pods are those of the version before")

    assert waited(api, 1.2, doubt=never).timed_out
