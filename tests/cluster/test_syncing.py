"""Syncs: asked for once, with what the Application says, and never beside another one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from plate_llm_cli.cluster.argocd import syncing
from plate_llm_cli.cluster.argocd.operations import BusyError
from plate_llm_cli.cluster.argocd.syncing import Wish, look_again, sync
from plate_llm_cli.errors import ClusterError, ForbiddenError, UsageError
from tests.cluster.connecting import REF, application, connected
from tests.cluster.double import argocd_scripts as scripts
from tests.cluster.double.argocd import ArgoCD, status

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from plate_llm_cli.cluster.api import Api
    from tests.cluster.double.cluster import Cluster

PATH = "/applications/web-stg"


@pytest.fixture
def api(kube: Cluster, tmp_path: Path) -> Iterator[Api]:
    """A cluster with ArgoCD's namespace."""
    kube.namespace("argocd")
    with connected(kube, tmp_path) as opened:
        yield opened


def stored(kube: Cluster) -> Any:
    return kube.read("Application", "web-stg", "argocd")


def operation(kube: Cluster) -> Any:
    return stored(kube)["operation"]


def operations_asked(kube: Cluster) -> int:
    return sum(b'"operation"' in item.body for item in kube.asked("PATCH", PATH))


def test_the_operation_has_what_the_application_says(kube: Cluster, api: Api) -> None:
    kube.create(application())
    started = sync(api, REF, Wish())
    asked = operation(kube)
    assert asked["initiatedBy"] == {"username": "plate-llm"}
    assert asked["sync"] == {
        "syncStrategy": {"hook": {}},
        "prune": True,
        "syncOptions": ["CreateNamespace=true"],
    }
    assert started.version == stored(kube)["metadata"]["resourceVersion"]
    assert started.revisions == ()
    assert api.connection.clock is not None
    assert started.since <= api.connection.clock


def test_a_revision_pruning_and_retries(kube: Cluster, api: Api) -> None:
    retry = {"limit": 2}
    kube.create(application(syncPolicy={"retry": retry}))
    started = sync(api, REF, Wish("v2", prune=True))
    asked = operation(kube)
    assert asked["sync"] == {"syncStrategy": {"hook": {}}, "prune": True, "revision": "v2"}
    assert (asked["retry"], started.revisions) == (retry, ("v2",))


def test_a_revision_for_several_sources_of_one_repository(kube: Cluster, api: Api) -> None:
    made = application(syncPolicy={})
    source = made["spec"].pop("source")
    made["spec"]["sources"] = [source, source | {"ref": "v"}]
    kube.create(made)
    assert sync(api, REF, Wish("v2")).revisions == ("v2", "v2")


def test_automated_sync_lets_no_other_revision_in(kube: Cluster, api: Api) -> None:
    kube.create(application())
    with pytest.raises(UsageError, match=r"is on, and goes to main"):
        sync(api, REF, Wish("v2"))
    assert operations_asked(kube) == 0
    assert sync(api, REF, Wish("main")).revisions == ("main",)


def test_resources_by_kind_and_name(kube: Cluster, api: Api) -> None:
    listed = [{"group": "apps", "version": "v1", "kind": "Deployment", "namespace": "staging"}]
    listed = [listed[0] | {"name": "web", "status": "OutOfSync"}]
    kube.create(application() | {"status": {"resources": listed}})
    sync(api, REF, Wish(resources=("deployment/web",)))
    wanted = {"group": "apps", "kind": "Deployment", "name": "web", "namespace": "staging"}
    assert operation(kube)["sync"]["resources"] == [wanted]


def test_a_resource_that_is_mistyped(kube: Cluster, api: Api) -> None:
    listed = [{"version": "v1", "kind": "Service", "name": "web", "status": "Synced"}]
    kube.create(application() | {"status": {"resources": listed}})
    with pytest.raises(UsageError) as caught:
        sync(api, REF, Wish(resources=("Service/wep",)))
    assert caught.value.hint == "did you mean Service/web?"


