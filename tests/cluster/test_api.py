"""The API server as plain data: what is asked, what is tried again, what refusals become."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from plate_llm_cli.cluster import connection
from plate_llm_cli.cluster.objects import Ref, Selection
from plate_llm_cli.errors import (
    ClusterError,
    ConflictError,
    ForbiddenError,
    MissingKindError,
    RefusedError,
)
from tests.cluster.connecting import connected
from tests.cluster.double.cluster import Cluster

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from plate_llm_cli.cluster.api import Api

REF = Ref("v1", "ConfigMap", "default", "web")


@pytest.fixture
def api(kube: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Api]:
    """A cluster in which second tries follow at once."""
    monkeypatch.setattr(connection, "_PAUSES", (0.0, 0.0, 0.0))
    with connected(kube, tmp_path) as opened:
        yield opened


def config_map(name: str = "web", **data: str) -> dict[str, Any]:
    metadata = {"name": name, "namespace": "default", "labels": {"app": name}}
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": data}


def test_what_is_not_there_is_none(api: Api) -> None:
    assert api.get(REF) is None


def test_a_kind_that_is_not_installed(api: Api) -> None:
    assert not api.has("example.com/v1", "Thing")
    with pytest.raises(MissingKindError) as caught:
        api.get(Ref("example.com/v1", "Thing", "default", "a"))
    assert caught.value.message == "the cluster knows no Thing of example.com/v1"


def test_a_kind_is_asked_for_once(kube: Cluster, api: Api) -> None:
    for _ in range(3):
        api.get(REF)
    assert [request.path for request in kube.requests] == [
        "/api/v1",
        *["/api/v1/namespaces/default/configmaps/web"] * 3,
    ]


def test_lists_of_any_length_are_whole(
    kube: Cluster, api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("plate_llm_cli.cluster.api._PAGE", "2")
    for number in range(5):
        kube.create(config_map(f"c{number}"))
    found = api.find("v1", "ConfigMap", Selection("default"))
    assert [item["metadata"]["name"] for item in found] == ["c0", "c1", "c2", "c3", "c4"]
    assert {(item["apiVersion"], item["kind"]) for item in found} == {("v1", "ConfigMap")}


def test_labels_and_fields_select(kube: Cluster, api: Api) -> None:
    for name in ("a", "b"):
        kube.create(config_map(name))
    for selection in (Selection(labels="app=b"), Selection(fields="metadata.name=b")):
        found = api.find("v1", "ConfigMap", selection)
        assert [item["metadata"]["name"] for item in found] == ["b"]


def test_apply_is_under_our_name_and_strict(kube: Cluster, api: Api) -> None:
    made = api.apply(config_map(a="1"))
    (entry,) = made["metadata"]["managedFields"]
    assert (entry["manager"], entry["operation"]) == ("plate-llm", "Apply")
    (request,) = kube.asked("PATCH", "/configmaps/web")
    assert request.query["fieldValidation"] == "Strict"


def test_a_dry_run_stores_nothing(kube: Cluster, api: Api) -> None:
    assert api.apply(config_map(a="1"), dry_run=True)["data"] == {"a": "1"}
    assert not kube.exists("ConfigMap", "web", "default")


def test_a_conflict_names_fields_and_owners(kube: Cluster, api: Api) -> None:
    kube.create(config_map(a="theirs"), manager="argocd-controller")
    with pytest.raises(ConflictError) as caught:
        api.apply(config_map(a="ours"))
    assert caught.value.message == "cannot apply ConfigMap default/web: others manage these fields"
    (detail,) = caught.value.details
    assert detail.startswith('.data.a: "argocd-controller"')
    assert api.apply(config_map(a="ours"), force=True)["data"] == {"a": "ours"}


def test_a_field_that_no_schema_has_is_refused_at_once(kube: Cluster, api: Api) -> None:
    with pytest.raises(RefusedError) as caught:
        api.apply(config_map() | {"dta": {"a": "1"}})
    assert ".dta: field not declared in schema" in "".join(caught.value.details)
    assert len(kube.asked("PATCH", "/configmaps/web")) == 1


def test_what_may_not_be_done_says_so(kube: Cluster, api: Api) -> None:
    kube.deny(verb="get", resource="configmaps")
    with pytest.raises(ForbiddenError, match="may not read ConfigMap default/web: "):
        api.get(REF)
    assert not api.may("get", REF)
    assert api.may("list", REF)


def test_a_busy_server_is_asked_again(kube: Cluster, api: Api) -> None:
    kube.create(config_map())
    kube.fault("/configmaps/web", status=503, times=2)
    assert api.get(REF) == kube.read("ConfigMap", "web")
    assert len(kube.asked("GET", "/configmaps/web")) == 3


def test_a_patch_whose_outcome_is_unknown_is_not_sent_again(kube: Cluster, api: Api) -> None:
    kube.create(config_map())
    kube.fault("/configmaps/web", method="PATCH", status=503, times=1)
    with pytest.raises(ClusterError) as caught:
        api.patch(REF, {"data": {"a": "1"}})
    assert caught.value.status == 503
    assert len(kube.asked("PATCH", "/configmaps/web")) == 1


def test_an_apply_is_safe_to_send_again(kube: Cluster, api: Api) -> None:
    kube.fault("/configmaps/web", method="PATCH", drop="before", times=2)
    assert api.apply(config_map(a="1"))["data"] == {"a": "1"}


def test_a_patch_may_be_check_and_set(kube: Cluster, api: Api) -> None:
    kube.create(config_map())
    body = {"metadata": {"resourceVersion": "1"}, "data": {"a": "1"}}
    with pytest.raises(ClusterError) as caught:
        api.patch(REF, body)
    assert (caught.value.status, caught.value.hint) == (
        409,
        "somebody else changed it in between: run the command again",
    )


def test_a_page_of_a_proxy_is_no_answer(kube: Cluster, api: Api) -> None:
    kube.fault("/configmaps/web", status=502, message="<html>", times=None)
    with pytest.raises(ClusterError, match="cannot read ConfigMap default/web"):
        api.get(REF)


def test_the_cluster_s_time_is_noted(tmp_path: Path) -> None:
    with Cluster(skew=timedelta(days=-1)) as kube, connected(kube, tmp_path) as api:
        assert api.version().startswith("v1.")
        clock = api.connection.clock
    assert clock is not None
    assert timedelta(hours=23) < datetime.now(UTC) - clock < timedelta(hours=25)


@pytest.mark.parametrize("status", [403, 422, 500])
def test_an_admission_rule_that_repeats_a_secret(kube: Cluster, api: Api, status: int) -> None:
    said = "denied: ghp_canary0123456789abcdef\nis in postgres://web:canary-pw@db/web"
    kube.fault("/configmaps/web", method="PATCH", status=status, message=said, times=None)
    with pytest.raises(ClusterError) as caught:
        api.apply(config_map())
    error = caught.value
    assert "denied: [hidden]" in (told := " ".join((error.message, *error.details)))
    assert "canary" not in told


def test_a_server_that_hangs_is_not_asked_five_times(
    kube: Cluster, api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "READ_SECONDS", 0.2)
    kube.fault("/configmaps/web", delay=5, times=None)
    with pytest.raises(ClusterError, match="does not answer in time"):
        api.get(REF)
    assert len(kube.asked("GET", "/configmaps/web")) == 1
