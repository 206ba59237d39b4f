"""Syncs that are asked for: what counts as one, and what does not."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from plate_llm_cli.cluster import external_secrets
from plate_llm_cli.cluster.external_secrets import Sync, api_version, wait
from plate_llm_cli.cluster.objects import Ref
from plate_llm_cli.errors import MissingKindError
from tests.cluster.connecting import connected
from tests.cluster.double.cluster import Cluster
from tests.cluster.double.controllers import Controller
from tests.cluster.double.external_secrets import ExternalSecrets

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from plate_llm_cli.cluster.api import Api
    from tests.cluster.double.store import Event

REF = Ref("external-secrets.io/v1", "ExternalSecret", "default", "app")
SECRET = Ref("v1", "Secret", "default", "app")
LONG_AGO = "2026-01-01T00:00:00Z"


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Looks often, and asks again soon."""
    monkeypatch.setattr(external_secrets, "_LOOK", 0.01)
    monkeypatch.setattr(external_secrets, "_ASK_AGAIN", 0.1)


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Gives up soon."""
    monkeypatch.setattr(external_secrets, "_SECONDS", 0.3)


@pytest.fixture
def api(kube: Cluster, tmp_path: Path) -> Iterator[Api]:
    with connected(kube, tmp_path) as opened:
        yield opened


def create(kube: Cluster, *, ready: str = "True", message: str = "secret synced") -> None:
    """An ExternalSecret that was looked at long ago, and the Secret that it made."""
    reason = "SecretSynced" if ready == "True" else "SecretSyncedError"
    status = {"type": "Ready", "status": ready, "reason": reason, "message": message}
    kube.create(
        {
            "apiVersion": REF.api_version,
            "kind": REF.kind,
            "metadata": {"name": REF.name},
            "spec": {"dataFrom": [{"extract": {"key": "server"}}]},
            "status": {
                "conditions": [status],
                "refreshTime": LONG_AGO,
                "syncedResourceVersion": "1-before",
            },
        }
    )
    kube.create({"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "app"}, "data": {}})


def synced(api: Api) -> Sync:
    """A sync that was asked for, at its end."""
    sync = Sync(api, REF, SECRET)
    sync.prepare()
    sync.ask()
    wait([sync])
    assert not sync.pending
    return sync


def asked(kube: Cluster) -> int:
    """How often somebody asked for a sync."""
    return len(kube.asked("PATCH", "/externalsecrets/app"))


def test_annotation_of_ours_and_nothing_else_is_changed(
    kube: Cluster, api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(external_secrets, "_ASK_AGAIN", 10)
    create(kube)
    operator = ExternalSecrets(kube, {"server": {"KEY": "old"}})
    await_first_sync(kube)
    operator.put("server", KEY="new")
    assert synced(api).trouble == ""
    (request,) = kube.asked("PATCH", "/externalsecrets/app")
    assert request.query["fieldManager"] == "plate-llm"
    (value,) = request.json()["metadata"].pop("annotations").values()
    assert request.json() == {"metadata": {"annotations": {"force-sync": value}}}


@pytest.mark.usefixtures("impatient")
def test_operator_that_does_not_run(kube: Cluster, api: Api) -> None:
    create(kube)
    assert synced(api).trouble == "External Secrets has not read it within 0.3 seconds"


@pytest.mark.usefixtures("impatient")
def test_failure_that_was_there_before_says_nothing_of_the_sync(kube: Cluster, api: Api) -> None:
    create(kube, ready="False", message="permission denied")
    assert synced(api).trouble == (
        "External Secrets has not read it within 0.3 seconds; "
        "still SecretSyncedError: permission denied"
    )


def test_failure_ends_the_wait_at_once(kube: Cluster, api: Api) -> None:
    create(kube)
    ExternalSecrets(kube, {}).fail("app", "vault is sealed, token s.AbCdEfGhIjKlMnOpQrStUvWx")
    assert synced(api).trouble == "SecretSyncedError: vault is sealed, token [hidden]"


class Cleaner(Controller):
    """The controller of a ClusterExternalSecret: annotations of others do not stay."""

    def __init__(self, cluster: Cluster) -> None:
        super().__init__(cluster, "ExternalSecret")
        self.start()

    def saw(self, event: Event) -> None:
        """Take the annotation off."""
        if (event.object["metadata"].get("annotations") or {}).get("force-sync"):
            patch = {"metadata": {"annotations": {"force-sync": None}}}
            self.cluster.patch("ExternalSecret", "app", patch)


@pytest.mark.parametrize("skew", [timedelta(), timedelta(hours=-2), timedelta(hours=2)])
def test_annotation_that_is_taken_off_at_once(skew: timedelta, tmp_path: Path) -> None:
    with Cluster("external-secrets", skew=skew) as kube, connected(kube, tmp_path) as api:
        create(kube)
        Cleaner(kube)
        ExternalSecrets(kube, {"server": {"KEY": "new"}})
        assert synced(api).trouble == ""


class Deaf(ExternalSecrets):
    """An operator that never saw the first annotation: it was taken off too soon."""

    missed = False

    def saw(self, event: Event) -> None:
        """Look away once."""
        if not self.missed and event.object["metadata"].get("annotations"):
            self.missed = True
        else:
            super().saw(event)


def test_question_that_nobody_heard_is_asked_again(kube: Cluster, api: Api) -> None:
    create(kube)
    operator = Deaf(kube, {"server": {"KEY": "old"}})
    await_first_sync(kube)
    operator.put("server", KEY="new")
    assert synced(api).trouble == ""
    assert asked(kube) > 1


class Lagging(dict[str, dict[str, str]]):
    """A standby of OpenBao: it gives the values before for the first `times` reads."""

    def __init__(self, times: int) -> None:
        super().__init__(server={})
        self.left = times

    def __getitem__(self, path: str) -> dict[str, str]:
        self.left -= 1
        return {"KEY": "new"} if self.left < 0 else {}


def lagging(kube: Cluster, times: int) -> None:
    """An operator that reads such a standby, and has read it once."""
    create(kube)
    ExternalSecrets(kube, {}).values = Lagging(times + 1)
    await_first_sync(kube)


def await_first_sync(kube: Cluster) -> None:
    """Until the operator has looked at it."""
    with kube.api.store.changed:
        assert kube.api.store.changed.wait_for(
            lambda: kube.read("ExternalSecret", "app")["status"]["refreshTime"] != LONG_AGO, 10
        )


@pytest.mark.parametrize("times", [1, 2])
def test_values_that_come_late_are_read_again(times: int, kube: Cluster, api: Api) -> None:
    lagging(kube, times)
    assert synced(api).trouble == ""
    assert asked(kube) > times
    assert "KEY" in kube.read("Secret", "app")["data"]


@pytest.mark.usefixtures("impatient")
def test_values_that_never_come(kube: Cluster, api: Api) -> None:
    lagging(kube, 99)
    assert synced(api).trouble == (
        "it was read again, and Secret app is as it was: does the store read this OpenBao?"
    )


def test_secret_that_may_not_be_read_is_not_compared(kube: Cluster, api: Api) -> None:
    create(kube)
    kube.deny(resource="secrets")
    ExternalSecrets(kube, {"server": {"KEY": "new"}})
    assert synced(api).trouble == ""
    assert kube.asked(path="/secrets") == []


def test_external_secret_that_is_not_there(kube: Cluster, api: Api) -> None:
    assert synced(api).trouble == "it is not there"
    assert asked(kube) == 0


def test_external_secret_that_is_deleted_meanwhile(kube: Cluster, api: Api) -> None:
    create(kube)
    sync = Sync(api, REF, SECRET)
    sync.ask()
    kube.delete("ExternalSecret", "app")
    wait([sync])
    assert sync.trouble == "somebody deleted it"


@pytest.mark.parametrize("version", ["v1", "v1beta1"])
def test_version_that_the_cluster_has(version: str, tmp_path: Path) -> None:
    with Cluster() as kube, connected(kube, tmp_path) as api:
        kube.crd(
            group="external-secrets.io",
            version=version,
            plural="externalsecrets",
            kind="ExternalSecret",
        )
        assert api_version(api) == f"external-secrets.io/{version}"


def test_cluster_without_external_secrets(tmp_path: Path) -> None:
    with Cluster() as kube, connected(kube, tmp_path) as api:
        sync = Sync(api, Ref(api_version(api), "ExternalSecret", "default", "app"), SECRET)
        with pytest.raises(MissingKindError):
            sync.ask()