def test_a_dry_run_asks_for_nothing(kube: Cluster, api: Api) -> None:
    made = kube.create(application())
    assert sync(api, REF, Wish(), dry_run=True).operation["sync"]["prune"] is True
    assert stored(kube) == made


def test_a_sync_that_runs_is_left_alone(kube: Cluster, api: Api) -> None:
    made = application()
    running = status(made)
    running["operationState"] = {
        "phase": "Running",
        "startedAt": "2026-05-04T12:00:00Z",
        "operation": {"initiatedBy": {"username": "alice"}},
    }
    kube.create(made | {"status": running})
    with pytest.raises(BusyError) as caught:
        sync(api, REF, Wish())
    assert caught.value.by == "alice"
    assert f"{caught.value.since:%H:%M}" == "12:00"
    assert operations_asked(kube) == 0


def test_a_sync_that_is_asked_for_is_left_alone(kube: Cluster, api: Api) -> None:
    asked = {"initiatedBy": {"username": "bob"}, "sync": {}}
    kube.create(application() | {"operation": asked})
    with pytest.raises(BusyError) as caught:
        sync(api, REF, Wish())
    assert caught.value.by == "bob"
    assert operation(kube) == asked


def test_what_argocd_writes_meanwhile_does_not_get_lost(kube: Cluster, api: Api) -> None:
    kube.create(application())
    kube.fault(PATH, method="PATCH", status=409, reason="Conflict", times=2)
    sync(api, REF, Wish())
    assert operations_asked(kube) == 3
    assert operation(kube)["sync"]["prune"] is True


def test_an_answer_that_is_lost_does_not_make_two_syncs(kube: Cluster, api: Api) -> None:
    kube.create(application())
    kube.fault(PATH, method="PATCH", drop="body")
    started = sync(api, REF, Wish())
    assert operations_asked(kube) == 1
    assert started.version == stored(kube)["metadata"]["resourceVersion"]


def test_a_request_that_is_lost_is_sent_again(kube: Cluster, api: Api) -> None:
    kube.create(application())
    kube.fault(PATH, method="PATCH", drop="before")
    sync(api, REF, Wish())
    assert operation(kube)["sync"]["prune"] is True


def test_nothing_of_the_last_operation_stays_in_the_new_one(kube: Cluster, api: Api) -> None:
    made = application()
    kube.create(made | {"status": status(made) | {"operationState": {"phase": "Failed"}}})
    sync(api, REF, Wish())
    assert "operationState" not in stored(kube)["status"]


def test_no_application(api: Api) -> None:
    with pytest.raises(ClusterError) as caught:
        sync(api, REF, Wish())
    assert caught.value.message == "there is no Application argocd/web-stg in stg"


def test_who_may_not(kube: Cluster, api: Api) -> None:
    kube.create(application())
    kube.deny(verb="patch", resource="applications")
    with pytest.raises(ForbiddenError):
        sync(api, REF, Wish())


def test_argocd_looks_again_before(kube: Cluster, api: Api) -> None:
    made = application()
    kube.create(made | {"status": status(made)})
    ArgoCD(kube, scripts.stale())
    live = look_again(api, REF)
    assert live.sync == "Synced"
    assert not live.refreshing


@pytest.mark.parametrize("fault", [{"drop": "body"}, {"status": 403}])
def test_a_look_is_noticed_without_a_watch(
    kube: Cluster, api: Api, monkeypatch: pytest.MonkeyPatch, fault: dict[str, Any]
) -> None:
    monkeypatch.setattr(syncing, "_PAUSE", 0.01)
    kube.create(application())
    ArgoCD(kube, scripts.stale())
    kube.fault(watch=True, times=None, **fault)
    assert not look_again(api, REF).refreshing


def test_an_argocd_that_does_not_look(kube: Cluster, api: Api) -> None:
    kube.create(application())
    with pytest.raises(ClusterError, match="ArgoCD has not looked at"):
        look_again(api, REF, seconds=0.2)
    assert operations_asked(kube) == 0
