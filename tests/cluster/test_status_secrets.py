"""Secrets on the page, from the store to the keys that pods read."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from plate_llm_cli.cluster.status.expected import Read
from plate_llm_cli.cluster.status.external_secrets import interval
from plate_llm_cli.cluster.status.item import Level
from tests.cluster.living import small
from tests.cluster.looking import living

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cluster.double.cluster import Cluster
    from tests.cluster.looking import Look


@pytest.fixture
def look(kube: Cluster, tmp_path: Path) -> Look:
    return living(kube, tmp_path)


ADVICE = {
    "permission denied": "plate-llm secrets policy prod shows the rights it needs",
    "error processing spec.dataFrom[0].extract, err: Secret does not exist": (
        "plate-llm secrets plan prod shows what OpenBao lacks"
    ),
    'cannot find secret data for key: "API_KEY"': (
        "plate-llm secrets plan prod shows what OpenBao lacks"
    ),
    "Vault is sealed": "OpenBao is sealed or down: unseal it",
    "x509: certificate signed by unknown authority": (
        "the store does not trust OpenBao's certificate: set caProvider"
    ),
    "dial tcp: lookup bao on 10.0.0.1: no such host": (
        "can the cluster reach OpenBao? is the store's server right?"
    ),
    "something new": "",
}


@pytest.mark.parametrize(("message", "advice"), ADVICE.items())
def test_what_is_not_synced_says_why_and_what_to_do(look: Look, message: str, advice: str) -> None:
    look.living.unready("ExternalSecret", "web-env", "SecretSyncedError", message)
    item = look.item("ExternalSecret")
    (problem,) = item.problems
    assert (item.level, item.summary) == (Level.FAILING, "not synced, last time 12m ago")
    assert (problem.text, problem.advice) == (f"SecretSyncedError: {message}", advice)


def test_a_value_in_a_message_is_hidden(look: Look) -> None:
    message = "template: cannot use hvs.CAESIJkrandomTOKEN1234567890abc here"
    look.living.unready("ExternalSecret", "web-env", "SecretSyncedError", message)
    _, problems = look.said("ExternalSecret")
    assert problems == ["SecretSyncedError: template: cannot use [hidden] here"]


def test_what_is_synced_no_more_though_it_says_ready(look: Look) -> None:
    look.living.change("ExternalSecret", "web-env", {"refreshTime": look.living.ago(hours=5)})
    assert look.said("ExternalSecret") == (
        Level.FAILING,
        ["to be read every 1h, and was 5h ago"],
    )


@pytest.mark.parametrize(
    "spec",
    [
        {"refreshPolicy": "CreatedOnce"},
        {"refreshPolicy": "OnChange"},
        {"target": {"immutable": True}},
    ],
)
def test_what_is_read_once_is_never_late(look: Look, spec: dict[str, Any]) -> None:
    look.kube.patch("ExternalSecret", "web-env", {"spec": spec}, "shop")
    look.living.change("ExternalSecret", "web-env", {"refreshTime": look.living.ago(hours=5)})
    assert look.said("ExternalSecret") == (Level.OK, [])


def test_what_the_operator_has_not_seen(look: Look) -> None:
    look.living.change("ExternalSecret", "web-env", {"conditions": None, "refreshTime": None})
    assert look.said("ExternalSecret") == (
        Level.WAITING,
        ["the operator has not looked at it yet"],
    )


def test_what_a_cluster_external_secret_has_not_made(kube: Cluster, tmp_path: Path) -> None:
    expected = small()
    expected = replace(expected, external=[replace(expected.external[0], by="everywhere")])
    look = living(kube, tmp_path, expected)
    kube.delete("ExternalSecret", "web-env", "shop")
    (problem,) = look.item("ExternalSecret").problems
    assert problem.advice == "ClusterExternalSecret everywhere has not made it: kubectl describe it"


def test_what_labels_may_leave_out_need_not_be_there(kube: Cluster, tmp_path: Path) -> None:
    expected = small()
    expected = replace(expected, external=[replace(expected.external[0], certain=False)])
    look = living(kube, tmp_path, expected)
    before = look.page().items
    kube.delete("ExternalSecret", "web-env", "shop")
    kept = [item.ref for item in before if item.ref.kind != "ExternalSecret"]
    assert len(kept) == len(before) - 1
    assert [item.ref for item in look.page().items] == kept


def test_a_store_that_is_not_ready(look: Look) -> None:
    look.living.unready("SecretStore", "bao", "InvalidProviderConfig", "unable to log in: 403")
    item = look.item("SecretStore")
    assert (item.level, item.summary) == (Level.FAILING, "not ready")
    assert [problem.text for problem in item.problems] == [
        "InvalidProviderConfig: unable to log in: 403"
    ]


def test_a_store_that_is_not_there(look: Look) -> None:
    look.kube.delete("SecretStore", "bao", "shop")
    assert look.said("SecretStore") == (Level.FAILING, ["is not there"])


def test_a_key_that_is_missing(look: Look) -> None:
    look.kube.patch("Secret", "web-env", {"data": {"API_KEY": None}}, "shop")
    item = look.item("Secret")
    (problem,) = item.problems
    assert (item.level, item.summary) == (Level.FAILING, "has 1 of 2 keys that are read")
    assert problem.text == "no key API_KEY"
    assert problem.advice == "plate-llm secrets plan prod shows what OpenBao lacks"


def test_a_secret_that_is_missing(look: Look) -> None:
    look.kube.delete("Secret", "web-env", "shop")
    assert look.said("Secret") == (Level.FAILING, ["is not there"])


def test_an_optional_secret_need_not_be_there(kube: Cluster, tmp_path: Path) -> None:
    look = living(kube, tmp_path, replace(small(), secrets={"web-env": Read()}))
    kube.delete("Secret", "web-env", "shop")
    item = look.item("Secret")
    assert (item.level, item.summary) == (Level.OK, "is not there, and need not be")


def test_the_old_form_of_a_login_to_a_registry_will_do(kube: Cluster, tmp_path: Path) -> None:
    read = Read({".dockerconfigjson"}, optional=False)
    look = living(kube, tmp_path, replace(small(), secrets={"registry": read}))
    kube.patch(
        "Secret", "registry", {"data": {".dockerconfigjson": None, ".dockercfg": ""}}, "shop"
    )
    assert look.said("Secret") == (Level.OK, [])


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("1h0m0s", timedelta(hours=1)),
        ("90s", timedelta(seconds=90)),
        ("1.5h", timedelta(minutes=90)),
        ("0s", None),
        ("", None),
    ],
)
def test_intervals_are_go_durations(written: str, expected: timedelta | None) -> None:
    assert interval(written) == expected
