"""Applications into the cluster: all is looked at before anything is written."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from plate_llm_cli.cluster import connection
from plate_llm_cli.cluster.argocd.applying import Applying
from plate_llm_cli.errors import (
    ClusterError,
    ConflictError,
    ForbiddenError,
    KubeconfigError,
    MissingKindError,
    RefusedError,
)
from plate_llm_cli.graph.differences import path_text
from tests.cluster.connecting import application, connected
from tests.cluster.double.cluster import Cluster

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from plate_llm_cli.cluster.api import Api

WRITE = r"/applications/{}\?(?!.*dryRun)"
"""A request that applies an Application in earnest."""


@pytest.fixture
def api(kube: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Api]:
    """A cluster with ArgoCD's namespace; second tries follow at once."""
    monkeypatch.setattr(connection, "_PAUSES", (0.0, 0.0))
    kube.namespace("argocd")
    with connected(kube, tmp_path) as opened:
        yield opened


def apply(api: Api, *objects: dict[str, Any], force: bool = False) -> list[str]:
    applying = Applying(api, objects, force=force)
    applying.check()
    return [str(ref) for ref in applying.carry_out(applying.plan())]


def test_what_is_new_is_written_as_ours(kube: Cluster, api: Api) -> None:
    assert apply(api, application()) == ["Application argocd/web-stg"]
    stored = kube.read("Application", "web-stg", "argocd")
    assert stored["spec"] == application()["spec"]
    assert [item["manager"] for item in stored["metadata"]["managedFields"]] == ["plate-llm"]


def test_a_plan_stores_nothing_and_says_each_field(kube: Cluster, api: Api) -> None:
    apply(api, application())
    before = kube.read("Application", "web-stg", "argocd")
    (planned,) = Applying(api, [application(project="other")]).plan()
    (change,) = planned.changes
    found = [(path_text(item.route), item.before, item.after) for item in change.fields]
    assert found == [("spec.project", "default", "other")]
    assert kube.read("Application", "web-stg", "argocd") == before


def test_a_second_run_has_nothing_to_do(kube: Cluster, api: Api) -> None:
    apply(api, application())
    version = kube.read("Application", "web-stg", "argocd")["metadata"]["resourceVersion"]
    assert apply(api, application()) == []
    after = kube.read("Application", "web-stg", "argocd")["metadata"]["resourceVersion"]
    assert after == version


def test_what_git_no_longer_has_goes(kube: Cluster, api: Api) -> None:
    apply(api, application(revisionHistoryLimit=3))
    apply(api, application())
    assert "revisionHistoryLimit" not in kube.read("Application", "web-stg", "argocd")["spec"]


def test_conflicts_are_told_with_field_and_owner_of_every_object(kube: Cluster, api: Api) -> None:
    apply(api, application(), application("db-stg"))
    for name in ("web-stg", "db-stg"):
        patch = {"spec": {"project": "theirs"}}
        kube.patch("Application", name, patch, "argocd", manager="argocd-server")
    with pytest.raises(ConflictError) as caught:
        apply(api, application(), application("db-stg"))
    assert caught.value.details == (
        'Application argocd/web-stg: .spec.project: "argocd-server" using argoproj.io/v1alpha1',
        'Application argocd/db-stg: .spec.project: "argocd-server" using argoproj.io/v1alpha1',
    )
    assert caught.value.hint.startswith("--force-conflicts takes these fields over")
    assert kube.read("Application", "web-stg", "argocd")["spec"]["project"] == "theirs"


def test_force_takes_over_what_others_manage(kube: Cluster, api: Api) -> None:
    apply(api, application())
    kube.patch("Application", "web-stg", {"spec": {"project": "theirs"}}, "argocd")
    apply(api, application(), force=True)
    assert kube.read("Application", "web-stg", "argocd")["spec"]["project"] == "default"


def test_every_right_that_lacks_is_named_at_once(kube: Cluster, api: Api) -> None:
    kube.create(application("db-stg"))
    kube.deny(verb="patch", group="argoproj.io")
    kube.deny(verb="create", group="argoproj.io")
    with pytest.raises(ForbiddenError) as caught:
        Applying(api, [application(), application("db-stg")]).check()
    assert caught.value.details == (
        "patch Application argocd/web-stg",
        "create Application argocd/web-stg",
        "patch Application argocd/db-stg",
    )


def test_who_may_not_read_namespaces_may_apply_all_the_same(kube: Cluster, api: Api) -> None:
    kube.deny(resource="namespaces")
    assert apply(api, application()) == ["Application argocd/web-stg"]


def test_no_argocd(tmp_path: Path) -> None:
    with Cluster() as bare, connected(bare, tmp_path) as api, pytest.raises(MissingKindError):
        apply(api, application())


def test_no_namespace(kube: Cluster, tmp_path: Path) -> None:
    with connected(kube, tmp_path) as api, pytest.raises(ClusterError) as caught:
        Applying(api, [application()]).check()
    assert caught.value.message == "there is no namespace argocd in stg"


def test_one_that_is_refused_keeps_back_all(kube: Cluster, api: Api) -> None:
    with pytest.raises(RefusedError) as caught:
        apply(api, application(), application("db-stg", projekt="x"))
    (detail,) = caught.value.details
    assert detail.startswith("Application argocd/db-stg: ")
    assert detail.endswith(".spec.projekt: field not declared in schema")
    assert not kube.exists("Application", "web-stg", "argocd")
    assert {"All"} == {item.query.get("dryRun") for item in kube.asked("PATCH")}


def test_a_login_that_cannot_be_renewed_in_the_middle_tells_what_is_applied(
    kube: Cluster, api: Api, tmp_path: Path
) -> None:
    applying = Applying(api, [application(), application("db-stg")])
    planned = applying.plan()
    (tmp_path / "config").write_text("- no kubeconfig\n", "utf-8")
    kube.fault(WRITE.format("db-stg"), method="PATCH", status=401)
    with pytest.raises(KubeconfigError) as caught:
        list(applying.carry_out(planned))
    assert caught.value.details == (
        "applied: Application argocd/web-stg",
        "not applied: Application argocd/db-stg",
    )
    assert caught.value.hint.endswith(
        "; then run the command again to finish: what is done already is left as it is"
    )


def test_what_breaks_off_in_the_middle_is_told_and_a_rerun_completes_it(
    kube: Cluster, api: Api
) -> None:
    three = [application(), application("db-stg"), application("mq-stg")]
    kube.fault(WRITE.format("db-stg"), method="PATCH", status=403)
    with pytest.raises(ForbiddenError) as caught:
        apply(api, *three)
    assert caught.value.details == (
        "applied: Application argocd/web-stg",
        "not applied: Application argocd/db-stg",
        "not applied: Application argocd/mq-stg",
    )
    assert "run the command again to finish" in caught.value.hint
    assert apply(api, *three) == ["Application argocd/db-stg", "Application argocd/mq-stg"]


def test_a_lost_answer_is_not_called_a_failure(kube: Cluster, api: Api) -> None:
    kube.fault(WRITE.format("web-stg"), method="PATCH", drop="body", times=None)
    with pytest.raises(ClusterError) as caught:
        apply(api, application())
    (detail,) = caught.value.details
    assert detail == "applied or not, there was no answer: Application argocd/web-stg"
    kube.faults.clear()
    assert apply(api, application()) == []


def test_one_lost_answer_is_asked_for_again(kube: Cluster, api: Api) -> None:
    kube.fault(WRITE.format("web-stg"), method="PATCH", drop="before")
    assert apply(api, application()) == ["Application argocd/web-stg"]
